package world

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/client-go/util/jsonpath"
)

const (
	waitForAnnotation = "pulumi.com/waitFor"
	waitForSource     = "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/metadata/overrides.go; https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/"
)

var (
	waitForReads = rule("what an object is to wait for is a condition or a path of JSON",
		`parsing "pulumi.com/waitFor" of %s: %q: %s`, waitForSource)
	waitForComes = rule("what an object is to wait for comes about",
		`'%s' timed out waiting to be Ready: %q was not met`, "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/condition")
)

// awaitAnnotated ends as the provider's wait does that an annotation asks for in place of the type's own.
func (w *World) awaitAnnotated(o *Object) error {
	for _, expression := range waitsFor(o) {
		met, err := meetsExpression(o, expression)
		if refused := waitForReads.when(err != nil, o.name(), expression, fmt.Sprint(err)); refused != nil {
			return refused
		}
		if err := waitForComes.when(!met, o.name(), expression); err != nil {
			return incomplete(err, w.lacking(o))
		}
	}
	return nil
}

// waitsFor are the expressions of an object's annotation: one, or a list of them in JSON; none for an object without it.
func waitsFor(o *Object) []string {
	asked, given := o.meta().GetAnnotations()[waitForAnnotation]
	if !given {
		return nil
	}
	var many []string
	if json.Unmarshal([]byte(asked), &many) == nil {
		return many
	}
	return []string{asked}
}

// lacking is what keeps an object's actor from doing its part.
func (w *World) lacking(o *Object) error {
	switch o.Type {
	case serviceType:
		return w.unaddressed(o)
	case ingressType:
		return w.unserved(o)
	}
	return nil
}

// meetsExpression tells whether an object is as an expression says: condition=Type, condition=Type=Status, jsonpath={…} for something
// that is there, jsonpath={…}=value.
func meetsExpression(o *Object, expression string) (bool, error) {
	if asked, is := strings.CutPrefix(expression, "condition="); is {
		kind, status, given := strings.Cut(asked, "=")
		if !given {
			status = "True"
		}
		for _, c := range listOf(o.at("status.conditions")) {
			if c["type"] == kind && strings.EqualFold(orText(c["status"], ""), status) {
				return true, nil
			}
		}
		return false, nil
	}
	asked, is := strings.CutPrefix(expression, "jsonpath=")
	end := strings.LastIndex(asked, "}")
	if !is || !strings.HasPrefix(asked, "{") || end < 0 {
		return false, explain("it is neither condition=… nor jsonpath={…}")
	}
	path := jsonpath.New("waitFor").AllowMissingKeys(true)
	if err := path.Parse(asked[:end+1]); err != nil {
		return false, err
	}
	// What is not there yet is no mistake of the expression: an index beyond a list's end among it.
	results, err := path.FindResults(map[string]any(o.Outputs))
	if err != nil || len(results) == 0 || len(results[0]) == 0 {
		return false, nil
	}
	value, valued := strings.CutPrefix(asked[end+1:], "=")
	found := fmt.Sprint(results[0][0].Interface())
	return found != "" && (!valued || found == value), nil
}
