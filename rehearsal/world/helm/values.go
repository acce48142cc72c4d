package helm

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/internal/charts"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

var (
	ValueKnown = store.NewRule("a value of a release is a value of its chart",
		`values.%s: the chart has no such value (the closest is %q)`, "https://helm.sh/docs/chart_template_guide/values_files/ (Helm ignores an unknown key, so a misspelled one has no effect)")
	ValueTyped = store.NewRule("a value of a release has the type of its default",
		`values.%s: %s is not of the type of the chart's default, %s`, "https://helm.sh/docs/chart_best_practices/values/ (the chart's values.yaml)")
)

// valueCheck checks values against the defaults of one chart.
type valueCheck struct{ chart charts.Chart }

func valuesOf(chart charts.Chart) valueCheck { return valueCheck{chart} }

// check compares values with the chart's defaults, level by level. An empty map or list in the defaults is open, and a
// default of null accepts any value.
func (v valueCheck) check(values, defaults map[string]any, path string) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		standard, known := defaults[key]
		known = known || slices.Contains(v.chart.Undeclared, path+key)
		if err := ValueKnown.When(!known && !v.acceptsOtherKeys(path), path+key, closest(key, defaults)); err != nil {
			return err
		}
		value := values[key]
		if err := ValueTyped.When(!sameType(value, standard), path+key, kube.CompactJSON(value), kube.CompactJSON(standard)); err != nil {
			return err
		}
		inner, nested := value.(map[string]any)
		existing, _ := standard.(map[string]any)
		if nested && len(existing) > 0 {
			if err := v.check(inner, existing, path+key+"."); err != nil {
				return err
			}
		}
	}
	return nil
}

// closest returns the key with the longest common prefix with a misspelled one.
func closest(key string, known map[string]any) string {
	shared := func(a string) int {
		n := 0
		for n < len(a) && n < len(key) && strings.EqualFold(a[n:n+1], key[n:n+1]) {
			n++
		}
		return n
	}
	best := ""
	for _, candidate := range slices.Sorted(maps.Keys(known)) {
		if best == "" || shared(candidate) > shared(best) {
			best = candidate
		}
	}
	return best
}

// acceptsOtherKeys reports whether a map of the chart accepts other keys than those of its defaults: these are passed
// on to Kubernetes types, which check them.
func (v valueCheck) acceptsOtherKeys(path string) bool {
	return slices.ContainsFunc(v.chart.Open, func(p string) bool { return strings.HasPrefix(path, p+".") })
}

// sameType reports whether a value has the type of a default.
func sameType(value, standard any) bool {
	if value == nil || standard == nil {
		return true
	}
	kind := func(v any) string {
		switch v.(type) {
		case bool:
			return "bool"
		case string:
			return "string"
		case map[string]any:
			return "map"
		case []any:
			return "list"
		case float64, int, int64:
			return "number"
		}
		return fmt.Sprintf("%T", v)
	}
	return kind(value) == kind(standard)
}
