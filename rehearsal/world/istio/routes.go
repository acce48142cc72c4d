package istio

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// injectedLabel is the label of namespaces in which istiod injects proxies.
const injectedLabel = "istio-injection"

// Problems returns what in the meshes of an account does not work, though nothing refuses it: pods without the proxy
// that their namespace requests, gateways without pods, and routes to Services without pods.
func Problems(w *store.Account) (lines []string) {
	for _, o := range w.All(store.PodType) {
		spec := kube.Live[corev1.Pod](o).Spec
		requested := kube.NamespaceLabels(w, o.Cluster, kube.Namespace(o))[injectedLabel] == "enabled"
		if requested && !hasProxy(&spec) {
			lines = append(lines, fmt.Sprintf("pod %s: no proxy: it was created before istiod", o.ID))
		}
	}
	for _, o := range w.All(store.IstioGatewayType) {
		if !hasPods(w, o) {
			lines = append(lines, fmt.Sprintf("Gateway %s: no ready pod has the labels of its selector", o.ID))
		}
	}
	for _, o := range w.All(store.VirtualServiceType) {
		for _, why := range routeProblems(w, o) {
			lines = append(lines, fmt.Sprintf("VirtualService %s: %s", o.ID, why))
		}
	}
	return append(lines, gatewayProblems(w)...)
}

// gatewayProblems returns what the Gateways of istiod's class and their routes lack.
func gatewayProblems(w *store.Account) (lines []string) {
	for _, typ := range []string{store.GatewayType, store.HTTPRouteType} {
		for _, o := range w.All(typ) {
			if !HandlesGateway(w, o) {
				continue
			}
			if err := LacksGateway(w, o); err != nil {
				lines = append(lines, fmt.Sprintf("%s %s: %s", store.LastOf(typ, ":"), o.ID, err))
			}
			for _, host := range backendsOf(o) {
				if service := serviceOf(w, o.Cluster, host); service != nil && len(kube.Endpoints(w, service)) == 0 {
					lines = append(lines, fmt.Sprintf("HTTPRoute %s: no ready pod of a Service %s", o.ID, host))
				}
			}
		}
	}
	return lines
}

// hasPods reports whether a ready pod with a proxy has the labels that a Gateway selects.
func hasPods(w *store.Account, gateway *store.Object) bool {
	selector := map[string]string{}
	for key, value := range store.MapOf(gateway.At("spec.selector")) {
		selector[key] = store.OrText(value, "")
	}
	for _, pod := range kube.ObjectsIn(w, gateway.Cluster, store.PodType) {
		spec := kube.Live[corev1.Pod](pod).Spec
		if kube.HasLabels(pod, selector) && kube.PodReady(pod) && hasProxy(&spec) {
			return true
		}
	}
	return false
}

// routeProblems returns why routes of a VirtualService get no requests, or lead to nothing.
func routeProblems(w *store.Account, o *store.Object) (lines []string) {
	names, _ := o.At("spec.gateways").([]any)
	for _, name := range names {
		id := store.OrText(name, "")
		if !strings.Contains(id, "/") {
			id = kube.ObjectID(kube.Namespace(o), id)
		}
		if w.Find(o.Cluster, store.IstioGatewayType, id) == nil {
			lines = append(lines, "there is no Gateway "+id)
		}
	}
	for _, rule := range store.ListOf(o.At("spec.http")) {
		for _, route := range store.ListOf(rule["route"]) {
			host := store.OrText(store.Nested(route, "destination", "host"), "")
			if service := serviceOf(w, o.Cluster, host); service == nil || len(kube.Endpoints(w, service)) == 0 {
				lines = append(lines, "no ready pod of a Service "+host)
			}
		}
	}
	return lines
}
