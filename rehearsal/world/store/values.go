package store

import (
	"reflect"
	"slices"
	"strings"
)

// FirstOf returns the first of some objects, nil if there is none.
func FirstOf(objects []*Object) *Object {
	if len(objects) == 0 {
		return nil
	}
	return objects[0]
}

// IDs returns the IDs of objects.
func IDs(objects []*Object) []string {
	var found []string
	for _, o := range objects {
		found = append(found, o.ID)
	}
	return found
}

// SortedTexts returns texts in a fixed order, where AWS has none.
func SortedTexts(values []string) []string { return slices.Sorted(slices.Values(TextsOf(values))) }

// TextsOf is a list of strings that is never nil, as lists of outputs are.
func TextsOf(values []string) []string { return append([]string{}, values...) }

// OrValue returns a value, or else another one for nil.
func OrValue(value, otherwise any) any {
	if value == nil {
		return otherwise
	}
	return value
}

// Equal compares two JSON values.
func Equal(a, b any) bool { return reflect.DeepEqual(a, b) }

// ListOf returns the objects of a list.
func ListOf(value any) []map[string]any {
	list, _ := value.([]any)
	found := make([]map[string]any, 0, len(list))
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			found = append(found, m)
		}
	}
	return found
}

// BlockList returns a block as a list of one, or of none for an absent block.
func BlockList(block any) []any {
	if block == nil {
		return []any{}
	}
	return []any{CloneValue(block)}
}

// OrText returns a string, or else another one for an empty string or another type.
func OrText(value any, otherwise string) string {
	if s, ok := value.(string); ok && s != "" {
		return s
	}
	return otherwise
}

// DescribeAll lists resources for a message, with ID, owner and description.
func DescribeAll(objects []*Object) string {
	var names []string
	for _, o := range objects {
		name := o.ID
		if d := o.Text("description"); d != "" {
			name += " " + d
		}
		if o.Owner != "" {
			name += ", created by " + o.Owner
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ")
}
