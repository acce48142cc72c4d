package world

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

// The finalizers of the load balancer controller (pkg/shared_constants/finalizers.go).
const (
	serviceFinalizer = "service.k8s.aws/resources"
	bindingFinalizer = "elbv2.k8s.aws/resources"
)

// serviceAnnotations reads the annotations of Services as the controller does, with its errors.
var serviceAnnotations annotations.Parser = annotations.NewSuffixAnnotationParser("service.beta.kubernetes.io")

// reconcile does what the controller does when a Service has changed. It reports whether it changed anything, and what
// keeps it from finishing: the event that it would write.
func (c *controller) reconcile(o *Object) (bool, error) {
	s := live[corev1.Service](o)
	if watched := c.arguments["watch-namespace"]; watched != "" && watched != o.namespace() {
		return false, nil
	}
	held := slices.Contains(o.finalizers(), serviceFinalizer)
	supported := c.settings().Supports(&s)
	if !supported && !held {
		return false, nil
	}
	if err := c.lacks(); err != nil {
		return false, err
	}
	model, changed, err := c.modelOfService(serviceWithUID(o))
	switch {
	case err != nil:
		return changed, err
	case !supported:
		return c.cleanUp(o, &s)
	case model == nil:
		return changed, nil
	}
	changed = o.addFinalizer(serviceFinalizer) || changed
	deployed, err := c.deploy(model)
	if err != nil {
		return changed || deployed, fmt.Errorf("FailedDeployModel: Failed deploy model due to %w", err)
	}
	return c.publish(o, &s) || changed || deployed, nil
}

// publish writes the load balancer's name into the Service's status.
func (c *controller) publish(o *Object, s *corev1.Service) bool {
	balancer := c.balancerOf(serviceStack(s))
	if balancer == nil {
		return false
	}
	var ports []any
	for _, port := range listOf(o.at("spec.ports")) {
		ports = append(ports, map[string]any{"port": port["port"], "protocol": port["protocol"]})
	}
	status := map[string]any{"loadBalancer": map[string]any{
		"ingress": []any{map[string]any{"hostname": balancer.text("dnsName"), "ports": ports}},
	}}
	if same(o.Outputs["status"], status) {
		return false
	}
	o.set("status", status)
	return true
}

// cleanUp deletes the resources of a Service that is deleted or no longer the controller's.
func (c *controller) cleanUp(o *Object, s *corev1.Service) (bool, error) {
	if changed, err := c.takeDown(serviceStack(s)); err != nil {
		return changed, err
	}
	o.set("status", map[string]any{"loadBalancer": map[string]any{}})
	c.release(o, serviceFinalizer)
	_, err := c.dropSharedGroup()
	return true, err
}

// cleanedUp returns what prevents the controller from removing its finalizer from a Service.
func (w *World) cleanedUp(o *Object) error {
	_, err := w.controllerOf(o.Cluster).reconcile(o)
	return err
}

var classServed = rule("somebody serves a Service's load balancer class",
	`no controller of this cluster serves load balancer class %q`, "https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class")

// unaddressed returns why a Service has no load balancer: whose it is, and what keeps that actor from making one.
func (w *World) unaddressed(o *Object) error {
	s := live[corev1.Service](o)
	c := w.controllerOf(o.Cluster)
	if c.settings().Supports(&s) {
		_, err := c.reconcile(o)
		return err
	}
	if w.cloudOwns(&s) {
		_, err := w.balance(o)
		return err
	}
	return classServed.when(true, classOf(&s.Spec))
}
