package account

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"eksnet/lab/rehearsed"
)

func (a *Account) identityProviders(s *rehearsed.Stack) []*resource {
	p := s.Identity.Provider
	if p.URL == "" {
		return nil
	}
	return []*resource{{
		name: "OIDC provider " + p.URL + " for " + strings.Join(p.Audiences, ", "), state: p.Tags,
		create: func(ctx context.Context) error {
			url := "https://" + strings.TrimPrefix(p.URL, "https://")
			made, err := a.iam.CreateOpenIDConnectProvider(ctx,
				&iam.CreateOpenIDConnectProviderInput{Url: &url, ClientIDList: p.Audiences, Tags: iamTags(p.Tags)})
			if err != nil {
				return err
			}
			return checkID(p.ARN, made.OpenIDConnectProviderArn)
		},
		change: func(ctx context.Context, before any) error {
			return changeTags(before.(map[string]string), p.Tags, func(tags map[string]string) error {
				_, err := a.iam.TagOpenIDConnectProvider(ctx,
					&iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: &p.ARN, Tags: iamTags(tags)})
				return err
			}, func(keys []string) error {
				_, err := a.iam.UntagOpenIDConnectProvider(ctx,
					&iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: &p.ARN, TagKeys: keys})
				return err
			})
		},
		delete: func(ctx context.Context) error {
			_, err := a.iam.DeleteOpenIDConnectProvider(ctx,
				&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &p.ARN})
			return err
		},
	}}
}

func (a *Account) roles(s *rehearsed.Stack) (all []*resource) {
	for _, r := range s.Identity.Roles {
		all = append(all, &resource{
			name: "role " + r.ARN, state: r,
			create: func(ctx context.Context) error {
				made, err := a.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &r.Name, Path: &r.Path,
					AssumeRolePolicyDocument: &r.Trust, Tags: iamTags(r.Tags)})
				if err != nil {
					return err
				}
				return checkID(r.ARN, made.Role.Arn)
			},
			change: func(ctx context.Context, before any) error {
				return a.changeRole(ctx, before.(rehearsed.Role), r)
			},
			delete: func(ctx context.Context) error {
				_, err := a.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &r.Name})
				return err
			},
		})
	}
	return all
}

// changeRole changes the trust policy and the tags of a role.
func (a *Account) changeRole(ctx context.Context, before, after rehearsed.Role) error {
	if before.Trust != after.Trust {
		if _, err := a.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
			RoleName: &after.Name, PolicyDocument: &after.Trust}); err != nil {
			return err
		}
	}
	return changeTags(before.Tags, after.Tags, func(tags map[string]string) error {
		_, err := a.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: &after.Name, Tags: iamTags(tags)})
		return err
	}, func(keys []string) error {
		_, err := a.iam.UntagRole(ctx, &iam.UntagRoleInput{RoleName: &after.Name, TagKeys: keys})
		return err
	})
}

// controlPlaneSessions assumes the role of the control plane. Its deletion discards the credentials.
func (a *Account) controlPlaneSessions(s *rehearsed.Stack) []*resource {
	role := s.Cluster.RoleARN
	if role == "" {
		return nil
	}
	return []*resource{{
		name: "session of role " + role,
		create: func(ctx context.Context) error {
			made, err := a.sts.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &role,
				RoleSessionName: aws.String("control-plane")})
			if err == nil {
				c := made.Credentials
				a.setControlPlane(Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey,
					SessionToken: *c.SessionToken})
			}
			return err
		},
		delete: func(context.Context) error { a.setControlPlane(Credentials{}); return nil },
	}}
}
