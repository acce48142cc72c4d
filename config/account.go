package config

import (
	"reflect"
	"slices"
	"strings"
)

// providerKeys are the settings of Pulumi's AWS provider that eksnet takes, and hands to its own provider and to the
// kubeconfig alike.
var providerKeys = []string{"region", "allowedAccountIds", "profile", "assumeRole"}

// beyondRole are the settings of aws:assumeRole that a kubeconfig cannot follow: it takes a role by its ARN alone
// (pulumi-aws 6.83.2, ProviderAssumeRole; aws eks get-token --role-arn).
var beyondRole = []string{"duration", "externalId", "policy", "policyArns", "sessionName", "sourceIdentity", "tags", "transitiveTagKeys"}

// instead says how to reach what a setting of the AWS provider would do.
func instead(setting string) string {
	switch setting {
	case "defaultTags":
		return "use eksnet:tags"
	case "assumeRoles":
		return "aws:assumeRole supports one role; for a chain of roles, set aws:profile to a profile that assumes the others first"
	default:
		return "set it in a profile of the AWS configuration, and set aws:profile to that profile"
	}
}

// provider refuses settings of Pulumi's AWS provider that would be without effect: the stack makes its own.
func (d *decoder) provider(key string) {
	if setting, aws := strings.CutPrefix(key, "aws:"); aws && !slices.Contains(providerKeys, setting) {
		d.problems.Add(key, "has no effect: the stack's provider supports only region, allowedAccountIds, profile and assumeRole; %s", instead(setting))
	}
}

// account reads who builds the stack and where.
func (d *decoder) account(get Source, s *Stack) {
	s.Region, _ = get("aws:region")
	s.Profile, _ = get("aws:profile")
	d.json("aws:allowedAccountIds", get, &s.Accounts)
	s.Role = d.role(get)
}

func (d *decoder) role(get Source) string {
	const path = "aws:assumeRole"
	var role struct {
		ARN string `json:"roleArn"`
	}
	raw := decoded(path, get)
	given, isMap := raw.(map[string]any)
	for _, setting := range beyondRole {
		if _, typed := given[setting]; typed {
			d.problems.Add(path+"."+setting, "would apply to the provider but not to the kubeconfig, which supports only the ARN of a role; %s", instead(setting))
			delete(given, setting)
		}
	}
	d.value(path, raw, reflect.ValueOf(&role).Elem())
	if isMap && role.ARN == "" {
		d.problems.Add(path, "missing roleArn, the role to assume, such as {roleArn: \"arn:aws:iam::111122223333:role/deployer\"}")
	}
	return role.ARN
}

func (v *validator) account(s *Stack) {
	const file = "set it in the stack file, beside the eksnet: keys"
	switch {
	case s.Region == "":
		v.Add("aws:region", "missing; %s, such as ap-northeast-2", file)
	case !v.matches("aws:region", s.Region, regionName):
		v.Add("aws:region", "%q is not a region, such as ap-northeast-2", s.Region)
	}
	if len(s.Accounts) == 0 {
		v.Add("aws:allowedAccountIds", `missing; %s: ["111122223333"] allows the stack in that account only`, file)
	}
	for i, id := range s.Accounts {
		if !v.matches(At("aws:allowedAccountIds", i), id, accountID) {
			v.Add(At("aws:allowedAccountIds", i), "%q is not a 12-digit account ID", id)
		}
	}
	if s.Profile != "" && !v.matches("aws:profile", s.Profile, profileName) {
		v.Add("aws:profile", "%q is not the name of a profile in the AWS configuration, such as prod", s.Profile)
	}
	v.role(s)
}

// role is checked against the accounts too: who takes a role works in the role's account.
func (v *validator) role(s *Stack) {
	if s.Role == "" {
		return
	}
	switch parts := roleARN.FindStringSubmatch(s.Role); {
	case !v.matches("aws:assumeRole.roleArn", s.Role, roleARN):
		v.Add("aws:assumeRole.roleArn", "%q is not the ARN of an IAM role, such as arn:aws:iam::111122223333:role/deployer", s.Role)
	case serviceLinked(s.Role):
		v.Add("aws:assumeRole.roleArn", "%s is a service-linked role, which only its service can assume; use a role of your own", s.Role)
	case len(s.Accounts) > 0 && !slices.Contains(s.Accounts, parts[1]):
		v.Add("aws:assumeRole.roleArn", "%s is a role of account %s, which aws:allowedAccountIds does not list (%s); use a role of a listed account or add its account", s.Role, parts[1], list(s.Accounts...))
	}
}
