package custom

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/theory/jsonpath"

	"eksnet/rehearsal/world/store"
)

// The provider's annotation for waits: condition=TYPE, condition=TYPE=STATUS, jsonpath={PATH} for a value that exists,
// or jsonpath={PATH}=VALUE. The path is one of RFC 9535, and its $ may be omitted (pulumi-kubernetes,
// provider/pkg/jsonpath and provider/pkg/await/condition).

// WaitExpressions returns the expressions of an annotation: one, or a JSON list of them.
func WaitExpressions(annotation string) ([]string, error) {
	var many []string
	if json.Unmarshal([]byte(annotation), &many) != nil {
		return []string{annotation}, nil
	}
	if len(many) == 0 {
		return nil, store.Explain("at least one condition must be specified")
	}
	return many, nil
}

// Meets reports whether an object meets an expression.
func Meets(object map[string]any, expression string) (bool, error) {
	if condition, is := strings.CutPrefix(expression, "condition="); is {
		return hasCondition(object, condition), nil
	}
	if path, is := strings.CutPrefix(expression, "jsonpath="); is {
		return hasValue(object, path)
	}
	return false, store.Explain(`expected a "jsonpath=" or "condition=" prefix, got %q`, expression)
}

// hasCondition reports whether the status of a condition is the wanted one, and that of the object's generation.
func hasCondition(object map[string]any, condition string) bool {
	kind, status, given := strings.Cut(condition, "=")
	if !given {
		status = "True"
	}
	for _, c := range store.ListOf(store.Nested(object, "status", "conditions")) {
		if c["type"] == kind {
			return isCurrent(object, c) && strings.EqualFold(store.OrText(c["status"], ""), status)
		}
	}
	return false
}

// isCurrent reports whether a condition is not of an earlier generation of an object. One that names no generation is
// current.
func isCurrent(object, condition map[string]any) bool {
	generation, _ := store.Nested(object, "metadata", "generation").(float64)
	observed, named := condition["observedGeneration"].(float64)
	return !named || observed >= generation
}

var inBrackets = regexp.MustCompile(`\{\s*(.*?)\s*\}`)

// hasValue reports whether a path selects a value, or the wanted value.
func hasValue(object map[string]any, path string) (bool, error) {
	const equal = "\x00" // in the place of ==, which is part of the path
	parts := strings.Split(strings.ReplaceAll(path, "==", equal), "=")
	if len(parts) > 2 {
		return false, store.Explain("format should be {.path}=value or {.path}, got %q", path)
	}
	query := strings.ReplaceAll(parts[0], equal, "==")
	wanted := ""
	if len(parts) == 2 {
		if wanted = strings.ReplaceAll(parts[1], equal, "=="); wanted == "" {
			return false, store.Explain("%s= requires a value", query)
		}
	}
	found := inBrackets.FindStringSubmatch(query)
	if found == nil {
		return false, store.Explain("%s should be wrapped in brackets { ... }", query)
	}
	parsed, err := jsonpath.Parse("$" + strings.TrimPrefix(found[1], "$"))
	if err != nil {
		return false, fmt.Errorf("parsing %q: %w", query, err)
	}
	selected := parsed.Select(object)
	if len(selected) == 0 {
		return false, nil
	}
	switch value := selected[0].(type) {
	case map[string]any, []any:
		if wanted != "" {
			return false, store.Explain("%q has a non-primitive value (%v)", query, value)
		}
		return true, nil
	default:
		return wanted == "" || fmt.Sprint(value) == wanted, nil
	}
}
