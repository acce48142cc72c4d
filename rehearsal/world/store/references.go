package store

import (
	"fmt"
	"maps"
	"strings"
)

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
		o.Outputs[property] = Plain(value)
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

// Plain converts a value to JSON's types.
func Plain(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case []string:
		return AnyOf(v)
	case map[string]any:
		for key := range v {
			v[key] = Plain(v[key])
		}
	}
	return value
}

// ARN returns the ARN of a resource in the call's region and account.
func (w *Account) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", w.Partition().ID, service, w.Region, w.Options.Account, resource)
}

// GlobalARN returns the ARN of a resource of a service without regions, such as IAM.
func (w *Account) GlobalARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", w.Partition().ID, service, w.Options.Account, resource)
}

// Created is the creation time of everything in the simulated account, which has no clock.
const Created = "2026-11-01T00:00:00Z"

// Next returns the next number of a sequence, for addresses and names that AWS would generate.
func (w *Account) Next() int {
	w.Sequence++
	return w.Sequence
}

// LastOf returns what follows the last separator: the name in an ARN.
func LastOf(text, separator string) string {
	return text[strings.LastIndex(text, separator)+len(separator):]
}
