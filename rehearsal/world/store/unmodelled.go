package store

import (
	"errors"
	"fmt"
)

// NotModelled is the error of a call for a feature of AWS or Kubernetes that is not modelled. It is not a refusal: what
// AWS would do is unknown.
type NotModelled struct{ what string }

func (e *NotModelled) Error() string { return "the simulated account does not model " + e.what }

// Unmodelled returns the error of a call for what is not modelled.
func Unmodelled(format string, values ...any) error {
	return &NotModelled{fmt.Sprintf(format, values...)}
}

// explanation is the reason of a refusal, in words of the simulation; it is never the error of a call on its own.
type explanation struct{ text string }

func (e *explanation) Error() string { return e.text }

// Explain returns the reason of a refusal in words of the simulation.
func Explain(format string, values ...any) error { return &explanation{fmt.Sprintf(format, values...)} }

// fault is an error without a rule, which is a fault of the simulation. It is reported as such, not as an error of AWS
// or Kubernetes.
type fault struct{ error }

func (f *fault) Error() string { return "fault of the simulated account: " + f.error.Error() }

func (f *fault) Unwrap() error { return f.error }

// CheckKnownError returns the errors that a call may have unchanged: a refusal of a rule, an unmodelled feature, or
// ErrNotFound. Any other error is a fault.
func CheckKnownError(err error) error {
	var refusal *Refusal
	var unknown *NotModelled
	if err == nil || errors.Is(err, ErrNotFound) || errors.As(err, &refusal) || errors.As(err, &unknown) {
		return err
	}
	return &fault{err}
}
