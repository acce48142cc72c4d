package config

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one problem of a stack file.
type Problem struct {
	// Path is the path of the setting: cluster.endpoint.publicCidrs[0], nodeGroups["general"].scaling.
	Path string
	// Message gives the value, what is accepted and the way out.
	Message string
}

func (p Problem) String() string { return p.Path + ": " + p.Message }

// Problems is the error of a stack file with one or more problems.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	if len(p) == 1 {
		return "the stack file has a problem: " + lines[0]
	}
	return fmt.Sprintf("the stack file has %d problems:\n  %s", len(p), strings.Join(lines, "\n  "))
}

// Err is nil if there are none.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Add notes a problem at a path.
func (p *Problems) Add(path, format string, values ...any) {
	*p = append(*p, Problem{path, fmt.Sprintf(format, values...)})
}

// With adds the problems of a later check. A problem at, above or below a path that already has a problem is left out:
// it follows from the first.
func (p Problems) With(later Problems) Problems {
	all := slices.Clone(p)
	for _, problem := range later {
		follows := func(earlier Problem) bool {
			return within(problem.Path, earlier.Path) || within(earlier.Path, problem.Path)
		}
		if !slices.ContainsFunc(p, follows) {
			all = append(all, problem)
		}
	}
	return all
}

// within reports whether a path is equal to another or below it.
func within(path, other string) bool {
	rest, inside := strings.CutPrefix(path, other)
	return inside && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// In is the path of an entry of a map: nodeGroups["general"]. For a workload that an add-on adds it is the path of the
// add-on.
func In(path, key string) string {
	switch {
	case path == "workloads" && key == KubeOpsViewName:
		return "addons.kubeOpsView"
	case path == "workloads" && key == IstioGatewayName:
		return "addons.istio.gateway"
	}
	return fmt.Sprintf("%s[%q]", path, key)
}

// At is the path of an element of a list: zones[2].
func At(path string, index int) string { return fmt.Sprintf("%s[%d]", path, index) }

// Count is a number of things: 1 zone, 2 zones.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// list joins accepted values for a message: a, b or c.
func list(values ...string) string {
	if len(values) < 2 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}

// Warning is something that may not work as the operator expects, though nothing refuses it.
type Warning struct {
	// Path is the path of the setting, as in Problem.
	Path string
	// Text says what may happen and what to do.
	Text string
}

func (w Warning) String() string { return w.Path + ": " + w.Text }
