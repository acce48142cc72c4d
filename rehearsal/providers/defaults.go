package providers

import (
	"slices"

	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// defaultsKey is the input that lists the inputs that the provider filled in. The real aws provider uses the same key
// (pulumi-terraform-bridge, pkg/tfbridge/schema.go).
const defaultsKey = "__defaults"

// keepDefaults copies the existing defaults of a resource, so that an automatic name stays the same for its lifetime.
// Only inputs that the provider filled in are copied, not values that the operator has removed.
func keepDefaults(checked world.Properties, given []string, olds resource.PropertyMap) (filled []string, err error) {
	before := defaultsOf(olds)
	for _, name := range sortedKeys(checked) {
		if slices.Contains(given, name) {
			continue
		}
		filled = append(filled, name)
		if !slices.Contains(before, name) {
			continue
		}
		if old, ok := olds[resource.PropertyKey(name)]; ok {
			if checked[name], err = valueToWorld(old); err != nil {
				return nil, err
			}
		}
	}
	return filled, nil
}

// defaultsOf returns the inputs that the provider filled in.
func defaultsOf(inputs resource.PropertyMap) []string {
	var names []string
	if list, ok := inputs[defaultsKey]; ok && list.IsArray() {
		for _, name := range list.ArrayValue() {
			if name.IsString() {
				names = append(names, name.StringValue())
			}
		}
	}
	return names
}

// rememberDefaults adds the names of the filled-in inputs to the inputs themselves.
func rememberDefaults(inputs resource.PropertyMap, filled []string) {
	if len(filled) == 0 {
		return
	}
	list := make([]resource.PropertyValue, 0, len(filled))
	for _, name := range filled {
		list = append(list, resource.NewProperty(name))
	}
	inputs[defaultsKey] = resource.NewProperty(list)
}
