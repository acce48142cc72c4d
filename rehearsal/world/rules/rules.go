// Package rules is the register of what the simulated world refuses. It is a package of its own so that nothing outside of it
// can make a Refusal but by a Rule: a refusal that is not registered does not build.
package rules

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Rule is one thing that AWS or Kubernetes refuses.
type Rule struct {
	name, text, source string
	// file is where it stands, which tells the concept that it belongs to.
	file string
	// off lets pass what the rule refuses: a test that still passes then does not need the rule.
	off bool
}

// Refusal is the error of a call that AWS or Kubernetes would refuse.
type Refusal struct {
	rule    *Rule
	message string
}

// registered holds every rule in the order of declaration.
var registered []*Rule

// Register notes what must hold, with the error text and its source. Rules are package variables; the caller's caller is
// where the rule stands.
func Register(name, text, source string) *Rule {
	_, file, _, _ := runtime.Caller(2)
	r := &Rule{name: name, text: text, source: source, file: filepath.Base(file)}
	registered = append(registered, r)
	return r
}

// All lists every rule by name.
func All() []*Rule {
	sorted := slices.Clone(registered)
	slices.SortFunc(sorted, func(a, b *Rule) int { return strings.Compare(a.name, b.name) })
	return sorted
}

// Name says in a few words what must hold: "a subnet lies inside its VPC".
func (r *Rule) Name() string { return r.name }

// Text is the error as AWS or Kubernetes words it, a format for the values of the call.
func (r *Rule) Text() string { return r.text }

// Source is where the behaviour is documented or was seen.
func (r *Rule) Source() string { return r.source }

// File is the name of the file in which the rule stands.
func (r *Rule) File() string { return r.file }

// TurnOff makes the rule allow everything, as a mutation of the world.
func (r *Rule) TurnOff() { r.off = true }

// Refuse is a refusal if the rule is broken, else nil. The values go into the rule's text.
func (r *Rule) Refuse(broken bool, values ...any) *Refusal {
	if !broken || r.off {
		return nil
	}
	return &Refusal{rule: r, message: fmt.Sprintf(r.text, values...)}
}

// Rule is the rule that refused.
func (r *Refusal) Rule() *Rule { return r.rule }

func (r *Refusal) Error() string { return r.message }
