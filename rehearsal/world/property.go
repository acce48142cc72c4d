package world

import "strings"

// at is the value at a dotted path ("vpcConfig.subnetIds"), nil where there is none.
func at(properties Properties, path string) any {
	head, rest, nested := strings.Cut(path, ".")
	value := properties[head]
	if !nested {
		return value
	}
	inner, _ := value.(map[string]any)
	return at(inner, rest)
}

// at is an output of an object, or else its input or a fact about it.
func (o *Object) at(path string) any {
	for _, properties := range []Properties{o.Outputs, o.Inputs, o.Facts} {
		if value := at(properties, path); value != nil {
			return value
		}
	}
	return nil
}

// overlay makes the outputs of a changed object: the inputs as they are now and, of the rest, what it showed before. So
// what is read of it is new where it was asked for anew.
func (o *Object) overlay(old *Object) {
	for property := range old.Inputs {
		delete(o.Outputs, property)
	}
	for property, value := range o.Inputs {
		o.Outputs[property] = cloneValue(value)
	}
}

// text is the string at a path, "" where there is none.
func (o *Object) text(path string) string {
	s, _ := o.at(path).(string)
	return s
}

// texts are the strings of the list at a path.
func (o *Object) texts(path string) []string { return texts(o.at(path)) }

// flag is the boolean at a path.
func (o *Object) flag(path string) bool {
	b, _ := o.at(path).(bool)
	return b
}

// number is the integer at a path.
func (o *Object) number(path string) int { return integer(o.at(path)) }

// tags are the tags that AWS shows on an object.
func (o *Object) tags() map[string]any {
	tags, _ := o.at("tags").(map[string]any)
	return tags
}

// texts are the strings of a list.
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

// integer is a JSON number as an int.
func integer(value any) int {
	switch n := value.(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// anyOf makes a JSON list.
func anyOf[T any](values []T) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// mapOf is the object at a key of a list's element or of properties, empty where there is none.
func mapOf(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}
