package store

import (
	"errors"
)

// IsIncomplete reports whether an error is that of a resource that was created but did not become ready.
func IsIncomplete(err error) bool {
	var incomplete *Incomplete
	return errors.As(err, &incomplete)
}

// reasoned is a refusal with its reason: the error of a wait, and what the actor that it waits for lacks.
type reasoned struct {
	refusal error
	reason  error
}

func (r *reasoned) Error() string { return r.refusal.Error() + "; " + r.reason.Error() }

func (r *reasoned) Unwrap() []error { return []error{r.refusal, r.reason} }

// Caused adds a reason to a refusal, if there is one.
func Caused(refusal, reason error) error {
	if refusal == nil || reason == nil {
		return refusal
	}
	return &reasoned{refusal, reason}
}

// NotReady returns the error of an object that was created but did not become ready: the provider's, and its reason.
func NotReady(refusal, reason error) error {
	var refused *Refusal
	if !errors.As(refusal, &refused) {
		return refusal
	}
	whole := Caused(refusal, reason)
	return &Incomplete{Reasons: []string{whole.Error()}, cause: whole}
}

// summary is a refusal whose own text summarizes others.
type summary struct {
	error
	parts []error
}

func (s *summary) Unwrap() []error { return append([]error{s.error}, s.parts...) }

// Summarize returns a refusal, if there is one, whose text summarizes other errors.
func Summarize(refusal error, parts []error) error {
	if refusal == nil {
		return nil
	}
	return &summary{refusal, parts}
}
