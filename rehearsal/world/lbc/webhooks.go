package lbc

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/rehearsal/world/store"
)

// CallWebhook calls the webhook of the controller with a path. The ones without a case accept every object.
func CallWebhook(w *store.Account, path string, o *store.Object) error {
	switch path {
	case "/mutate-v1-service":
		setClass(w, o)
	case "/mutate-v1-pod":
		injectGates(w, o)
	case "/validate-networking-v1-ingress":
		return validateIngress(w, o)
	}
	return nil
}

// setClass sets the controller's class on a Service of type LoadBalancer, unless it has one: from then on the
// controller reconciles the Service, even if it was intended for another one (aws-load-balancer-controller,
// webhooks/core/service_mutator.go).
func setClass(w *store.Account, o *store.Object) {
	kind, _, _ := unstructured.NestedString(o.Outputs, "spec", "type")
	class, _, _ := unstructured.NestedString(o.Outputs, "spec", "loadBalancerClass")
	if kind == string(corev1.ServiceTypeLoadBalancer) && class == "" {
		o.SetAt(ControllerOf(w, o.Cluster).class(), "spec", "loadBalancerClass")
	}
}

// controllerArguments are the command line flags of the load balancer controller.
type controllerArguments map[string]string

// argumentsOf reads the arguments of a Deployment's first container.
func argumentsOf(d *appsv1.Deployment) controllerArguments {
	arguments := controllerArguments{}
	if len(d.Spec.Template.Spec.Containers) == 0 {
		return arguments
	}
	for _, argument := range d.Spec.Template.Spec.Containers[0].Args {
		flag, value, _ := strings.Cut(strings.TrimPrefix(argument, "--"), "=")
		arguments[flag] = value
	}
	return arguments
}

// isOn returns a boolean flag or its default.
func (a controllerArguments) isOn(flag string, otherwise bool) bool {
	if value, err := strconv.ParseBool(a[flag]); err == nil {
		return value
	}
	return otherwise
}

// valueOr returns a flag's value or its default.
func (a controllerArguments) valueOr(flag, otherwise string) string {
	if value := a[flag]; value != "" {
		return value
	}
	return otherwise
}
