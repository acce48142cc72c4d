package world

import (
	"cmp"
	"strings"
)

// caller is who makes a call, as STS tells it.
type caller struct {
	// arn is who calls: a user, or a session of a role.
	arn string
	// principal is what EKS knows the caller by: the user, or the role of the session.
	principal string
}

// SignIn says with whose credentials a client calls. The zero value is the operator's own.
type SignIn struct {
	// Profile is a profile of the operator's AWS configuration. What it holds the world can't know: it is taken for a user of its name.
	Profile string
	// Role is the ARN of a role that the caller takes, and Session the name of the session.
	Role, Session string
}

const (
	assumeRoleFailed = "configuring provider: Cannot assume IAM Role. IAM Role (%s) cannot be assumed. Error: operation error STS: AssumeRole, "
	assumeRoleSource = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"
)

var (
	assumedRole = rule("a role that a provider takes is a role of IAM in the partition",
		`"assume_role.0.role_arn" (%s) is an invalid ARN: it is none of a role of IAM in partition %s`,
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/provider/provider.go")
	assumedRoleTrusts = rule("a role that a provider takes trusts who takes it",
		assumeRoleFailed+"api error AccessDenied: User: %s is not authorized to perform: sts:AssumeRole on resource: %[1]s",
		assumeRoleSource)
)

// operator is the user that the operator's own credentials stand for.
const operator = "operator"

func (w *World) user(name string) caller {
	arn := w.globalARN("iam", "user/"+name)
	return caller{arn, arn}
}

// signedIn is the caller of a sign-in.
func (w *World) signedIn(s SignIn) (caller, error) {
	who := w.user(cmp.Or(s.Profile, operator))
	if s.Role == "" {
		return who, nil
	}
	role := w.roleOf(s.Role)
	if err := first(
		assumedRole.when(!w.principal(s.Role) || !strings.Contains(s.Role, ":role/"), s.Role, w.partition().id),
		assumedRoleTrusts.when(role != nil && !w.trustsCaller(role, who), s.Role, who.arn)); err != nil {
		return caller{}, err
	}
	return caller{sessionOf(s.Role, cmp.Or(s.Session, "aws-go-sdk")), s.Role}, nil
}

// sessionOf is the name of a role's session, in which the role's path is left out.
func sessionOf(role, session string) string {
	account := strings.Replace(role[:strings.Index(role, ":role/")], ":iam:", ":sts:", 1)
	return account + ":assumed-role/" + lastOf(role, "/") + "/" + session
}

// trustsCaller tells whether a role that the program made may be taken by a user: its trust policy names the user or the account. A role
// that was made elsewhere is taken to.
func (w *World) trustsCaller(role *Object, who caller) bool {
	root := w.globalARN("iam", "root")
	return w.trust(role, "sts:AssumeRole", "AWS", []string{who.arn, root, w.options.Account, "*"}, nil)
}

// account is the caller's, by which a provider knows where it works.
func (c caller) account() string { return strings.SplitN(c.principal+":::::", ":", 6)[4] }
