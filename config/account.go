package config

import (
	"reflect"
	"slices"
	"strings"
)

// providerKeys are the settings of Pulumi's AWS provider that eksnet takes, and hands to its own provider and to the kubeconfig alike.
var providerKeys = []string{"region", "allowedAccountIds", "profile", "assumeRole"}

// beyondRole are the settings of aws:assumeRole that a kubeconfig cannot follow: it takes a role by its ARN alone
// (pulumi-aws 6.83.2, ProviderAssumeRole; aws eks get-token --role-arn).
var beyondRole = []string{"duration", "externalId", "policy", "policyArns", "sessionName", "sourceIdentity", "tags", "transitiveTagKeys"}

// instead says how to reach what a setting of the AWS provider would do.
func instead(setting string) string {
	switch setting {
	case "defaultTags":
		return "eksnet:tags does that"
	case "assumeRoles":
		return "aws:assumeRole takes one role, and aws:profile a profile that takes others before it"
	default:
		return "put it into a profile of the AWS configuration and name that by aws:profile"
	}
}

// provider refuses settings of Pulumi's AWS provider that would be without effect: the stack makes its own.
func (d *decoder) provider(key string) {
	if setting, aws := strings.CutPrefix(key, "aws:"); aws && !slices.Contains(providerKeys, setting) {
		d.problems.Add(key, "would have no effect: the stack's provider takes region, allowedAccountIds, profile and assumeRole alone; %s", instead(setting))
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
			d.problems.Add(path+"."+setting, "would hold for the provider alone and not for the kubeconfig, which takes a role by its ARN; %s", instead(setting))
			delete(given, setting)
		}
	}
	d.value(path, raw, reflect.ValueOf(&role).Elem())
	if isMap && role.ARN == "" {
		d.problems.Add(path, "missing roleArn, the role to take, such as {roleArn: \"arn:aws:iam::111122223333:role/deployer\"}")
	}
	return role.ARN
}

func (v *validator) account(s *Stack) {
	const file = "set it in the stack file, beside the eksnet: keys"
	switch {
	case s.Region == "":
		v.Add("aws:region", "missing; %s, such as ap-northeast-2", file)
	case !regionName.MatchString(s.Region):
		v.Add("aws:region", "%q is not a region, such as ap-northeast-2", s.Region)
	}
	if len(s.Accounts) == 0 {
		v.Add("aws:allowedAccountIds", `missing; %s: ["111122223333"] lets the stack build in that account alone`, file)
	}
	for i, id := range s.Accounts {
		if !accountID.MatchString(id) {
			v.Add(At("aws:allowedAccountIds", i), "%q is not an account id of twelve digits", id)
		}
	}
	if s.Profile != "" && !profileName.MatchString(s.Profile) {
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
	case parts == nil:
		v.Add("aws:assumeRole.roleArn", "%q is not the ARN of an IAM role, such as arn:aws:iam::111122223333:role/deployer", s.Role)
	case serviceLinked(s.Role):
		v.Add("aws:assumeRole.roleArn", "%s is a service-linked role, which its service alone can assume; name a role of yours", s.Role)
	case len(s.Accounts) > 0 && !slices.Contains(s.Accounts, parts[1]):
		v.Add("aws:assumeRole.roleArn", "%s is a role of account %s, which aws:allowedAccountIds does not list (%s); name a role there or add its account", s.Role, parts[1], list(s.Accounts...))
	}
}
