package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"eksnet/lab/rehearsed"
)

func (a *Account) policies(s *rehearsed.Stack) (all []*resource) {
	for _, p := range s.Identity.Policies {
		all = append(all, &resource{
			name: "policy " + p.ARN, state: p,
			create: func(ctx context.Context) error {
				made, err := a.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &p.Name, Path: &p.Path,
					PolicyDocument: &p.Document, Tags: iamTags(p.Tags)})
				if err != nil {
					return err
				}
				return checkID(p.ARN, made.Policy.Arn)
			},
			change: func(ctx context.Context, before any) error {
				return a.changePolicy(ctx, before.(rehearsed.Policy),
					p)
			},
			delete: func(ctx context.Context) error {
				_, err := a.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &p.ARN})
				return err
			},
		})
	}
	return all
}

// changePolicy changes the document and the tags of a policy.
func (a *Account) changePolicy(ctx context.Context, before, after rehearsed.Policy) error {
	if before.Document != after.Document {
		if err := a.SetPolicyDocument(ctx, after.ARN, after.Document); err != nil {
			return err
		}
	}
	return changeTags(before.Tags, after.Tags, func(tags map[string]string) error {
		_, err := a.iam.TagPolicy(ctx, &iam.TagPolicyInput{PolicyArn: &after.ARN, Tags: iamTags(tags)})
		return err
	}, func(keys []string) error {
		_, err := a.iam.UntagPolicy(ctx, &iam.UntagPolicyInput{PolicyArn: &after.ARN, TagKeys: keys})
		return err
	})
}

// SetPolicyDocument creates a default version of a policy with a document, and deletes the other versions, of which
// there may be only five.
func (a *Account) SetPolicyDocument(ctx context.Context, arn, document string) error {
	if _, err := a.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &arn,
		PolicyDocument: &document, SetAsDefault: true}); err != nil {
		return err
	}
	versions, err := a.iam.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil {
		return err
	}
	for _, version := range versions.Versions {
		if version.IsDefaultVersion {
			continue
		}
		if _, err := a.iam.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: &arn,
			VersionId: version.VersionId}); err != nil {
			return err
		}
	}
	return nil
}

func (a *Account) attachedPolicies(s *rehearsed.Stack) (all []*resource) {
	for _, at := range s.Identity.Attachments {
		all = append(all, &resource{
			name: "policy " + at.Policy + " of role " + at.Role,
			create: func(ctx context.Context) error {
				_, err := a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &at.Role,
					PolicyArn: &at.Policy})
				return err
			},
			delete: func(ctx context.Context) error {
				_, err := a.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &at.Role,
					PolicyArn: &at.Policy})
				return err
			},
		})
	}
	return all
}
