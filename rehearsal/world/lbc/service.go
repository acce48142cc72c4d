package lbc

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// The finalizers of the load balancer controller (pkg/shared_constants/finalizers.go).
const (
	ServiceFinalizer = "service.k8s.aws/resources"
	BindingFinalizer = "elbv2.k8s.aws/resources"
)

// Reconcile does what the controller does when a Service has changed. It reports whether it changed anything, and what
// keeps it from finishing: the event that it would write.
func (c *Controller) Reconcile(o *store.Object) (bool, error) {
	s := kube.Live[corev1.Service](o)
	if watched := c.arguments["watch-namespace"]; watched != "" && watched != kube.Namespace(o) {
		return false, nil
	}
	held := slices.Contains(kube.Finalizers(o), ServiceFinalizer)
	supported := c.Settings().Supports(&s)
	if !supported && !held {
		return false, nil
	}
	if err := c.Lacks(); err != nil {
		return false, err
	}
	model, changed, err := c.ModelOfService(serviceWithUID(o))
	switch {
	case err != nil:
		return changed, err
	case !supported:
		return c.cleanUp(o, &s)
	case model == nil:
		return changed, nil
	}
	changed = kube.AddFinalizer(o, ServiceFinalizer) || changed
	deployed, err := c.deploy(model)
	if err != nil {
		return changed || deployed, fmt.Errorf("FailedDeployModel: Failed deploy model due to %w", err)
	}
	return c.publish(o, &s) || changed || deployed, nil
}

// publish writes the load balancer's name into the Service's status.
func (c *Controller) publish(o *store.Object, s *corev1.Service) bool {
	balancer := c.balancerOf(serviceStack(s))
	if balancer == nil {
		return false
	}
	var ports []any
	for _, port := range store.ListOf(o.At("spec.ports")) {
		ports = append(ports, map[string]any{"port": port["port"], "protocol": port["protocol"]})
	}
	status := map[string]any{"loadBalancer": map[string]any{
		"ingress": []any{map[string]any{"hostname": balancer.Text("dnsName"), "ports": ports}},
	}}
	if store.Same(o.Outputs["status"], status) {
		return false
	}
	o.Set("status", status)
	return true
}

// cleanUp deletes the resources of a Service that is deleted or no longer the controller's.
func (c *Controller) cleanUp(o *store.Object, s *corev1.Service) (bool, error) {
	if changed, err := c.takeDown(serviceStack(s)); err != nil {
		return changed, err
	}
	o.Set("status", map[string]any{"loadBalancer": map[string]any{}})
	kube.Release(c.Account, o, ServiceFinalizer)
	_, err := c.dropSharedGroup()
	return true, err
}

// CleanedUp returns what prevents the controller from removing its finalizer from a Service.
func CleanedUp(w *store.Account, o *store.Object) error {
	_, err := ControllerOf(w, o.Cluster).Reconcile(o)
	return err
}

var ClassServed = store.NewRule("somebody serves a Service's load balancer class",
	`no controller of this cluster serves load balancer class %q`, "https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class")
