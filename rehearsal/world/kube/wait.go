package kube

import (
	"fmt"
	"slices"
	"time"

	"eksnet/rehearsal/world/kube/custom"
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
	for _, r := range []store.Rule{PodsEnd, RolloutEnds, DeletionEnds, DeploymentAvailable, ServiceTargets, ServiceAddressed, IngressTargeted, IngressAddressed, WaitForComes} {
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
	annotation := waitAnnotation(o)
	expressions, err := custom.WaitExpressions(annotation)
	if refused := WaitForReads.When(err != nil, Name(o), annotation, fmt.Sprint(err)); refused != nil {
		return refused
	}
	for _, expression := range expressions {
		met, err := custom.Meets(o.Outputs, expression)
		if refused := WaitForReads.When(err != nil, Name(o), expression, fmt.Sprint(err)); refused != nil {
			return refused
		}
		if err := WaitForComes.When(!met, Name(o), expression); err != nil {
			return store.NotReady(err, whyNotReady(w, o))
		}
		if o.Type == store.GatewayType && expression == "condition=Programmed" {
			w.Awaited() // a Gateway is programmed once its load balancer is active
		}
	}
	return nil
}

// waitAnnotation returns an object's annotation for the provider's wait, "" for none. An empty one counts as none.
func waitAnnotation(o *store.Object) string { return Meta(o).GetAnnotations()[WaitForAnnotation] }

// whyNotReady returns what prevents an object's actor from acting.
func whyNotReady(w *store.Account, o *store.Object) error {
	if o.Type == store.ServiceType || o.Type == store.IngressType || slices.Contains(store.CustomTypes, o.Type) {
		return controllers.LacksAddress(w, o)
	}
	return nil
}
