package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"eksnet/lab/gateway"
	"eksnet/lab/rehearsed"
)

// checkDeployed checks that the controller has deployed each Gateway.
func checkDeployed(ctx context.Context, t *suiteRun) error {
	return waitFor(ctx, func() error {
		var problems []error
		for _, o := range t.balanced() {
			if gateway.IsGateway(o) {
				problems = append(problems, t.checkGatewayDeployed(ctx, o))
			}
		}
		return errors.Join(problems...)
	})
}

func (t *suiteRun) checkGatewayDeployed(ctx context.Context, o *unstructured.Unstructured) error {
	found, err := t.get(ctx, o)
	if err == nil && found == nil {
		err = errors.New("it does not exist")
	}
	if err == nil {
		err = gateway.Undeployed(found.Object)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", objectTitle(o), err)
	}
	return nil
}

// checkFailedDeployment gives a Gateway a certificate that does not exist. Its listener cannot be deployed then, which
// only the Gateway says: its route remains accepted, and Programmed true. A new revision makes Programmed outdated, so
// Pulumi waits for the deployment.
func checkFailedDeployment(ctx context.Context, t *suiteRun) error {
	of, configuration, certificate := t.certified()
	if of == nil {
		return errors.New("the stack has no Gateway with a certificate")
	}
	if err := t.setCertificate(ctx, configuration, certificate[:strings.LastIndex(certificate, "/")]+"/00000000-0000-0000-0000-000000000000"); err != nil {
		return err
	}
	err := errors.Join(t.waitForEvent(ctx, of, "Failed deploy model due to"), t.checkOnlyNotAccepted(ctx, of), t.checkRevisionWaits(ctx, of))
	if undo := t.setCertificate(ctx, configuration, certificate); undo != nil {
		return errors.Join(err, undo)
	}
	return errors.Join(err, checkDeployed(ctx, t), t.waitForMatch(ctx, Rehearsed(t.stack)))
}

// certified returns a Gateway whose listener has a certificate, with its configuration.
func (t *suiteRun) certified() (of, configuration *unstructured.Unstructured, certificate string) {
	for _, o := range t.stack.Objects {
		if o.GetKind() != "LoadBalancerConfiguration" {
			continue
		}
		listeners, _, _ := unstructured.NestedSlice(o.Object, "spec", "listenerConfigurations")
		for _, l := range listeners {
			if arn, is := field(l, "defaultCertificate").(string); is {
				i := slices.IndexFunc(t.stack.Objects, func(g *unstructured.Unstructured) bool {
					return gateway.IsGateway(g) && g.GetNamespace() == o.GetNamespace() && g.GetName() == o.GetName()
				})
				return t.stack.Objects[i], o, arn
			}
		}
	}
	return nil, nil, ""
}

// setCertificate sets the certificate of the first listener of a configuration.
func (t *suiteRun) setCertificate(ctx context.Context, configuration *unstructured.Unstructured, arn string) error {
	resource, err := t.resource(configuration)
	if err != nil {
		return err
	}
	patch, err := json.Marshal([]any{map[string]any{"op": "replace", "path": "/spec/listenerConfigurations/0/defaultCertificate", "value": arn}})
	if err == nil {
		_, err = resource.Patch(ctx, configuration.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{})
	}
	return err
}

// checkOnlyNotAccepted checks the conditions of a Gateway whose deployment failed: Accepted is not true, and Programmed
// and those of its routes are.
func (t *suiteRun) checkOnlyNotAccepted(ctx context.Context, of *unstructured.Unstructured) error {
	return waitFor(ctx, func() error {
		found, err := t.get(ctx, of)
		if err != nil {
			return err
		}
		conditions := gatewayConditions(found.Object)
		if conditions["Accepted"] != "False Invalid" || conditions["Programmed"] != "True Programmed" {
			return fmt.Errorf("%s has the conditions %v", objectTitle(of), conditions)
		}
		for _, o := range t.stack.Objects {
			if !isRouteOf(o, of) {
				continue
			}
			route, err := t.get(ctx, o)
			if err != nil {
				return err
			}
			for condition, value := range gatewayConditions(route.Object) {
				if !strings.HasPrefix(value, "True ") {
					return fmt.Errorf("%s: %s is %s", objectTitle(o), condition, value)
				}
			}
		}
		return nil
	})
}

// isRouteOf reports whether an object is a route of a Gateway.
func isRouteOf(o, of *unstructured.Unstructured) bool {
	parents, _, _ := unstructured.NestedSlice(o.Object, "spec", "parentRefs")
	return slices.ContainsFunc(parents, func(p any) bool {
		return field(p, "name") == of.GetName() && field(p, "namespace") == of.GetNamespace()
	})
}

// checkRevisionWaits gives a Gateway whose deployment fails another revision: its condition Programmed remains that of
// the generation before.
func (t *suiteRun) checkRevisionWaits(ctx context.Context, of *unstructured.Unstructured) error {
	resource, err := t.resource(of)
	if err != nil {
		return err
	}
	for _, o := range t.stack.Objects {
		fields, isPatch := rehearsed.PatchedObject(o)
		if !isPatch || objectTitle(fields) != objectTitle(of) {
			continue
		}
		if err := unstructured.SetNestedStringMap(fields.Object, map[string]string{"eksnet/revision": "failing"}, "spec", "infrastructure", "annotations"); err != nil {
			return err
		}
		applied, err := resource.Apply(ctx, of.GetName(), fields, metav1.ApplyOptions{FieldManager: "check", Force: true})
		if err != nil {
			return err
		}
		if err := t.waitForReport(ctx, of, applied); err != nil {
			return err
		}
		found, err := t.get(ctx, of)
		if err != nil {
			return err
		}
		if observed := conditionGeneration(found, "Programmed"); observed >= found.GetGeneration() {
			return fmt.Errorf("%s is programmed with generation %d, although its deployment fails", objectTitle(of), observed)
		}
		return nil
	}
	return fmt.Errorf("%s has no patch with its revision", objectTitle(of))
}

// waitForReport waits until the controller has reported on the generation of an applied Gateway.
func (t *suiteRun) waitForReport(ctx context.Context, of, applied *unstructured.Unstructured) error {
	return waitFor(ctx, func() error {
		found, err := t.get(ctx, of)
		if err != nil {
			return err
		}
		if observed := conditionGeneration(found, "Accepted"); observed < applied.GetGeneration() {
			return fmt.Errorf("the controller has reported on generation %d of %s, not on %d", observed, objectTitle(of), applied.GetGeneration())
		}
		return nil
	})
}

// conditionGeneration returns the generation that a condition of an object is of.
func conditionGeneration(o *unstructured.Unstructured, kind string) int64 {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		if field(c, "type") == kind {
			generation, _ := field(c, "observedGeneration").(int64)
			return generation
		}
	}
	return 0
}
