package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Change is one resource that an operation changed or would change.
type Change struct {
	// Op is create, update, replace, delete, read, … in the engine's words.
	Op   string `json:"op"`
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	// Parent is the URN of the component that holds the resource, "" for none.
	Parent string `json:"parent,omitempty"`
	// Properties are those that differ, sorted by path. What is created or deleted has none.
	Properties []Property `json:"properties,omitempty"`
	// Failed is true where the operation ended before the change was complete.
	Failed bool `json:"failed,omitempty"`
}

// Property is one property of a resource that differs.
type Property struct {
	// Path is where the property is, such as tags["Name"].
	Path string `json:"path"`
	// Kind is add, update or delete.
	Kind string `json:"kind"`
	// Before and After are the values, nil for none. A secret is [secret], and a value that only the operation computes is
	// [unknown].
	Before any `json:"before,omitempty"`
	After  any `json:"after,omitempty"`
	// Replaces is true where the difference forces a replacement.
	Replaces bool `json:"replaces,omitempty"`
}

// The texts in the place of values that are not shown.
const (
	secretValue  = "[secret]"
	unknownValue = "[unknown]"
)

func (c Change) String() string {
	text := fmt.Sprintf("%s %s %s", c.Op, c.Type, c.Name)
	if len(c.Properties) > 0 {
		text += " (" + strings.Join(c.Paths(), ", ") + ")"
	}
	return text
}

// Paths are those of the properties that differ.
func (c Change) Paths() []string {
	var paths []string
	for _, p := range c.Properties {
		paths = append(paths, p.Path)
	}
	return paths
}

// Failure is a resource that an operation could not create, change or delete.
type Failure struct {
	URN   string `json:"urn"`
	Error string `json:"error"`
}

// uncountedSteps are the steps that change nothing, and those that are part of a replace step.
var uncountedSteps = []display.StepOp{
	deploy.OpSame, deploy.OpRefresh, deploy.OpCreateReplacement, deploy.OpDeleteReplaced, deploy.OpRead, deploy.OpReadDiscard,
	deploy.OpDiscardReplaced, deploy.OpRemovePendingReplace,
}

// changeOf is the change that a step makes.
func changeOf(step engine.StepEventMetadata, refresh bool) Change {
	change := Change{Op: string(step.Op), URN: string(step.URN), Type: string(step.Type), Name: step.URN.Name()}
	if step.Res != nil {
		change.Parent = string(step.Res.Parent)
	}
	for path, difference := range step.DetailedDiff {
		change.Properties = append(change.Properties, propertyOf(step, path, difference, refresh))
	}
	if len(change.Properties) == 0 {
		for _, key := range step.Diffs {
			change.Properties = append(change.Properties, propertyOf(step, string(key), plugin.PropertyDiff{Kind: plugin.DiffUpdate, InputDiff: true}, refresh))
		}
	}
	slices.SortFunc(change.Properties, func(a, b Property) int { return strings.Compare(a.Path, b.Path) })
	return change
}

// propertyOf is a difference with its values, which are where the engine's own display takes them from
// (TranslateDetailedDiff).
func propertyOf(step engine.StepEventMetadata, path string, difference plugin.PropertyDiff, refresh bool) Property {
	property := Property{Path: path, Kind: "update", Replaces: difference.Kind.IsReplace()}
	switch difference.Kind {
	case plugin.DiffAdd, plugin.DiffAddReplace:
		property.Kind = "add"
	case plugin.DiffDelete, plugin.DiffDeleteReplace:
		property.Kind = "delete"
	}
	if step.Old != nil && property.Kind != "add" {
		from := step.Old.Outputs
		if difference.InputDiff {
			from = step.Old.Inputs
		}
		property.Before = valueAt(from, path)
	}
	if step.New != nil && property.Kind != "delete" {
		to := step.New.Inputs
		if refresh {
			to = step.New.Outputs
		}
		property.After = valueAt(to, path)
	}
	return property
}

// valueAt is the value at a path, nil for none.
func valueAt(properties resource.PropertyMap, path string) any {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil {
		return nil
	}
	value, ok := parsed.Get(resource.NewProperty(properties))
	if !ok {
		return nil
	}
	return shown(value)
}

// shown is a value without its secrets.
func shown(value resource.PropertyValue) any {
	switch {
	case value.IsSecret(), value.IsOutput() && value.OutputValue().Secret:
		return secretValue
	case value.IsComputed(), value.IsOutput() && !value.OutputValue().Known:
		return unknownValue
	case value.IsOutput():
		return shown(value.OutputValue().Element)
	case value.IsArray():
		list := []any{}
		for _, element := range value.ArrayValue() {
			list = append(list, shown(element))
		}
		return list
	case value.IsObject():
		entries := map[string]any{}
		for key, element := range value.ObjectValue() {
			entries[string(key)] = shown(element)
		}
		return entries
	default:
		return value.Mappable()
	}
}
