package providers

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// diffInputs compares two sets of inputs, ignored paths aside. A change at, above or below a path of forceNew replaces the resource.
func diffInputs(olds, news resource.PropertyMap, forceNew, ignored []string) (plugin.DiffResult, error) {
	before, err := exposed(olds)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	after, err := exposed(news)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	ignore(before, after, ignored)
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
		if replaces(parsed, before, after, forceNew) {
			result.DetailedDiff[path] = change.ToReplace()
			result.ReplaceKeys = appendOnce(result.ReplaceKeys, resource.PropertyKey(parsed[0].(string)))
		}
	}
	slices.Sort(result.ChangedKeys)
	slices.Sort(result.ReplaceKeys)
	return result, nil
}

// ignore gives ignored paths their old values. The engine does so ahead of an update and leaves it to the provider in a refresh
// (github.com/pulumi/pulumi, pkg/resource/deploy/step.go, RefreshStep; pulumi-kubernetes, provider/pkg/provider/provider.go, Diff).
func ignore(before, after resource.PropertyMap, ignored []string) {
	for _, text := range ignored {
		if path, err := resource.ParsePropertyPath(text); err == nil {
			path.Reset(before, after)
		}
	}
}

// exposed is a copy of properties without secrets, nulls and Pulumi's own keys: what a cloud would see of them.
func exposed(properties resource.PropertyMap) (resource.PropertyMap, error) {
	plain, err := toWorld(properties)
	if err != nil {
		return nil, err
	}
	return fromWorld(plain)
}

// replaces says whether a change at path touches one of the paths that cannot change in place.
func replaces(path resource.PropertyPath, before, after resource.PropertyMap, forceNew []string) bool {
	changed := nameOf(path)
	for _, fixed := range forceNew {
		switch {
		case changed == fixed, strings.HasPrefix(changed, fixed+"."):
			return true
		case strings.HasPrefix(fixed, changed+"."):
			below := strings.Split(strings.TrimPrefix(fixed, changed+"."), ".")
			if holds(path, before, below) || holds(path, after, below) {
				return true
			}
		}
	}
	return false
}

// nameOf is a path as ForceNew writes it: dots between names, indexes left out.
func nameOf(path resource.PropertyPath) string {
	var names []string
	for _, element := range path {
		if name, ok := element.(string); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

// holds says whether the value at path, which came or went as a whole, has a value at the names below it.
func holds(path resource.PropertyPath, properties resource.PropertyMap, below []string) bool {
	value, ok := path.Get(resource.NewProperty(properties))
	if !ok {
		return false
	}
	plain, err := valueToWorld(value)
	return err == nil && reaches(plain, below)
}

func reaches(value any, below []string) bool {
	switch v := value.(type) {
	case nil:
		return false
	case world.Unknown:
		return true
	case []any:
		return slices.ContainsFunc(v, func(element any) bool { return reaches(element, below) })
	case map[string]any:
		return len(below) == 0 || reaches(v[below[0]], below[1:])
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
