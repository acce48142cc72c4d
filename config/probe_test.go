package config_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
)

// ownResources is a stack that names resources of the operator, which no committed stack file can.
const ownResources = `
aws:profile: dev
aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/deployer"}
eksnet:workloads:
  echo: {kind: nlb, securityGroups: [sg-0123456789abcdef0], elasticIps: [eipalloc-00000001, eipalloc-00000002]}
`

// exampleStacks are the values of stack files without problems, which have every key together.
func exampleStacks(t *testing.T) []map[string]any {
	t.Helper()
	return append(committedStacks(t), values(t, good, ownResources))
}

// probed is what loading showed of the paths of example stacks.
type probed struct {
	// needed are keys without which each stack is refused that has them, optional are others, and present is how often
	// each key is there. Objects are how many there are of each path.
	needed, optional map[string]bool
	present, objects map[string]int
	// zeros are paths of strings and numbers at which "" or 0 is accepted.
	zeros map[string]bool
}

// required reports whether no accepted stack has the object of a key without the key.
func (p probed) required(path string) bool {
	path = general(path)
	parent := ""
	if i := strings.LastIndex(path, "."); i >= 0 {
		parent = path[:i]
	}
	return p.needed[path] && !p.optional[path] && p.present[path] == p.objects[parent]
}

func (p probed) zero(path string) bool { return p.zeros[path] }

// probe changes each value of some stacks in turn, and loads the stacks.
func probe(examples []map[string]any) probed {
	p := probed{map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]int{}, map[string]bool{}}
	for _, values := range examples {
		p.visit(values, values, "")
	}
	return p
}

// visit probes what is in an object or a list at a path of a stack.
func (p probed) visit(stack map[string]any, in any, path string) {
	switch v := in.(type) {
	case map[string]any:
		p.objects[general(path)]++
		for _, key := range slices.Sorted(maps.Keys(v)) {
			value, at := v[key], strings.TrimPrefix(path+"."+key, ".")
			p.present[general(at)]++
			delete(v, key)
			if refused(stack) {
				p.needed[general(at)] = true
			} else {
				p.optional[general(at)] = true
			}
			v[key] = value
			p.zeroed(stack, value, at, func(zero any) { v[key] = zero })
			p.visit(stack, value, at)
		}
	case []any:
		for i, value := range v {
			at := config.At(path, i)
			p.zeroed(stack, value, at, func(zero any) { v[i] = zero })
			p.visit(stack, value, at)
		}
	}
}

// zeroed notes whether "" is accepted in the place of a string, and 0 in that of a number.
func (p probed) zeroed(stack map[string]any, value any, path string, set func(value any)) {
	var zero any
	switch value.(type) {
	case string:
		zero = ""
	case int:
		zero = 0
	default:
		return
	}
	set(zero)
	if !slices.Contains(refusedPaths(stack), general(path)) {
		p.zeros[general(path)] = true
	}
	set(value)
}

func refused(stack map[string]any) bool { return len(refusedPaths(stack)) > 0 }

// refusedPaths returns the paths of the problems of a stack, in general form.
func refusedPaths(stack map[string]any) []string {
	_, problems := config.Load(settings(stack), slices.Collect(maps.Keys(stack)))
	var paths []string
	for _, problem := range problems {
		paths = append(paths, config.GeneralPath(problem.Path))
	}
	return paths
}

var (
	namedEntry  = regexp.MustCompile(`^(nodeGroups|workloads)\.[^.]+`)
	listElement = regexp.MustCompile(`\[[0-9]+\]`)
)

// general is a path with <name> in the place of names and [] in that of positions, without the namespace.
func general(path string) string {
	path = strings.TrimPrefix(listElement.ReplaceAllString(path, "[]"), config.Namespace+":")
	return namedEntry.ReplaceAllString(path, "$1.<name>")
}
