// Package rules is the register of what the simulated account refuses. It is a separate package so that a Refusal can
// only be created by a Rule: a refusal that is not registered does not compile.
package rules

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// Rule is one thing that AWS or Kubernetes refuses.
type Rule struct {
	name, text, source string
	// file is the file of the rule with its package, such as ec2/subnet.go or kube/custom/policy.go.
	file string
	// off makes the rule refuse nothing: a test that still passes then does not need the rule.
	off bool
}

// Refusal is the error of a call that AWS or Kubernetes would refuse.
type Refusal struct {
	rule    *Rule
	message string
}

// registered holds every rule in the order of declaration.
var registered []*Rule

// Register registers a rule with the error text and its source. Rules are package variables; the caller's caller is the
// file of the rule.
func Register(name, text, source string) *Rule {
	_, file, _, _ := runtime.Caller(2)
	r := &Rule{name: name, text: text, source: source, file: file[strings.LastIndex(file, "/world/")+len("/world/"):]}
	registered = append(registered, r)
	return r
}

// All returns every rule, sorted by name.
func All() []*Rule {
	sorted := slices.Clone(registered)
	slices.SortFunc(sorted, func(a, b *Rule) int { return strings.Compare(a.name, b.name) })
	return sorted
}

// Name returns what must hold, in a few words: "a subnet is inside its VPC".
func (r *Rule) Name() string { return r.name }

// Text returns the error text of AWS or Kubernetes, a format for the values of the call.
func (r *Rule) Text() string { return r.text }

// Source returns where the behaviour is documented or was observed.
func (r *Rule) Source() string { return r.source }

// File returns the file of the rule with its package, such as ec2/subnet.go.
func (r *Rule) File() string { return r.file }

// TurnOff makes the rule allow everything, as a mutation of the simulated account.
func (r *Rule) TurnOff() { r.off = true }

// Refuse returns a refusal if the rule is violated, else nil. The values are formatted into the rule's text.
func (r *Rule) Refuse(broken bool, values ...any) *Refusal {
	if !broken || r.off {
		return nil
	}
	return &Refusal{rule: r, message: fmt.Sprintf(r.text, values...)}
}

// Rule returns the rule that refused.
func (r *Refusal) Rule() *Rule { return r.rule }

func (r *Refusal) Error() string { return r.message }
