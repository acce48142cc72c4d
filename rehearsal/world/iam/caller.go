package iam

import (
	"cmp"
	"regexp"
	"strings"

	"eksnet/rehearsal/world/store"
)

const (
	assumeRoleFailed = "configuring provider: Cannot assume IAM Role. IAM Role (%s) cannot be assumed. Error: operation error STS: AssumeRole, "
	assumeRoleSource = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"
)

var (
	AssumedRole = store.NewRule("a role that a provider assumes is an IAM role in the partition",
		`"assume_role.0.role_arn" (%s) is an invalid ARN: it is none of a role of IAM in partition %s`,
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/provider/provider.go")
	AssumedRoleTrusts = store.NewRule("a role that a provider assumes trusts its caller",
		assumeRoleFailed+"api error AccessDenied: User: %s is not authorized to perform: sts:AssumeRole on resource: %[1]s",
		assumeRoleSource)
	AccountAllowed = store.NewRule("only an allowed account is used",
		"AWS account ID not allowed: %s",
		"https://www.pulumi.com/registry/packages/aws/installation-configuration/")
)

// IsPrincipal reports whether EKS accepts an ARN: an IAM role or user in the partition, and not a session. A principal
// of another account is taken to exist, because the simulated account cannot check it. A role of the account that the
// program creates must exist.
func IsPrincipal(w *store.Account, arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if withoutPath.MatchString(arn) {
		return false
	}
	return len(parts) == 6 && parts[0] == "arn" && parts[1] == w.Partition().ID && parts[2] == "iam" && len(parts[4]) == 12 &&
		(strings.HasPrefix(parts[5], "role/") || strings.HasPrefix(parts[5], "user/"))
}

// withoutPath matches a role of IAM Identity Center without its path, which does not exist
// (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2969).
var withoutPath = regexp.MustCompile(`:role/AWSReservedSSO_[^/]+_[0-9a-f]{16}$`)

// operator is the IAM user of the operator's own credentials.
const operator = "operator"

func user(w *store.Account, name string) store.Caller {
	arn := w.GlobalARN("iam", "user/"+name)
	return store.Caller{ARN: arn, Principal: arn}
}

// CallerOf returns the caller of a sign-in.
func CallerOf(w *store.Account, s store.SignIn) (store.Caller, error) {
	who := user(w, cmp.Or(s.Profile, operator))
	if s.Role == "" {
		return who, nil
	}
	role := FindRole(w, s.Role)
	if err := store.First(
		AssumedRole.When(!IsPrincipal(w, s.Role) || !strings.Contains(s.Role, ":role/"), s.Role, w.Partition().ID),
		AssumedRoleTrusts.When(role != nil && !trustsCaller(w, role, who), s.Role, who.ARN)); err != nil {
		return store.Caller{}, err
	}
	return store.Caller{ARN: SessionOf(s.Role, cmp.Or(s.Session, "aws-go-sdk")), Principal: s.Role}, nil
}

// SessionOf returns the ARN of a role's session, without the role's path.
func SessionOf(role, session string) string {
	account := strings.Replace(role[:strings.Index(role, ":role/")], ":iam:", ":sts:", 1)
	return account + ":assumed-role/" + store.LastOf(role, "/") + "/" + session
}

// trustsCaller reports whether a user may assume a role that the program created: its trust policy has the user or the
// account as a principal. Any other role is taken to trust the user.
func trustsCaller(w *store.Account, role *store.Object, who store.Caller) bool {
	root := w.GlobalARN("iam", "root")
	return TrustsPrincipal(w, role, "sts:AssumeRole", "AWS", []string{who.ARN, root, w.Options.Account, "*"}, nil)
}
