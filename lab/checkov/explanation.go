package checkov

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Explanation says why resources of a stack fail a check.
type Explanation struct {
	Check string
	// Expects is what the check expects, in few words.
	Expects string
	// Type is the Terraform type of the resources. Name is the pattern of their names, as path.Match reads it, in which
	// CLUSTER is the name of the stack's cluster.
	Type, Name string
	// Resource names the resources for people.
	Resource string
	// Reason is why they fail the check. Key is the key of the stack file that prevents it, "" if none does.
	Reason, Key string
}

// explains reports whether a finding is one of the explanation.
func (e Explanation) explains(f Finding) bool {
	named, err := path.Match(strings.Replace(e.Name, "CLUSTER", f.Cluster, 1), f.name())
	return e.Check == f.Check && e.Type == f.typ() && named && err == nil
}

// Compare prints what is not explained, and for findings of stacks by design or by choice how many there are. The error
// is that of findings without an explanation, and, if every stack was scanned, of explanations without a finding.
func Compare(result *Result, explanations []Explanation, all bool, out io.Writer) error {
	used := make([]int, len(explanations))
	var unexplained []Finding
	for _, f := range result.Findings {
		i := slices.IndexFunc(explanations, func(e Explanation) bool { return e.explains(f) })
		if i < 0 {
			unexplained = append(unexplained, f)
			continue
		}
		used[i]++
	}
	design, choice, unused := 0, 0, 0
	for i, e := range explanations {
		switch {
		case used[i] == 0 && all:
			unused++
			fmt.Fprintf(out, "explained, but not found: %s for %s: remove it from lab/checkov/explanations.go\n", e.Check, e.Resource)
		case e.Key == "":
			design += used[i]
		default:
			choice += used[i]
		}
	}
	slices.SortFunc(unexplained, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Stack, b.Stack), cmp.Compare(a.Address, b.Address))
	})
	for _, f := range unexplained {
		fmt.Fprintf(out, "not explained: %s: %s %s: %s\n", f.Stack, f.Check, f.Address, f.Expects)
	}
	fmt.Fprintf(out, "%d resources, %d checks passed, %d findings: %d by design, %d by a choice in the stack file, %d not explained\n",
		result.Resources, result.Passed, len(result.Findings), design, choice, len(unexplained))
	if len(unexplained)+unused > 0 {
		return fmt.Errorf("%d findings are not explained, %d explanations have no finding; docs/security.md has those that are", len(unexplained), unused)
	}
	return nil
}
