package store

import (
	"eksnet/rehearsal/world/rules"
)

// Rule is one thing that AWS or Kubernetes refuses, with functions that refuse it.
type Rule struct{ *rules.Rule }

// Refusal is the only error for a call that AWS or Kubernetes would refuse; it comes from a Rule.
type Refusal = rules.Refusal

// NewRule registers what must hold, with the error text and its source. Rules are package variables. It is not inlined,
// so that the register finds the file of the rule.
//
//go:noinline
func NewRule(name, text, source string) Rule {
	return Rule{rules.Register(name, text, source)}
}

// When refuses if the rule is violated; the values are formatted into the rule's text.
func (r Rule) When(broken bool, values ...any) error {
	if refusal := r.Refuse(broken, values...); refusal != nil {
		return refusal
	}
	return nil
}

// Failure is a refusal of one input by the provider itself, before any call.
func (r Rule) Failure(broken bool, property string, values ...any) []Failure {
	refusal := r.Refuse(broken, values...)
	if refusal == nil {
		return nil
	}
	return []Failure{{Property: property, Reason: refusal.Error(), Refusal: refusal}}
}

// Unready returns the error of a wait for a resource that was created but did not become ready.
func (r Rule) Unready(broken bool, values ...any) error {
	refusal := r.Refuse(broken, values...)
	if refusal == nil {
		return nil
	}
	return &Incomplete{Reasons: []string{refusal.Error()}, cause: refusal}
}

// First returns the first refusal, as AWS reports one at a time.
func First(refusals ...error) error {
	for _, err := range refusals {
		if err != nil {
			return err
		}
	}
	return nil
}
