package account

import (
	"errors"
	"fmt"
)

// Cause says why a call failed, as far as a command acts on it.
type Cause int

// The causes.
const (
	Other Cause = iota
	// Gone is a resource that no longer exists.
	Gone
	// Blocked is a deletion that can succeed later, once another resource is deleted.
	Blocked
	// Denied is a call that the credentials do not allow.
	Denied
	// Unauthenticated are credentials that are missing, expired or unknown.
	Unauthenticated
)

// Error is a failed call.
type Error struct {
	Cause Cause
	// Call is the service and the call, such as ec2:DeleteVpc.
	Call string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Call, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// CauseOf returns the cause of an error.
func CauseOf(err error) Cause {
	if failed := (*Error)(nil); errors.As(err, &failed) {
		return failed.Cause
	}
	return Other
}
