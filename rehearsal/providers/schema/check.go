package schema

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
)

// checker walks a value and its Go type in the SDK, and collects the mismatches.
type checker struct {
	subject  string
	required bool
	problems []Problem
}

func (c *checker) add(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Reason: fmt.Sprintf(format, args...)})
}

// value checks one value against its type.
func (c *checker) value(path string, t reflect.Type, value any) {
	switch value.(type) {
	case world.Unknown:
		return
	case nil:
		c.add(path, "%s: got null, accepted: %s", c.subject, describe(t))
		return
	}
	if isAsset(t) {
		c.asset(path, value)
		return
	}
	switch t = indirect(t); t.Kind() {
	case reflect.Interface:
		// The SDK accepts any value here, such as a policy as text or as an object.
	case reflect.Struct:
		if object, ok := value.(map[string]any); ok {
			c.object(path, t, object)
			return
		}
		c.mismatch(path, t, value)
	case reflect.Map:
		if object, ok := value.(map[string]any); ok {
			for _, key := range keys(object) {
				c.value(fmt.Sprintf("%s[%q]", path, key), t.Elem(), object[key])
			}
			return
		}
		c.mismatch(path, t, value)
	case reflect.Slice:
		if list, ok := value.([]any); ok {
			for i, element := range list {
				c.value(fmt.Sprintf("%s[%d]", path, i), t.Elem(), element)
			}
			return
		}
		c.mismatch(path, t, value)
	default:
		if !isScalar(t.Kind(), value) {
			c.mismatch(path, t, value)
		}
	}
}

// object checks the properties of a struct: names, presence and types.
func (c *checker) object(path string, t reflect.Type, object map[string]any) {
	known := fields(t)
	for _, name := range keys(object) {
		field, ok := known[name]
		switch {
		case !ok:
			c.unknown(join(path, name), name, keys(known))
		case object[name] != nil:
			c.value(join(path, name), field, object[name])
		}
	}
	if !c.required {
		return
	}
	for _, name := range keys(known) {
		if object[name] == nil && isRequired(known[name]) {
			c.add(join(path, name), "%s: %s is missing, accepted: %s", c.subject, join(path, name), describe(known[name]))
		}
	}
}

func (c *checker) unknown(path, name string, accepted []string) {
	if near := nearest(name, accepted); near != "" {
		c.add(path, "%s has no property %q; did you mean %q?", c.subject, path, join(parent(path, name), near))
		return
	}
	c.add(path, "%s has no property %q; accepted here: %s", c.subject, path, strings.Join(accepted, ", "))
}

func (c *checker) mismatch(path string, t reflect.Type, value any) {
	c.add(path, "%s: %s: got %s, accepted: %s", c.subject, path, formatValue(value), describe(t))
}

func (c *checker) asset(path string, value any) {
	object, ok := value.(map[string]any)
	if signature := object[sig.Key]; !ok || signature != sig.AssetSig && signature != sig.ArchiveSig {
		c.add(path, "%s: %s: got %s, accepted: an asset or an archive", c.subject, path, formatValue(value))
	}
}

// isScalar reports whether a JSON value matches a Go kind. Whole numbers are float64 in JSON.
func isScalar(kind reflect.Kind, value any) bool {
	switch v := value.(type) {
	case string:
		return kind == reflect.String
	case bool:
		return kind == reflect.Bool
	case float64:
		if kind == reflect.Float64 {
			return true
		}
		return kind == reflect.Int && v == math.Trunc(v)
	default:
		return false
	}
}

// isRequired reports whether the SDK's plain struct requires a property: it is not a pointer, list, map or interface.
func isRequired(t reflect.Type) bool {
	return !slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface}, t.Kind())
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func parent(path, name string) string { return strings.TrimSuffix(strings.TrimSuffix(path, name), ".") }
