package lbc

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"eksnet/rehearsal/world/store"
)

// CallControllersWebhook does what the controller's webhooks do, by the path in their configuration. Those without a
// case accept every object.
func CallControllersWebhook(w *store.Account, path string, o *store.Object) error {
	switch path {
	case "/mutate-v1-service":
		stampClass(w, o)
	case "/mutate-v1-pod":
		injectGates(w, o)
	case "/validate-networking-v1-ingress":
		return admitIngress(w, o)
	}
	return nil
}

// stampClass sets the controller's class on a Service of type LoadBalancer, unless it has one: from then on the
// controller reconciles the Service, even if it was intended for another one (aws-load-balancer-controller,
// webhooks/core/service_mutator.go).
func stampClass(w *store.Account, o *store.Object) {
	spec := store.MapOf(o.Outputs["spec"])
	if class, _ := spec["loadBalancerClass"].(string); spec["type"] == "LoadBalancer" && class == "" {
		spec["loadBalancerClass"] = ControllerOf(w, o.Cluster).class()
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

// on returns a boolean flag or its default.
func (a controllerArguments) on(flag string, otherwise bool) bool {
	if value, err := strconv.ParseBool(a[flag]); err == nil {
		return value
	}
	return otherwise
}

// or returns a flag's value or its default.
func (a controllerArguments) or(flag, otherwise string) string {
	if value := a[flag]; value != "" {
		return value
	}
	return otherwise
}
