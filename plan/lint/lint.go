// Package lint finds what a stack file asks for, AWS or the controllers would create, and would then not work as it
// reads.
package lint

import (
	"fmt"
	"slices"

	"eksnet/config"
	"eksnet/plan/address"
)

// Finding is what a rule found in a stack file: something that would be made and then not work as it reads.
type Finding struct {
	// Rule is the rule's name, as docs/load-balancing.md lists it.
	Rule string
	// Path is the path of the setting, as in config.Problem.
	Path string
	// Text gives the values and the way out.
	Text string
	// Reason is what would happen, and Source who says so.
	Reason, Source string
	// Refused stacks are not made. The others are, with a warning.
	Refused bool
}

// Message returns all that is to be said of it at its path.
func (f Finding) Message() string { return fmt.Sprintf("%s: %s (%s)", f.Text, f.Reason, f.Source) }

// Rule is one lint rule for load balancers.
type Rule struct {
	// Name is what a Finding is known by.
	Name string
	// Refused, Reason and Source are those of what it finds.
	Refused        bool
	Reason, Source string
	// Measured reports whether a check of the lab creates what the rule finds, and measures what its reason states.
	Measured bool

	find func(s *config.Stack, zones []address.Zone, found reportFunc)
}

// reportFunc reports a finding of a rule: where, and what with the way out.
type reportFunc func(path, format string, values ...any)

// Rules returns all rules, in the order in which their findings are reported.
func Rules() []Rule {
	return slices.Concat(targetRules, healthRules, terminationRules, placeRules, logRules, groupRules, gatewayRules)
}

// Find holds a stack with its zones against every rule.
func Find(s *config.Stack, zones []address.Zone) []Finding {
	var all []Finding
	for _, rule := range Rules() {
		rule.find(s, zones, func(path, format string, values ...any) {
			all = append(all, Finding{Rule: rule.Name, Path: path, Text: fmt.Sprintf(format, values...), Reason: rule.Reason, Source: rule.Source, Refused: rule.Refused})
		})
	}
	return all
}

// Check refuses the findings that are refused.
func Check(findings []Finding, problems *config.Problems) {
	for _, f := range findings {
		if f.Refused {
			problems.Add(f.Path, "%s", f.Message())
		}
	}
}

// Advise warns of the other findings.
func Advise(findings []Finding) []config.Warning {
	var all []config.Warning
	for _, f := range findings {
		if !f.Refused {
			all = append(all, config.Warning{Path: f.Path, Text: f.Message()})
		}
	}
	return all
}
