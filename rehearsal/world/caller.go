package world

import (
	"cmp"
	"strings"
)

// caller is the identity of a caller, as STS returns it.
type caller struct {
	// arn is the caller's ARN: a user, or a session of a role.
	arn string
	// principal is the ARN that EKS uses for the caller: the user, or the role of the session.
	principal string
}

// SignIn holds the credentials of a client. The zero value is the operator's own.
type SignIn struct {
	// Profile is a profile of the operator's AWS configuration. Its content is not available here: it counts as a user
	// of its name.
	Profile string
	// Role is the ARN of a role that the caller assumes, and Session the name of the session.
	Role, Session string
}

const (
	assumeRoleFailed = "configuring provider: Cannot assume IAM Role. IAM Role (%s) cannot be assumed. Error: operation error STS: AssumeRole, "
	assumeRoleSource = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"
)

var (
	assumedRole = rule("a role that a provider assumes is an IAM role in the partition",
		`"assume_role.0.role_arn" (%s) is an invalid ARN: it is none of a role of IAM in partition %s`,
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/provider/provider.go")
	assumedRoleTrusts = rule("a role that a provider assumes trusts its caller",
		assumeRoleFailed+"api error AccessDenied: User: %s is not authorized to perform: sts:AssumeRole on resource: %[1]s",
		assumeRoleSource)
)

// operator is the IAM user of the operator's own credentials.
const operator = "operator"

func (w *World) user(name string) caller {
	arn := w.globalARN("iam", "user/"+name)
	return caller{arn, arn}
}

// signedIn returns the caller of a sign-in.
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

// sessionOf returns the ARN of a role's session, without the role's path.
func sessionOf(role, session string) string {
	account := strings.Replace(role[:strings.Index(role, ":role/")], ":iam:", ":sts:", 1)
	return account + ":assumed-role/" + lastOf(role, "/") + "/" + session
}

// trustsCaller reports whether a user may assume a role that the program created: its trust policy has the user or the
// account as a principal. Any other role is taken to trust the user.
func (w *World) trustsCaller(role *Object, who caller) bool {
	root := w.globalARN("iam", "root")
	return w.trust(role, "sts:AssumeRole", "AWS", []string{who.arn, root, w.options.Account, "*"}, nil)
}

// account returns the caller's account, which the provider reports.
func (c caller) account() string { return strings.SplitN(c.principal+":::::", ":", 6)[4] }
