package providers

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// diffInputs compares two sets of inputs without the ignored paths. A change at, above or below a path of forceNew
// replaces the resource.
func diffInputs(olds, news resource.PropertyMap, forceNew, ignored []string) (plugin.DiffResult, error) {
	before, err := plainInputs(olds)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	after, err := plainInputs(news)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	restoreIgnored(before, after, ignored)
	diff := before.Diff(after)
	if diff == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	result := plugin.DiffResult{
		Changes:      plugin.DiffSome,
		ChangedKeys:  diff.ChangedKeys(),
		DetailedDiff: plugin.NewDetailedDiffFromObjectDiff(diff, true),
	}
	for path, change := range result.DetailedDiff {
		parsed, err := resource.ParsePropertyPath(path)
		if err != nil {
			return plugin.DiffResult{}, err
		}
		if isReplaced(parsed, before, after, forceNew) {
			result.DetailedDiff[path] = change.ToReplace()
			result.ReplaceKeys = appendOnce(result.ReplaceKeys, resource.PropertyKey(parsed[0].(string)))
		}
	}
	slices.Sort(result.ChangedKeys)
	slices.Sort(result.ReplaceKeys)
	return result, nil
}

// restoreIgnored sets ignored paths to their old values. The engine does so before an update and leaves it to the
// provider in a refresh (github.com/pulumi/pulumi, pkg/resource/deploy/step.go, RefreshStep; pulumi-kubernetes,
// provider/pkg/provider/provider.go, Diff).
func restoreIgnored(before, after resource.PropertyMap, ignored []string) {
	for _, text := range ignored {
		if path, err := resource.ParsePropertyPath(text); err == nil {
			path.Reset(before, after)
		}
	}
}

// plainInputs returns a copy of properties without secret markers, nulls and Pulumi's own keys, as a cloud receives
// them.
func plainInputs(properties resource.PropertyMap) (resource.PropertyMap, error) {
	plain, err := toWorld(properties)
	if err != nil {
		return nil, err
	}
	return fromWorld(plain)
}

// isReplaced reports whether a change at path is at, above or below one of the paths that cannot change in place.
func isReplaced(path resource.PropertyPath, before, after resource.PropertyMap, forceNew []string) bool {
	changed := nameOf(path)
	for _, fixed := range forceNew {
		switch {
		case changed == fixed, strings.HasPrefix(changed, fixed+"."):
			return true
		case strings.HasPrefix(fixed, changed+"."):
			below := strings.Split(strings.TrimPrefix(fixed, changed+"."), ".")
			if hasValue(path, before, below) || hasValue(path, after, below) {
				return true
			}
		}
	}
	return false
}

// nameOf returns a path in the form of ForceNew: dots between names, without indexes.
func nameOf(path resource.PropertyPath) string {
	var names []string
	for _, element := range path {
		if name, ok := element.(string); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

// hasValue reports whether the value at path, which was added or removed as a whole, has a value at the names below it.
func hasValue(path resource.PropertyPath, properties resource.PropertyMap, below []string) bool {
	value, ok := path.Get(resource.NewProperty(properties))
	if !ok {
		return false
	}
	plain, err := valueToWorld(value)
	return err == nil && hasValueBelow(plain, below)
}

func hasValueBelow(value any, below []string) bool {
	switch v := value.(type) {
	case nil:
		return false
	case world.Unknown:
		return true
	case []any:
		return slices.ContainsFunc(v, func(element any) bool { return hasValueBelow(element, below) })
	case map[string]any:
		return len(below) == 0 || hasValueBelow(v[below[0]], below[1:])
	default:
		return len(below) == 0
	}
}

func appendOnce[T comparable](list []T, value T) []T {
	if slices.Contains(list, value) {
		return list
	}
	return append(list, value)
}
