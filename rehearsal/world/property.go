package world

import "strings"

// at returns the value at a dotted path ("vpcConfig.subnetIds"), nil if there is none.
func at(properties Properties, path string) any {
	head, rest, nested := strings.Cut(path, ".")
	value := properties[head]
	if !nested {
		return value
	}
	inner, _ := value.(map[string]any)
	return at(inner, rest)
}

// at returns an output of an object, or else its input or a fact about it.
func (o *Object) at(path string) any {
	for _, properties := range []Properties{o.Outputs, o.Inputs, o.Facts} {
		if value := at(properties, path); value != nil {
			return value
		}
	}
	return nil
}

// overlay sets the outputs of a changed object to its current inputs and, for other properties, to its previous
// outputs.
func (o *Object) overlay(old *Object) {
	for property := range old.Inputs {
		delete(o.Outputs, property)
	}
	for property, value := range o.Inputs {
		o.Outputs[property] = cloneValue(value)
	}
}

// text returns the string at a path, "" if there is none.
func (o *Object) text(path string) string {
	s, _ := o.at(path).(string)
	return s
}

// texts returns the strings of the list at a path.
func (o *Object) texts(path string) []string { return texts(o.at(path)) }

// flag returns the boolean at a path.
func (o *Object) flag(path string) bool {
	b, _ := o.at(path).(bool)
	return b
}

// number returns the integer at a path.
func (o *Object) number(path string) int { return integer(o.at(path)) }

// tags returns the tags that AWS shows on an object.
func (o *Object) tags() map[string]any {
	tags, _ := o.at("tags").(map[string]any)
	return tags
}

// texts returns the strings of a list.
func texts(value any) []string {
	list, _ := value.([]any)
	found := make([]string, 0, len(list))
	for _, e := range list {
		if s, ok := e.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

// integer returns a JSON number as an int.
func integer(value any) int {
	switch n := value.(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// anyOf returns a JSON list.
func anyOf[T any](values []T) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// mapOf returns a value as an object, an empty one if it is none.
func mapOf(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}
