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

// fields maps the Pulumi names of a struct's properties to their plain types. Outputs count as what they hold.
func fields(t reflect.Type) map[string]reflect.Type {
	t = indirect(t)
	if found, ok := fieldsOf.Load(t); ok {
		return found.(map[string]reflect.Type)
	}
	found := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name, ok := t.Field(i).Tag.Lookup("pulumi"); ok {
			found[strings.Split(name, ",")[0]] = plain(t.Field(i).Type)
		}
	}
	fieldsOf.Store(t, found)
	return found
}

// fieldsOf keeps the fields of each type: every call of a provider asks for them. Nothing changes the maps.
var fieldsOf sync.Map

// plain is the type inside an output: string for pulumi.StringOutput.
func plain(t reflect.Type) reflect.Type {
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

// element is the type of the values in a list, and any other type itself.
func element(t reflect.Type) reflect.Type {
	for t = indirect(t); t.Kind() == reflect.Slice; t = indirect(t.Elem()) {
	}
	return t
}

func isAsset(t reflect.Type) bool {
	return t == reflect.TypeFor[pulumi.AssetOrArchive]() || t == reflect.TypeFor[pulumi.Asset]() || t == reflect.TypeFor[pulumi.Archive]()
}

// describe says in words what a type accepts.
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

// shown prints a value for a message, shortened: an error is one line.
func shown(value any) string {
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
		return fmt.Sprintf("%s as a Go %T, where JSON's shapes are spoken (numbers are float64)", raw, value)
	}
}

func keys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// nearest is the candidate that looks like a misspelling's original, "" when none is close.
func nearest(name string, candidates []string) string {
	best, least := "", 1+max(2, len(name)/4)
	for _, candidate := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, remove or change to get from one word to the other.
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
