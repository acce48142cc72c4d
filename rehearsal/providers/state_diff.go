package providers

import (
	"maps"
	"reflect"
	"slices"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// stateDiff compares the recorded state of a resource with the inputs of a program, as pulumi-terraform-bridge does:
// its Diff is a Terraform plan, which compares with the state and not with the inputs of the last update
// (pkg/tfbridge/provider.go, Diff, and schemaMap.diff in helper/schema/schema.go of terraform-plugin-sdk).
//
//   - An absent property that is optional and computed keeps the state's value. Any other absent property returns to
//     its default or to nothing.
//   - An empty list or map is a value: it differs from a state with elements.
//   - Nothing and the zero value of a type are the same.
//   - The order of a set is no difference.
type stateDiff struct {
	typ         *schema.Resource
	differences []difference
}

// difference is one property that differs, by the shortest path to it.
type difference struct {
	path resource.PropertyPath
	kind plugin.DiffKind
}

// differencesOf returns the differences between a state and inputs.
func differencesOf(typ *schema.Resource, state, inputs world.Properties) []difference {
	d := &stateDiff{typ: typ}
	names, _ := typ.Fields("")
	for _, name := range names {
		d.property(resource.PropertyPath{name}, state[name], inputs[name])
	}
	return d.differences
}

func (d *stateDiff) add(path resource.PropertyPath, kind plugin.DiffKind) {
	d.differences = append(d.differences, difference{slices.Clone(path), kind})
}

// property compares a property that may be absent on either side.
func (d *stateDiff) property(path resource.PropertyPath, state, input any) {
	name := nameOf(path)
	if input == nil {
		input = defaultOf(d.typ.Token, name)
	}
	switch {
	case input == nil && (d.typ.Computed(name) || isZero(state)):
	case input == nil:
		d.add(path, plugin.DiffDelete)
	case state == nil && isZero(input):
	case state == nil:
		d.add(path, plugin.DiffAdd)
	default:
		d.value(path, state, input)
	}
}

// value compares two values that exist.
func (d *stateDiff) value(path resource.PropertyPath, state, input any) {
	if isEquivalent(d.typ.Token, nameOf(path), state, input) {
		return
	}
	switch have := state.(type) {
	case map[string]any:
		if want, ok := input.(map[string]any); ok {
			d.object(path, have, want)
			return
		}
	case []any:
		if want, ok := input.([]any); ok {
			d.list(path, have, want)
			return
		}
	}
	if !reflect.DeepEqual(state, input) {
		d.add(path, plugin.DiffUpdate)
	}
}

// object compares the properties of the schema, or all keys of a map.
func (d *stateDiff) object(path resource.PropertyPath, state, input map[string]any) {
	if names, ok := d.typ.Fields(nameOf(path)); ok {
		for _, name := range names {
			d.property(append(slices.Clone(path), name), state[name], input[name])
		}
		return
	}
	merged := maps.Clone(state)
	maps.Copy(merged, input)
	for _, key := range sortedKeys(merged) {
		have, before := state[key]
		want, after := input[key]
		d.element(append(slices.Clone(path), key), have, want, before, after)
	}
}

// element compares an entry of a map or a list.
func (d *stateDiff) element(path resource.PropertyPath, state, input any, before, after bool) {
	switch {
	case before && after:
		d.value(path, state, input)
	case before:
		d.add(path, plugin.DiffDelete)
	case after:
		d.add(path, plugin.DiffAdd)
	}
}

// list compares lists by index, and sets by the elements that are only in one of them.
func (d *stateDiff) list(path resource.PropertyPath, state, input []any) {
	var common, kept []int
	if isSet(d.typ.Token, nameOf(path)) {
		common, kept = d.matches(path, state, input)
	}
	for i := range max(len(state), len(input)) {
		var have, want any
		before, after := i < len(state) && !slices.Contains(common, i), i < len(input) && !slices.Contains(kept, i)
		if before {
			have = state[i]
		}
		if after {
			want = input[i]
		}
		d.element(append(slices.Clone(path), i), have, want, before, after)
	}
}

// matches pairs the elements of two sets that do not differ: their indexes in the state and in the inputs.
func (d *stateDiff) matches(path resource.PropertyPath, state, input []any) (common, kept []int) {
	for i, want := range input {
		for j, have := range state {
			trial := &stateDiff{typ: d.typ}
			trial.value(append(slices.Clone(path), i), have, want)
			if len(trial.differences) == 0 && !slices.Contains(common, j) {
				common, kept = append(common, j), append(kept, i)
				break
			}
		}
	}
	return common, kept
}

// isZero reports whether a value is the zero value of its type, which Terraform's SDK records for nothing.
func isZero(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	case world.Unknown:
		return false
	default:
		return reflect.ValueOf(v).IsZero()
	}
}

// diffState returns what an update with these inputs would change. Differences at ignored paths are left out, as in the
// bridge.
func diffState(typ *schema.Resource, state, inputs world.Properties, forceNew, ignored []string) (plugin.DiffResult, error) {
	before, err := fromWorld(state)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	after, err := fromWorld(inputs)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	result := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
	for _, d := range differencesOf(typ, state, inputs) {
		if isIgnored(d.path, ignored) {
			continue
		}
		result.Changes = plugin.DiffSome
		key, change := resource.PropertyKey(d.path[0].(string)), plugin.PropertyDiff{Kind: d.kind}
		result.ChangedKeys = appendOnce(result.ChangedKeys, key)
		if isReplaced(d.path, before, after, forceNew) || customizedReplace(typ.Token, nameOf(d.path), state, inputs) {
			change = change.ToReplace()
			result.ReplaceKeys = appendOnce(result.ReplaceKeys, key)
		}
		result.DetailedDiff[d.path.String()] = change
	}
	slices.Sort(result.ChangedKeys)
	slices.Sort(result.ReplaceKeys)
	return result, nil
}

// isIgnored reports whether a path is at or below one of a resource's ignoreChanges.
func isIgnored(path resource.PropertyPath, ignored []string) bool {
	return slices.ContainsFunc(ignored, func(text string) bool {
		ignore, err := resource.ParsePropertyPath(text)
		return err == nil && ignore.Contains(path)
	})
}
