package store

import "maps"

// Show sets the whole state of an object as AWS returns it: its inputs and what AWS adds. An added nil is left out.
func (o *Object) Show(added Properties) {
	o.Own()
	o.Outputs = Clone(o.Inputs)
	if o.Outputs == nil {
		o.Outputs = Properties{}
	}
	maps.Copy(o.Outputs, added)
	for property, value := range o.Outputs {
		if value == nil {
			delete(o.Outputs, property)
			continue
		}
		o.Outputs[property] = JSONValue(value)
	}
	if k := Kinds[o.Type]; k != nil && k.Tagged {
		tags := o.Tags()
		if tags == nil {
			tags = map[string]any{}
		}
		o.Outputs["tags"], o.Outputs["tagsAll"] = tags, CloneValue(tags)
	}
	o.Written()
}

// JSONValue converts a value to JSON's types.
func JSONValue(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case []string:
		return AnyOf(v)
	case map[string]any:
		for key := range v {
			v[key] = JSONValue(v[key])
		}
	}
	return value
}

// Overlay sets the outputs of a changed object to its current inputs and, for other properties, to its previous
// outputs.
func (o *Object) Overlay(old *Object) {
	for property := range old.Inputs {
		delete(o.Outputs, property)
	}
	for property, value := range o.Inputs {
		o.Outputs[property] = CloneValue(value)
	}
}

// Retain keeps the old values of properties that an update leaves out: the provider sends nothing for a property that
// is optional and computed, so AWS does not change it.
func (o *Object) Retain(old *Object, properties ...string) {
	for _, property := range properties {
		if o.Inputs[property] == nil && old.Outputs[property] != nil {
			o.Set(property, CloneValue(old.Outputs[property]))
		}
	}
}

// Created is the creation time of everything in the simulated account, which has no clock.
const Created = "2026-11-01T00:00:00Z"
