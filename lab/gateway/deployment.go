package gateway

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Undeployed returns why the controller has not deployed the current generation of a Gateway, nil if it has.
//
// After a failed deployment the controller sets Accepted to False with the reason Invalid, and leaves Programmed True
// with the generation of the last deployment that succeeded. The conditions of routes do not change: they say that the
// routes were read. Only an event of the Gateway has the cause
// (sigs.k8s.io/aws-load-balancer-controller, controllers/gateway/gateway_controller.go).
func Undeployed(gateway map[string]any) error {
	generation, _, _ := unstructured.NestedInt64(gateway, "metadata", "generation")
	for _, kind := range []string{"Accepted", "Programmed"} {
		c := condition(gateway, kind)
		observed, _, _ := unstructured.NestedInt64(c, "observedGeneration")
		switch {
		case c == nil:
			return fmt.Errorf("it has no condition %s", kind)
		case c["status"] != "True":
			return fmt.Errorf("condition %s is %v, reason %v: %v", kind, c["status"], c["reason"], c["message"])
		case observed < generation:
			return fmt.Errorf("condition %s is of generation %d, and the Gateway of generation %d", kind, observed, generation)
		}
	}
	return nil
}

// condition returns a condition of an object, nil for none.
func condition(object map[string]any, kind string) map[string]any {
	all, _, _ := unstructured.NestedSlice(object, "status", "conditions")
	for _, c := range all {
		if fields, is := c.(map[string]any); is && fields["type"] == kind {
			return fields
		}
	}
	return nil
}
