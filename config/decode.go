package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// decoder fills Go values from decoded JSON strictly: an unknown key, a wrong type or a fraction where a whole number
// belongs is a problem at its path, and decoding continues, so that all of them are reported at once.
type decoder struct{ problems Problems }

func (d *decoder) value(path string, raw any, into reflect.Value) {
	if raw == nil {
		return // `key:` without a value is a key left out
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(fresh(into.Type().Elem()).Addr())
		d.value(path, raw, into.Elem())
	case reflect.Struct:
		d.object(path, raw, into)
	case reflect.Map:
		d.entries(path, raw, into)
	case reflect.Slice:
		d.elements(path, raw, into)
	case reflect.Int:
		d.whole(path, raw, into)
	default:
		d.scalar(path, raw, into)
	}
}

func (d *decoder) object(path string, raw any, into reflect.Value) {
	given, ok := raw.(map[string]any)
	if !ok {
		d.mismatch(path, raw, "a map with "+list(keysOf(into.Type())...))
		return
	}
	fields := map[string]reflect.Value{}
	for i := range into.NumField() {
		fields[into.Type().Field(i).Tag.Get("json")] = into.Field(i)
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		field, known := fields[key]
		reason := leftOutOf(into.Type())[key]
		switch {
		case known:
			d.value(path+"."+key, given[key], field)
		case reason != "":
			d.problems.Add(path+"."+key, "%s", reason)
		default:
			d.problems.Add(path+"."+key, "unknown key; %s", accepted(key, keysOf(into.Type())))
		}
	}
}

func (d *decoder) entries(path string, raw any, into reflect.Value) {
	given, ok := raw.(map[string]any)
	if !ok {
		d.mismatch(path, raw, "a map keyed by name")
		return
	}
	into.Set(reflect.MakeMap(into.Type()))
	for _, key := range slices.Sorted(maps.Keys(given)) {
		entry := fresh(into.Type().Elem())
		d.value(In(path, key), given[key], entry)
		into.SetMapIndex(reflect.ValueOf(key), entry)
	}
}

// fresh is a value of a type with the type's own defaults.
func fresh(t reflect.Type) reflect.Value {
	value := reflect.New(t)
	if d, ok := value.Interface().(defaulted); ok {
		d.setDefaults()
	}
	return value.Elem()
}

func (d *decoder) elements(path string, raw any, into reflect.Value) {
	expected := "a list"
	if into.Type() == reflect.TypeFor[Endpoints]() {
		expected = "auto or a list"
		if raw == EndpointsAuto {
			raw = []any{raw}
		}
	}
	given, ok := raw.([]any)
	if !ok {
		d.mismatch(path, raw, expected)
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(given), len(given)))
	for i, element := range given {
		d.value(At(path, i), element, into.Index(i))
	}
}

func (d *decoder) whole(path string, raw any, into reflect.Value) {
	number, ok := raw.(float64)
	if !ok || number != math.Trunc(number) || math.Abs(number) > math.MaxInt32 {
		d.mismatch(path, raw, "a whole number")
		return
	}
	into.SetInt(int64(number))
}

func (d *decoder) scalar(path string, raw any, into reflect.Value) {
	value := reflect.ValueOf(raw)
	if value.Kind() == into.Kind() {
		into.Set(value.Convert(into.Type()))
		return
	}
	switch into.Kind() {
	case reflect.String:
		if into.Type() == reflect.TypeFor[Port]() {
			d.port(path, raw, into)
			return
		}
		if value.Kind() == reflect.Float64 || value.Kind() == reflect.Bool {
			d.mismatch(path, raw, "a string: put it in quotes")
			return
		}
		d.mismatch(path, raw, "a string")
	default:
		// What other checks find follows from what is meant.
		into.SetBool(slices.Contains([]any{"yes", "Yes", "YES", "on", "On", "ON", "y", "Y", "true", "True", "TRUE", 1.0}, raw))
		d.mismatch(path, raw, "true or false")
	}
}

// port is a number, which YAML hands over as one, or a word.
func (d *decoder) port(path string, raw any, into reflect.Value) {
	number, ok := raw.(float64)
	if !ok || number != math.Trunc(number) || math.Abs(number) > math.MaxInt32 {
		d.mismatch(path, raw, "a whole number or a word")
		return
	}
	into.SetString(strconv.Itoa(int(number)))
}

func (d *decoder) mismatch(path string, raw any, expected string) {
	shown, _ := json.Marshal(raw)
	d.problems.Add(path, "%s is not %s", shorten(string(shown)), expected)
}

func shorten(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}

// keysOf are the keys that a struct accepts.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("json"))
	}
	return keys
}

// accepted is the way out of an unknown key: the key that was probably meant, or all there are.
func accepted(key string, keys []string) string {
	if near := Near(key, keys); near != "" {
		return fmt.Sprintf("did you mean %s? Accepted: %s", near, list(keys...))
	}
	return "accepted: " + list(keys...)
}

// Near is the name that was probably meant by one that is not there: the nearest within two letters, "" for none.
func Near(name string, names []string) string {
	nearest, least := "", 3
	for _, known := range names {
		if letters := distance(strings.ToLower(name), strings.ToLower(known)); letters < least {
			nearest, least = known, letters
		}
	}
	return nearest
}

// distance is the number of letters to add, drop or change to get from a to b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost = 1 + min(diagonal, row[j], row[j-1])
			}
			diagonal, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
