package store

import "strings"

// Caller is the identity of a caller, as STS returns it.
type Caller struct {
	// ARN is the caller's ARN: a user, or a session of a role.
	ARN string
	// Principal is the ARN that EKS uses for the caller: the user, or the role of the session.
	Principal string
}

// SignIn holds the credentials of a client. The zero value is the operator's own.
type SignIn struct {
	// Profile is a profile of the operator's AWS configuration. Its content is not available here: it counts as a user
	// of its name.
	Profile string
	// Role is the ARN of a role that the caller assumes, and Session the name of the session.
	Role, Session string
}

// Account returns the caller's account, which the provider reports.
func (c Caller) Account() string { return strings.SplitN(c.Principal+":::::", ":", 6)[4] }
