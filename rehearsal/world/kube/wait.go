package kube

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"k8s.io/client-go/util/jsonpath"

	"eksnet/rehearsal/world/store"
)

const (
	WaitForAnnotation = "pulumi.com/waitFor"
	waitForSource     = "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/metadata/overrides.go; https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/"
)

var (
	WaitForReads = store.NewRule("a waitFor annotation is a condition or a JSONPath",
		`parsing "pulumi.com/waitFor" of %s: %q: %s`, waitForSource)
	WaitForComes = store.NewRule("the condition of a waitFor annotation is met",
		`'%s' timed out waiting to be Ready: %q was not met`, "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/condition")
)

// providerTimeout is the provider's default timeout of a call
// (https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/await.go).
const providerTimeout = 10 * time.Minute

// Timeouts are how long the provider waits for what a rule refuses.
func Timeouts() map[store.Rule]time.Duration {
	timeouts := map[store.Rule]time.Duration{}
	for _, r := range []store.Rule{PodsEnd, RolloutEnds, DeletionEnds, DeploymentAvailable, ServiceTargets, ServiceAddressed, IngressTargeted, IngressAddressed} {
		timeouts[r] = providerTimeout
	}
	return timeouts
}

// skipsAwait reports whether the program disabled the wait (pulumi-kubernetes, pkg/metadata/annotations.go).
func skipsAwait(o *store.Object) bool {
	return Meta(o).GetAnnotations()["pulumi.com/skipAwait"] == "true"
}

// awaitAnnotated returns what the provider's wait for an annotation does, which replaces that of the type.
func awaitAnnotated(w *store.Account, o *store.Object) error {
	for _, expression := range waitsFor(o) {
		met, err := meetsExpression(o, expression)
		if refused := WaitForReads.When(err != nil, Name(o), expression, fmt.Sprint(err)); refused != nil {
			return refused
		}
		if err := WaitForComes.When(!met, Name(o), expression); err != nil {
			return store.NotReady(err, whyNotAddressed(w, o))
		}
	}
	return nil
}

// waitsFor returns the expressions of an object's annotation: one, or a JSON list of them; none for an object without
// it.
func waitsFor(o *store.Object) []string {
	asked, given := Meta(o).GetAnnotations()[WaitForAnnotation]
	if !given {
		return nil
	}
	var many []string
	if json.Unmarshal([]byte(asked), &many) == nil {
		return many
	}
	return []string{asked}
}

// whyNotAddressed returns what prevents an object's actor from acting.
func whyNotAddressed(w *store.Account, o *store.Object) error {
	if o.Type == store.ServiceType || o.Type == store.IngressType {
		return controllers.LacksAddress(w, o)
	}
	return nil
}

// meetsExpression reports whether an object meets an expression: condition=Type, condition=Type=Status, jsonpath={…}
// for an existing value, jsonpath={…}=value.
func meetsExpression(o *store.Object, expression string) (bool, error) {
	if asked, is := strings.CutPrefix(expression, "condition="); is {
		kind, status, given := strings.Cut(asked, "=")
		if !given {
			status = "True"
		}
		for _, c := range store.ListOf(fieldOf(o, "status", "conditions")) {
			if c["type"] == kind && strings.EqualFold(store.OrText(c["status"], ""), status) {
				return true, nil
			}
		}
		return false, nil
	}
	asked, is := strings.CutPrefix(expression, "jsonpath=")
	end := strings.LastIndex(asked, "}")
	if !is || !strings.HasPrefix(asked, "{") || end < 0 {
		return false, store.Explain("it is neither condition=… nor jsonpath={…}")
	}
	path := jsonpath.New("waitFor").AllowMissingKeys(true)
	if err := path.Parse(asked[:end+1]); err != nil {
		return false, err
	}
	// A missing value is not an error in the expression, and neither is an index beyond the end of a list.
	results, err := path.FindResults(map[string]any(o.Outputs))
	if err != nil || len(results) == 0 || len(results[0]) == 0 {
		return false, nil
	}
	value, valued := strings.CutPrefix(asked[end+1:], "=")
	found := fmt.Sprint(results[0][0].Interface())
	return found != "" && (!valued || found == value), nil
}
