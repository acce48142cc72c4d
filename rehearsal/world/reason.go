package world

import "errors"

// reasoned is a refusal with what lies behind it: the error of a wait, and what the actor lacks that it waits for.
type reasoned struct {
	refusal error
	reason  error
}

func (r *reasoned) Error() string { return r.refusal.Error() + "; " + r.reason.Error() }

func (r *reasoned) Unwrap() []error { return []error{r.refusal, r.reason} }

// caused adds a reason to a refusal; there is nothing to explain where nothing is refused.
func caused(refusal, reason error) error {
	if refusal == nil || reason == nil {
		return refusal
	}
	return &reasoned{refusal, reason}
}

// incomplete is the error of an object that was made but did not become ready: the provider's, and what lies behind it.
func incomplete(refusal, reason error) error {
	var refused *Refusal
	if !errors.As(refusal, &refused) {
		return refusal
	}
	whole := caused(refusal, reason)
	return &Incomplete{Reasons: []string{whole.Error()}, cause: whole}
}

// summary is a refusal that sums others up in its own text.
type summary struct {
	error
	parts []error
}

func (s *summary) Unwrap() []error { return append([]error{s.error}, s.parts...) }

func whole(refusal error, parts []error) error {
	if refusal == nil {
		return nil
	}
	return &summary{refusal, parts}
}
