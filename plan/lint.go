package plan

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"eksnet/config"
)

// Lint is what a rule found in a stack file: something that would be made and then not work as it reads.
type Lint struct {
	// Rule is the rule's name, as docs/load-balancing.md lists it.
	Rule string
	// Path is where it stands, as in config.Problem.
	Path string
	// Text gives the values and the way out.
	Text string
	// Reason is what would happen, and Source who says so.
	Reason, Source string
	// Refused stacks are not made. The others are, with a warning.
	Refused bool
}

// Message is all that is to be said of it at its path.
func (l Lint) Message() string { return fmt.Sprintf("%s: %s (%s)", l.Text, l.Reason, l.Source) }

// LintRule is one trap of load balancers.
type LintRule struct {
	// Name is what a Lint is known by.
	Name string
	// Refused, Reason and Source are those of what it finds.
	Refused        bool
	Reason, Source string

	find func(s *config.Stack, p *Plan, found report)
}

// report notes a finding of a rule: where, and what with the way out.
type report func(path, format string, values ...any)

// LintRules are all rules, in the order in which their findings are told.
func LintRules() []LintRule {
	return slices.Concat(targetRules, healthRules, endingRules, placeRules, groupRules)
}

// lints holds a stack against every rule. What is refused is a problem as any other.
func lints(s *config.Stack, p *Plan, problems *config.Problems) []Lint {
	var all []Lint
	for _, rule := range LintRules() {
		rule.find(s, p, func(path, format string, values ...any) {
			lint := Lint{Rule: rule.Name, Path: path, Text: fmt.Sprintf(format, values...), Reason: rule.Reason, Source: rule.Source, Refused: rule.Refused}
			if all = append(all, lint); lint.Refused {
				problems.Add(path, "%s", lint.Message())
			}
		})
	}
	return all
}

// cautions are the findings that refuse nothing.
func cautions(lints []Lint) []Warning {
	var all []Warning
	for _, lint := range lints {
		if !lint.Refused {
			all = append(all, Warning{lint.Path, lint.Message()})
		}
	}
	return all
}

// each are the workloads of some kinds by their paths, in the order of their names.
func each(workloads map[string]config.Workload, kinds ...string) iter.Seq2[string, config.Workload] {
	return func(yield func(string, config.Workload) bool) {
		for _, name := range slices.Sorted(maps.Keys(workloads)) {
			if w := workloads[name]; slices.Contains(kinds, w.Kind) && !yield(config.In("workloads", name), w) {
				return
			}
		}
	}
}
