package lbc

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// The finalizers of the load balancer controller (pkg/shared_constants/finalizers.go).
const (
	ServiceFinalizer = "service.k8s.aws/resources"
	BindingFinalizer = "elbv2.k8s.aws/resources"
)

// Reconcile reconciles a Service as the controller does. It reports whether it changed anything, and returns the error
// that prevents it from finishing, which the controller writes as an event.
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
	balancer := c.balancerOf(stackOfService(s))
	if balancer == nil {
		return false
	}
	published := corev1.LoadBalancerIngress{Hostname: elb.LoadBalancerOf(balancer).DNSName}
	for _, port := range s.Spec.Ports {
		published.Ports = append(published.Ports, corev1.PortStatus{Port: port.Port, Protocol: port.Protocol})
	}
	return setStatus(o, corev1.ServiceStatus{LoadBalancer: corev1.LoadBalancerStatus{Ingress: []corev1.LoadBalancerIngress{published}}})
}

// setStatus writes the status of an object. It reports whether it changed.
func setStatus(o *store.Object, status any) bool {
	properties, _ := store.AsProperties(status)
	return o.Change("status", properties)
}

// cleanUp deletes the resources of a Service that is deleted or that the controller no longer reconciles.
func (c *Controller) cleanUp(o *store.Object, s *corev1.Service) (bool, error) {
	if changed, err := c.deleteStack(stackOfService(s)); err != nil {
		return changed, err
	}
	setStatus(o, corev1.ServiceStatus{})
	kube.ReleaseFinalizer(c.Account, o, ServiceFinalizer)
	_, err := c.deleteSharedGroup()
	return true, err
}

// LacksServiceCleanup returns what prevents the controller from removing its finalizer from a Service.
func LacksServiceCleanup(w *store.Account, o *store.Object) error {
	_, err := ControllerOf(w, o.Cluster).Reconcile(o)
	return err
}

var ClassServed = store.NewRule("somebody serves a Service's load balancer class",
	`no controller of this cluster serves load balancer class %q`, "https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class")
