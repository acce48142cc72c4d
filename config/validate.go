package config

import (
	"fmt"
	"slices"
	"strings"
)

// validate finds every problem that one value alone, or with its neighbours, shows. What follows from values together
// (subnets that do not fit, ranges that overlap, nodes that could not join) is found by package plan.
func (s *Stack) validate() Problems {
	v := &validator{}
	v.stack(s)
	return v.Problems
}

func (v *validator) stack(s *Stack) {
	v.account(s)
	v.network(s.Network, s.Region)
	v.cluster(s.Cluster, s.Network.IPv6())
	v.nodeGroups(s.NodeGroups, len(s.Tags))
	v.addons(s)
	v.dns(s.DNS)
	v.workloads(s)
	v.tags("tags", s.Tags, 0)
	v.stackTags("tags", s.Tags, s.Workloads)
	v.tagsNotOnInstances(s)
}

type validator struct {
	Problems
	// accepted is what each setting accepts, by path, for the schema of stack files; nil unless the schema is generated.
	accepted map[string]*Constraint
}

func (v *validator) oneOf(path, value string, accepted ...string) {
	for _, word := range accepted {
		v.accept(path, func(c *Constraint) { c.OneOf = addOnce(c.OneOf, word) })
	}
	switch {
	case value == "":
		v.Add(path, "missing; accepted: %s", list(accepted...))
	case !slices.Contains(accepted, value):
		v.Add(path, "%q is not accepted; accepted: %s", value, list(accepted...))
	}
}

// filled refuses an empty list of a key whose absence means everything, since "none" is what an empty list reads as.
func (v *validator) filled(path string, given []string, such, everything string) {
	if given != nil && len(given) == 0 {
		v.Add(path, "the list is empty; add entries, such as [%s], or remove the key for %s", such, everything)
	}
}

func (v *validator) between(path string, value, least, most int, unit string) {
	if v.outside(path, value, least, most) {
		v.Add(path, "%s; %d to %d are accepted", Count(value, strings.TrimSuffix(unit, "s"), unit), least, most)
	}
}

func numbers(values []int) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = fmt.Sprint(value)
	}
	return list(texts...)
}
