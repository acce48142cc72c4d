package scenario

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
)

// Summary is the saved state of a stack as text for operators.
type Summary struct {
	Stack string
	State *engine.State
	// Last is the last operation, nil if there is none in the report.
	Last *Operation
}

// ReadSummary reads the state and the report in a rehearsal's folder.
func ReadSummary(dir, stack string) (*Summary, error) {
	state, err := engine.ReadState(StateFile(dir))
	if err != nil {
		return nil, err
	}
	s := &Summary{Stack: stack, State: state}
	if operations := readReport(reportFile(dir), stack).Operations; len(operations) > 0 {
		s.Last = &operations[len(operations)-1]
	}
	return s, nil
}

// Write prints what failed, and then the resources by component with their ids on AWS and in Kubernetes.
func (s *Summary) Write(out io.Writer) {
	order, members := s.byComponent()
	fmt.Fprintf(out, "Stack %s: %s in %s", s.Stack, formatCount(len(s.State.Resources()), "resource"), formatCount(len(order), "component"))
	if s.Last != nil {
		fmt.Fprintf(out, "; last operation: %s, %s", s.Last.Name, map[bool]string{true: "succeeded", false: "failed"}[s.Last.Error == ""])
	}
	fmt.Fprintln(out)
	failed := s.failures()
	s.writeFailures(out, failed)
	for _, component := range order {
		fmt.Fprintf(out, "\n%s\n", component)
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, r := range members[component] {
			fmt.Fprintf(table, "  %s\t%s\t%s%s\n", r.Type, r.URN.Name(), cmp.Or(string(r.ID), "-"), statusOf(r, failed))
		}
		table.Flush()
	}
}

// byComponent returns the resources by outermost component, and the components in the order in which they were
// created. Components have no id and are not listed as resources, but a component without resources is included.
func (s *Summary) byComponent() (order []string, members map[string][]apitype.ResourceV3) {
	parents := map[string]string{}
	for _, r := range s.State.Resources() {
		parents[string(r.URN)] = string(r.Parent)
	}
	members = map[string][]apitype.ResourceV3{}
	for _, r := range s.State.Resources() {
		component := componentOf(string(r.URN), parents)
		if _, known := members[component]; !known {
			order = append(order, component)
			members[component] = nil
		}
		if r.Custom {
			members[component] = append(members[component], r)
		}
	}
	return order, members
}

// failures returns the resources that the last operation could not complete, and those that are incomplete in the
// state.
func (s *Summary) failures() []engine.Failure {
	var failed []engine.Failure
	if s.Last != nil {
		failed = slices.Clone(s.Last.Failures)
	}
	for _, r := range s.State.Resources() {
		known := slices.ContainsFunc(failed, func(f engine.Failure) bool { return f.URN == string(r.URN) })
		if len(r.InitErrors) > 0 && !known {
			failed = append(failed, engine.Failure{URN: string(r.URN), Error: strings.Join(r.InitErrors, "; ")})
		}
	}
	return failed
}

func (s *Summary) writeFailures(out io.Writer, failed []engine.Failure) {
	if len(failed) > 0 {
		fmt.Fprintln(out, "\nFailed")
	}
	for _, f := range failed {
		u := urn.URN(f.URN)
		fmt.Fprintf(out, "  ✗ %s %s%s\n", u.Type(), u.Name(), s.idOf(f.URN))
		for line := range strings.Lines(f.Error) {
			fmt.Fprintf(out, "      %s\n", strings.TrimRight(line, "\n"))
		}
		fmt.Fprintf(out, "      [urn=%s]\n", f.URN)
	}
	if s.Last != nil && s.Last.Error != "" && len(failed) == 0 {
		fmt.Fprintf(out, "\nFailed\n  ✗ %s\n", strings.ReplaceAll(s.Last.Error, "\n", "\n    "))
	}
	for _, pending := range s.State.Pending() {
		fmt.Fprintf(out, "  ✗ %s %s: %s was abandoned and may have taken effect\n", pending.Resource.Type, pending.Resource.URN.Name(), pending.Type)
	}
}

// idOf returns the id of a resource that failed, in parentheses, "" if it has none.
func (s *Summary) idOf(of string) string {
	for _, r := range s.State.Resources() {
		if string(r.URN) == of && r.ID != "" {
			return " (" + string(r.ID) + ")"
		}
	}
	return ""
}

// statusOf returns the status of a resource that is not complete.
func statusOf(r apitype.ResourceV3, failed []engine.Failure) string {
	switch {
	case r.Delete:
		return "\tbeing replaced: the old resource is not deleted yet"
	case slices.ContainsFunc(failed, func(f engine.Failure) bool { return f.URN == string(r.URN) }):
		return "\t✗ failed"
	}
	return ""
}

// formatCount returns a number with its noun: 1 resource, 2 resources.
func formatCount(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprint(n, " ", thing, "s")
}
