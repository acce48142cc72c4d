package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"eksnet/internal/leftover"
)

// Delete implements account.Service.
func (s *roleService) Delete(ctx context.Context, r leftover.Resource) error {
	switch r.Type {
	case leftover.RoleType:
		return s.deleteRole(ctx, r.ID)
	case leftover.PolicyType:
		return s.deletePolicy(ctx, r.ID)
	}
	_, err := s.client.DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &r.ID})
	return explain("iam:DeleteOpenIDConnectProvider", err)
}

// deleteRole first removes the role's policies, and the role from its instance profiles, which EKS creates for node
// groups.
func (s *roleService) deleteRole(ctx context.Context, role string) error {
	attached, inline, err := s.policiesOf(ctx, role)
	if err != nil {
		return err
	}
	for _, arn := range attached {
		_, err := s.client.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
		if err := explainPart("iam:DetachRolePolicy", err); err != nil {
			return err
		}
	}
	for _, name := range inline {
		_, err := s.client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: &name})
		if err := explainPart("iam:DeleteRolePolicy", err); err != nil {
			return err
		}
	}
	pages := iam.NewListInstanceProfilesForRolePaginator(s.client, &iam.ListInstanceProfilesForRoleInput{RoleName: &role})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return explain("iam:ListInstanceProfilesForRole", err)
		}
		for _, profile := range page.InstanceProfiles {
			input := &iam.RemoveRoleFromInstanceProfileInput{RoleName: &role, InstanceProfileName: profile.InstanceProfileName}
			_, err := s.client.RemoveRoleFromInstanceProfile(ctx, input)
			if err := explainPart("iam:RemoveRoleFromInstanceProfile", err); err != nil {
				return err
			}
		}
	}
	_, err = s.client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &role})
	return explain("iam:DeleteRole", err)
}

// deletePolicy first deletes the versions that are not the default one, which up creates when the policy changes.
func (s *roleService) deletePolicy(ctx context.Context, arn string) error {
	pages := iam.NewListPolicyVersionsPaginator(s.client, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return explain("iam:ListPolicyVersions", err)
		}
		for _, version := range page.Versions {
			if version.IsDefaultVersion {
				continue
			}
			_, err := s.client.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: version.VersionId})
			if err := explainPart("iam:DeletePolicyVersion", err); err != nil {
				return err
			}
		}
	}
	_, err := s.client.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: aws.String(arn)})
	return explain("iam:DeletePolicy", err)
}
