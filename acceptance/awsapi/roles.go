package awsapi

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// roleService is IAM, whose resources are those of all regions.
type roleService struct {
	client *iam.Client
	region string
}

func newRoleService(c aws.Config) *roleService {
	return &roleService{client: iam.NewFromConfig(c), region: c.Region}
}

// Types implements account.Service.
func (s *roleService) Types() []string {
	return []string{leftover.RoleType, leftover.PolicyType, leftover.OIDCProviderType}
}

// List implements account.Service. IAM has no search by tag: the names of the stack's roles and policies begin with the
// cluster's, and other roles may trust its OIDC provider.
func (s *roleService) List(ctx context.Context, q account.Query) ([]leftover.Resource, error) {
	providers, err := s.listProviders(ctx)
	if err != nil {
		return nil, err
	}
	roles, err := s.listRoles(ctx, q, ownProviders(providers, q.Subject))
	if err != nil {
		return nil, err
	}
	policies, err := s.listPolicies(ctx, q)
	return slices.Concat(roles, policies, providers), err
}

// ownProviders returns the ARNs of the providers of a stack.
func ownProviders(all []leftover.Resource, s leftover.Subject) (arns []string) {
	for _, r := range all {
		if _, own := s.Match(r); own {
			arns = append(arns, r.ARN)
		}
	}
	return arns
}

// listProviders returns the OIDC providers of clusters in the region.
func (s *roleService) listProviders(ctx context.Context) (all []leftover.Resource, err error) {
	found, err := s.client.ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
	if err != nil {
		return nil, explain("iam:ListOpenIDConnectProviders", err)
	}
	for _, provider := range found.OpenIDConnectProviderList {
		arn := aws.ToString(provider.Arn)
		if !strings.Contains(arn, "/oidc.eks."+s.region+".") {
			continue
		}
		described, err := s.client.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
		if failed := explain("iam:GetOpenIDConnectProvider", err); account.CauseOf(failed) == account.Gone {
			continue
		} else if failed != nil {
			return nil, failed
		}
		all = append(all, leftover.Resource{Type: leftover.OIDCProviderType, ID: arn, ARN: arn, Name: aws.ToString(described.Url), Tags: iamTags(described.Tags), Size: 1})
	}
	return all, nil
}

func iamTags(tags []types.Tag) map[string]string {
	all := map[string]string{}
	for _, tag := range tags {
		all[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return all
}

// listRoles reads the tags of each role that a stack may have created.
func (s *roleService) listRoles(ctx context.Context, q account.Query, providers []string) (all []leftover.Resource, err error) {
	pages := iam.NewListRolesPaginator(s.client, &iam.ListRolesInput{MaxItems: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("iam:ListRoles", err)
		}
		for _, role := range page.Roles {
			relation := relationOf(role, q.Cluster, providers)
			if relation == "" {
				continue
			}
			described, err := s.client.GetRole(ctx, &iam.GetRoleInput{RoleName: role.RoleName})
			if failed := explain("iam:GetRole", err); account.CauseOf(failed) == account.Gone {
				continue
			} else if failed != nil {
				return nil, failed
			}
			all = append(all, leftover.Resource{Type: leftover.RoleType, ID: aws.ToString(role.RoleName), Name: aws.ToString(role.RoleName),
				ARN: aws.ToString(role.Arn), Tags: iamTags(described.Role.Tags), Relation: relation, Size: 1})
		}
	}
	return all, s.addParts(ctx, all, q.Subject)
}

// relationOf says why a role may belong to a stack, "" if it cannot.
func relationOf(role types.Role, cluster string, providers []string) string {
	if strings.HasPrefix(aws.ToString(role.RoleName), cluster+"-") {
		return "its name begins with the cluster's"
	}
	trust, err := url.QueryUnescape(aws.ToString(role.AssumeRolePolicyDocument))
	if err == nil && slices.ContainsFunc(providers, func(arn string) bool { return strings.Contains(trust, arn) }) {
		return "it trusts the stack's OIDC provider"
	}
	return ""
}

// addParts adds the commands that remove the policies of the stack's roles.
func (s *roleService) addParts(ctx context.Context, all []leftover.Resource, subject leftover.Subject) error {
	for i, r := range all {
		if _, own := subject.Match(r); !own {
			continue
		}
		attached, inline, err := s.policiesOf(ctx, r.ID)
		if account.CauseOf(err) == account.Gone {
			continue
		}
		if err != nil {
			return err
		}
		for _, arn := range attached {
			all[i].Before = append(all[i].Before, partCommand(leftover.AttachmentType, "", map[string]string{"role": r.ID, "policy": arn}))
		}
		for _, name := range inline {
			all[i].Before = append(all[i].Before, partCommand(leftover.RolePolicyType, "", map[string]string{"role": r.ID, "policy": name}))
		}
	}
	return nil
}

// policiesOf returns the ARNs of a role's attached policies, and the names of its inline policies.
func (s *roleService) policiesOf(ctx context.Context, role string) (attached, inline []string, err error) {
	pages := iam.NewListAttachedRolePoliciesPaginator(s.client, &iam.ListAttachedRolePoliciesInput{RoleName: &role})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, explain("iam:ListAttachedRolePolicies", err)
		}
		for _, policy := range page.AttachedPolicies {
			attached = append(attached, aws.ToString(policy.PolicyArn))
		}
	}
	names := iam.NewListRolePoliciesPaginator(s.client, &iam.ListRolePoliciesInput{RoleName: &role})
	for names.HasMorePages() {
		page, err := names.NextPage(ctx)
		if err != nil {
			return nil, nil, explain("iam:ListRolePolicies", err)
		}
		inline = append(inline, page.PolicyNames...)
	}
	return attached, inline, nil
}

// listPolicies returns the account's own policies whose names begin with the cluster's.
func (s *roleService) listPolicies(ctx context.Context, q account.Query) (all []leftover.Resource, err error) {
	pages := iam.NewListPoliciesPaginator(s.client, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, MaxItems: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("iam:ListPolicies", err)
		}
		for _, policy := range page.Policies {
			if !strings.HasPrefix(aws.ToString(policy.PolicyName), q.Cluster+"-") {
				continue
			}
			found, err := s.client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: policy.Arn})
			if failed := explain("iam:GetPolicy", err); account.CauseOf(failed) == account.Gone {
				continue
			} else if failed != nil {
				return nil, failed
			}
			all = append(all, leftover.Resource{Type: leftover.PolicyType, ID: aws.ToString(policy.Arn), ARN: aws.ToString(policy.Arn), Name: aws.ToString(policy.PolicyName),
				Tags: iamTags(found.Policy.Tags), Relation: "its name begins with the cluster's", Size: 1})
		}
	}
	return all, nil
}
