package store

import (
	"strings"
)

// At returns the value at a dotted path ("vpcConfig.subnetIds"), nil if there is none.
func At(properties Properties, path string) any {
	head, rest, nested := strings.Cut(path, ".")
	value := properties[head]
	if !nested {
		return value
	}
	inner, _ := value.(map[string]any)
	return At(inner, rest)
}

// Nested returns the value below nested names ("vpcConfig", "subnetIds"), nil if there is none.
func Nested(properties Properties, names ...string) any {
	for i, name := range names {
		if i == len(names)-1 {
			return properties[name]
		}
		properties, _ = properties[name].(map[string]any)
	}
	return nil
}

// SetNested sets a value below nested names, and makes the maps that are missing there.
func SetNested(properties Properties, value any, names ...string) {
	for _, name := range names[:len(names)-1] {
		inner, _ := properties[name].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			properties[name] = inner
		}
		properties = inner
	}
	properties[names[len(names)-1]] = value
}

// At returns an output of an object, or else its input or a fact about it.
func (o *Object) At(path string) any {
	for _, properties := range []Properties{o.Outputs, o.Inputs, o.Facts} {
		if value := At(properties, path); value != nil {
			return value
		}
	}
	return nil
}

// Text returns the string at a path, "" if there is none.
func (o *Object) Text(path string) string {
	s, _ := o.At(path).(string)
	return s
}

// Texts returns the strings of the list at a path.
func (o *Object) Texts(path string) []string { return Texts(o.At(path)) }

// Flag returns the boolean at a path.
func (o *Object) Flag(path string) bool {
	b, _ := o.At(path).(bool)
	return b
}

// Number returns the integer at a path.
func (o *Object) Number(path string) int { return Integer(o.At(path)) }

// Tags returns the tags that AWS shows on an object.
func (o *Object) Tags() map[string]any {
	tags, _ := o.At("tags").(map[string]any)
	return tags
}

// Texts returns the strings of a list.
func Texts(value any) []string {
	list, _ := value.([]any)
	found := make([]string, 0, len(list))
	for _, e := range list {
		if s, ok := e.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

// Integer returns a JSON number as an int.
func Integer(value any) int {
	switch n := value.(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// AnyOf returns a JSON list.
func AnyOf[T any](values []T) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// MapOf returns a value as an object, an empty one if it is none.
func MapOf(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}
