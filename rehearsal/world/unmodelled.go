package world

import (
	"errors"
	"fmt"
)

// notModelled is the error of a call for something that AWS or Kubernetes has and this world has not. It is no refusal: it says
// that the rehearsal can't tell.
type notModelled struct{ what string }

func (e *notModelled) Error() string { return "the simulated account does not model " + e.what }

func unmodelled(format string, values ...any) error {
	return &notModelled{fmt.Sprintf(format, values...)}
}

// explanation says what lies behind a refusal, in words of the world's own; alone it is no answer to a call.
type explanation struct{ text string }

func (e *explanation) Error() string { return e.text }

func explain(format string, values ...any) error { return &explanation{fmt.Sprintf(format, values...)} }

// fault is an error that no rule made: one of the world itself. It is told as such, never as AWS's or Kubernetes' word.
type fault struct{ error }

func (f *fault) Error() string { return "fault of the simulated account: " + f.error.Error() }

func (f *fault) Unwrap() error { return f.error }

// answered lets pass what a call may answer: a refusal of a rule, what the world does not know, or that there is nothing.
func answered(err error) error {
	var refusal *Refusal
	var unknown *notModelled
	if err == nil || errors.Is(err, ErrNotFound) || errors.As(err, &refusal) || errors.As(err, &unknown) {
		return err
	}
	return &fault{err}
}
