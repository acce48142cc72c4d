package schema

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// fields maps the Pulumi names of a struct's properties to their plain types. The type of an output is that of its
// value.
func fields(t reflect.Type) map[string]reflect.Type {
	t = indirect(t)
	if found, ok := fieldsOf.Load(t); ok {
		return found.(map[string]reflect.Type)
	}
	found := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name, ok := t.Field(i).Tag.Lookup("pulumi"); ok {
			found[strings.Split(name, ",")[0]] = valueType(t.Field(i).Type)
		}
	}
	fieldsOf.Store(t, found)
	return found
}

// fieldsOf caches the fields of each type, which every call of a provider reads. The maps are not changed.
var fieldsOf sync.Map

// valueType returns the type of an output's value: string for pulumi.StringOutput.
func valueType(t reflect.Type) reflect.Type {
	if t.Implements(reflect.TypeFor[pulumi.Output]()) {
		return reflect.Zero(t).Interface().(pulumi.Output).ElementType()
	}
	return t
}

func names(t reflect.Type) []string { return keys(fields(t)) }

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// element returns the type of the values in a list, and any other type itself.
func element(t reflect.Type) reflect.Type {
	for t = indirect(t); t.Kind() == reflect.Slice; t = indirect(t.Elem()) {
	}
	return t
}

func isAsset(t reflect.Type) bool {
	return t == reflect.TypeFor[pulumi.AssetOrArchive]() || t == reflect.TypeFor[pulumi.Asset]() || t == reflect.TypeFor[pulumi.Archive]()
}

// describe returns a description of what a type accepts.
func describe(t reflect.Type) string {
	switch t = indirect(t); t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "whole number"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "list of " + describe(t.Elem())
	case reflect.Map:
		return "map of " + describe(t.Elem())
	case reflect.Struct:
		return "object {" + strings.Join(names(t), ", ") + "}"
	default:
		return "anything"
	}
}

// formatValue formats a value for a message, shortened to keep the error on one line.
func formatValue(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%T", value)
	}
	if len(raw) > 80 {
		raw = append(raw[:77], "..."...)
	}
	switch value.(type) {
	case bool, float64, string, []any, map[string]any:
		return string(raw)
	default:
		return fmt.Sprintf("%s as a Go %T, which is not a JSON type (numbers are float64)", raw, value)
	}
}

func keys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// nearest returns the candidate most similar to a misspelled name, "" if none is similar.
func nearest(name string, candidates []string) string {
	best, least := "", 1+max(2, len(name)/4)
	for _, candidate := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance returns the number of letters to insert, remove or change between two words.
func distance(from, to string) int {
	previous := make([]int, len(to)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(from) {
		current := make([]int, len(to)+1)
		current[0] = i + 1
		for j := range len(to) {
			change := 0
			if from[i] != to[j] {
				change = 1
			}
			current[j+1] = min(previous[j]+change, previous[j+1]+1, current[j]+1)
		}
		previous = current
	}
	return previous[len(to)]
}
