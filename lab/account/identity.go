package account

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func iamTags(tags map[string]string) (list []types.Tag) {
	for _, key := range sortedKeys(tags) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}

// createIdentity creates the OIDC provider, the roles, the policies and their attachments.
func (m *creator) createIdentity() error {
	i := m.stack.Identity
	if i.Provider.URL != "" {
		made, err := m.iam.CreateOpenIDConnectProvider(m.ctx, &iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://" + strings.TrimPrefix(i.Provider.URL, "https://")),
			ClientIDList: i.Provider.Audiences, Tags: iamTags(i.Provider.Tags)})
		if err != nil {
			return fmt.Errorf("OIDC provider %s: %w", i.Provider.URL, err)
		}
		if err := checkID(i.Provider.ARN, made.OpenIDConnectProviderArn); err != nil {
			return fmt.Errorf("OIDC provider %s: %w", i.Provider.URL, err)
		}
	}
	for _, r := range i.Roles {
		made, err := m.iam.CreateRole(m.ctx, &iam.CreateRoleInput{RoleName: &r.Name, Path: &r.Path, AssumeRolePolicyDocument: &r.Trust, Tags: iamTags(r.Tags)})
		if err != nil {
			return fmt.Errorf("role %s: %w", r.Name, err)
		}
		if err := checkID(r.ARN, made.Role.Arn); err != nil {
			return fmt.Errorf("role %s: %w", r.Name, err)
		}
	}
	for _, p := range i.Policies {
		made, err := m.iam.CreatePolicy(m.ctx, &iam.CreatePolicyInput{PolicyName: &p.Name, Path: &p.Path, PolicyDocument: &p.Document, Tags: iamTags(p.Tags)})
		if err != nil {
			return fmt.Errorf("policy %s: %w", p.Name, err)
		}
		if err := checkID(p.ARN, made.Policy.Arn); err != nil {
			return fmt.Errorf("policy %s: %w", p.Name, err)
		}
	}
	for _, at := range i.Attachments {
		if _, err := m.iam.AttachRolePolicy(m.ctx, &iam.AttachRolePolicyInput{RoleName: &at.Role, PolicyArn: &at.Policy}); err != nil {
			return fmt.Errorf("policy %s of role %s: %w", at.Policy, at.Role, err)
		}
	}
	return nil
}

// createCallers creates the administrator, a user with all permissions, and assumes the control plane's role.
func (m *creator) createCallers() error {
	const name = "lab-administrator"
	if _, err := m.iam.CreateUser(m.ctx, &iam.CreateUserInput{UserName: aws.String(name)}); err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	if _, err := m.iam.PutUserPolicy(m.ctx, &iam.PutUserPolicyInput{UserName: aws.String(name), PolicyName: aws.String(name),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)}); err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	key, err := m.iam.CreateAccessKey(m.ctx, &iam.CreateAccessKeyInput{UserName: aws.String(name)})
	if err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	m.account.Administrator = Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}
	role, err := m.sts.AssumeRole(m.ctx, &sts.AssumeRoleInput{RoleArn: &m.stack.Cluster.RoleARN, RoleSessionName: aws.String("control-plane")})
	if err != nil {
		return fmt.Errorf("role %s of the control plane: %w", m.stack.Cluster.RoleARN, err)
	}
	c := role.Credentials
	m.account.ControlPlane = Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}
	return nil
}
