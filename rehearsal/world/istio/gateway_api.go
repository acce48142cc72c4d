package istio

import (
	"fmt"
	"slices"
	"strings"

	gwv1 "sigs.k8s.io/gateway-api/apis/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

var (
	GatewayProgrammed = store.NewRule("istiod programs a Gateway of its class once its Service has pods and an address",
		`Failed to assign to any requested addresses: %s`, istioSource+"pilot/pkg/config/kube/gatewaycommon/context.go (ResolveGatewayInstances)")
	RouteAccepted = store.NewRule("a route's Gateway of class istio admits it, and its Services exist",
		`%s: %s`, istioSource+"pilot/pkg/config/kube/gateway/conversion.go (referenceAllowed, buildDestination)")
)

// Class is the GatewayClass of istiod, and gatewayController the controller in it
// (pilot/pkg/config/kube/gatewaycommon/classinfo.go).
const (
	Class             = "istio"
	gatewayController = "istio.io/gateway-controller"
	gatewayAPI        = "gateway.networking.k8s.io/v1"
)

// classes are the GatewayClasses that istiod creates once their definition exists. The second is for gateways of other
// clusters.
var classes = []struct{ name, controller, description string }{
	{Class, gatewayController, "The default Istio GatewayClass"},
	{"istio-remote", "istio.io/unmanaged-gateway", "Remote to this cluster. Does not deploy or affect configuration."},
}

// createClasses creates the GatewayClasses of istiod if their definition exists. It reports whether it created one.
func createClasses(w *store.Account, cluster string) bool {
	if !slices.Contains(kube.KindsServed(w, cluster, gatewayAPI), "GatewayClass") {
		return false
	}
	created := false
	for _, class := range classes {
		if w.Find(cluster, store.GatewayClassType, class.name) != nil {
			continue
		}
		w.Put(&store.Object{Type: store.GatewayClassType, ID: class.name, Cluster: cluster, Owner: Owner, Outputs: store.Properties{
			"apiVersion": gatewayAPI, "kind": "GatewayClass", "metadata": map[string]any{"name": class.name},
			"spec":   map[string]any{"controllerName": class.controller, "description": class.description},
			"status": map[string]any{"conditions": []any{condition("Accepted", nil, 1)}},
		}})
		created = true
	}
	return created
}

// HandlesGateway reports whether a Gateway, or the Gateway of a route, is of istiod's class.
func HandlesGateway(w *store.Account, o *store.Object) bool {
	switch o.Type {
	case store.GatewayType:
		return o.At("spec.gatewayClassName") == Class
	case store.HTTPRouteType:
		gateway := parentOf(w, o)
		return gateway != nil && HandlesGateway(w, gateway)
	}
	return false
}

// parentOf returns the Gateway that a route names first, nil for none.
func parentOf(w *store.Account, route *store.Object) *store.Object {
	for _, parent := range store.ListOf(route.At("spec.parentRefs")) {
		space := store.OrText(parent["namespace"], kube.Namespace(route))
		return w.Find(route.Cluster, store.GatewayType, kube.ObjectID(space, store.OrText(parent["name"], "")))
	}
	return nil
}

// LacksGateway returns why istiod does not program a Gateway of its class, or does not accept a route of one.
func LacksGateway(w *store.Account, o *store.Object) error {
	if len(Items(w)) == 0 {
		return store.Explain("istiod is not installed")
	}
	if o.Type == store.GatewayType {
		return checkProgrammed(w, o)
	}
	return checkRoute(w, o)
}

// reportGateways writes the status of each Gateway of istiod's class and of their routes. It reports whether one
// changed.
func reportGateways(w *store.Account, cluster string) bool {
	changed := false
	for _, o := range kube.ObjectsIn(w, cluster, store.GatewayType) {
		if !HandlesGateway(w, o) || kube.Deleting(o) {
			continue
		}
		generation := kube.Generation(o)
		status := map[string]any{"conditions": []any{condition("Accepted", nil, generation), condition("Programmed", checkProgrammed(w, o), generation)},
			"listeners": listenersOf(w, o)}
		if address := addressOf(w, o); address != "" {
			status["addresses"] = []any{map[string]any{"type": "Hostname", "value": address}}
		}
		changed = o.Change("status", status) || changed
	}
	for _, o := range kube.ObjectsIn(w, cluster, store.HTTPRouteType) {
		if !HandlesGateway(w, o) || kube.Deleting(o) {
			continue
		}
		generation, refused := kube.Generation(o), checkRoute(w, o)
		changed = o.Change("status", map[string]any{"parents": []any{map[string]any{
			"controllerName": gatewayController, "parentRef": store.ListOf(o.At("spec.parentRefs"))[0],
			"conditions": []any{condition("Accepted", refused, generation), condition("ResolvedRefs", refused, generation)},
		}}}) || changed
	}
	return changed
}

// listenersOf returns the status of each listener of a Gateway. Those of a stack have no certificates and no ports of
// others, so istiod accepts them.
func listenersOf(w *store.Account, o *store.Object) []any {
	generation := kube.Generation(o)
	var all []any
	for _, listener := range store.ListOf(o.At("spec.listeners")) {
		all = append(all, map[string]any{
			"name": listener["name"], "attachedRoutes": float64(countRoutes(w, o, listener)),
			"supportedKinds": []any{map[string]any{"group": gwv1.GroupName, "kind": "HTTPRoute"}, map[string]any{"group": gwv1.GroupName, "kind": "GRPCRoute"}},
			"conditions": []any{
				condition(string(gwv1.ListenerConditionAccepted), nil, generation),
				map[string]any{"type": string(gwv1.ListenerConditionConflicted), "status": "False", "reason": string(gwv1.ListenerReasonNoConflicts),
					"message": "", "lastTransitionTime": store.Created, "observedGeneration": generation},
				condition(string(gwv1.ListenerConditionProgrammed), nil, generation),
				condition(string(gwv1.ListenerConditionResolvedRefs), nil, generation),
			},
		})
	}
	return all
}

// countRoutes returns the number of routes of a Gateway that a listener admits.
func countRoutes(w *store.Account, o *store.Object, listener map[string]any) int {
	count := 0
	for _, route := range kube.ObjectsIn(w, o.Cluster, store.HTTPRouteType) {
		if parent := parentOf(w, route); parent != nil && parent.ID == o.ID && admits(w, o, listener, kube.Namespace(route)) && !kube.Deleting(route) {
			count++
		}
	}
	return count
}

// condition returns a condition, False with the reason that it is not met. All times in the simulated account are one.
func condition(kind string, lack error, generation float64) map[string]any {
	value, reason, message := "True", kind, ""
	if lack != nil {
		value, reason, message = "False", string(gwv1.GatewayReasonInvalid), lack.Error()
	}
	return map[string]any{"type": kind, "status": value, "reason": reason, "message": message, "lastTransitionTime": store.Created, "observedGeneration": generation}
}

// checkProgrammed refuses a Gateway whose addresses are no Services of its namespace with pods and an address.
func checkProgrammed(w *store.Account, o *store.Object) error {
	var warnings []string
	for _, address := range store.ListOf(o.At("spec.addresses")) {
		host := store.OrText(address["value"], "")
		service := serviceOf(w, o.Cluster, host)
		switch {
		case service == nil:
			warnings = append(warnings, fmt.Sprintf("hostname %q not found", host))
		case kube.Namespace(service) != kube.Namespace(o):
			warnings = append(warnings, fmt.Sprintf("hostname %q not found in namespace %q, but it was found in namespace(s) %q", host, kube.Namespace(o), kube.Namespace(service)))
		case len(kube.Endpoints(w, service)) == 0:
			warnings = append(warnings, fmt.Sprintf("no instances found for hostname %q", host))
		case externalAddress(service) == "" && service.At("spec.type") == "LoadBalancer":
			warnings = append(warnings, fmt.Sprintf("address pending for hostname %q", host))
		}
	}
	return GatewayProgrammed.When(len(warnings) > 0, strings.Join(warnings, "; "))
}

// serviceOf returns the Service of a host name in the cluster, nil for none.
func serviceOf(w *store.Account, cluster, host string) *store.Object {
	parts := strings.Split(host, ".")
	if len(parts) < 2 {
		return nil
	}
	return w.Find(cluster, store.ServiceType, kube.ObjectID(parts[1], parts[0]))
}

// externalAddress returns the host name of a Service's load balancer, "" for none.
func externalAddress(service *store.Object) string {
	for _, entry := range store.ListOf(service.At("status.loadBalancer.ingress")) {
		return store.OrText(entry["hostname"], "")
	}
	return ""
}

// addressOf returns the address of a Gateway's first Service, "" for none.
func addressOf(w *store.Account, o *store.Object) string {
	for _, address := range store.ListOf(o.At("spec.addresses")) {
		if service := serviceOf(w, o.Cluster, store.OrText(address["value"], "")); service != nil {
			return externalAddress(service)
		}
	}
	return ""
}

// checkRoute refuses a route of a namespace that no listener of its Gateway admits, or whose Service does not exist.
func checkRoute(w *store.Account, o *store.Object) error {
	gateway := parentOf(w, o)
	if gateway == nil {
		return RouteAccepted.When(true, gwv1.RouteReasonNoMatchingParent, "parent not found")
	}
	admitted := slices.ContainsFunc(store.ListOf(gateway.At("spec.listeners")), func(l map[string]any) bool { return admits(w, gateway, l, kube.Namespace(o)) })
	if err := RouteAccepted.When(!admitted, gwv1.RouteReasonNotAllowedByListeners, fmt.Sprintf("hostnames matched parent hostname \"\", but namespace %q is not allowed by the parent", kube.Namespace(o))); err != nil {
		return err
	}
	for _, host := range backendsOf(o) {
		if err := RouteAccepted.When(serviceOf(w, o.Cluster, host) == nil, gwv1.RouteReasonBackendNotFound, fmt.Sprintf("backend(%s) not found", host)); err != nil {
			return err
		}
	}
	return nil
}

// admits reports whether a listener admits routes of a namespace.
func admits(w *store.Account, gateway *store.Object, listener map[string]any, namespace string) bool {
	switch from := store.OrText(store.Nested(listener, "allowedRoutes", "namespaces", "from"), string(gwv1.NamespacesFromSame)); gwv1.FromNamespaces(from) {
	case gwv1.NamespacesFromAll:
		return true
	case gwv1.NamespacesFromSelector:
		labels := kube.NamespaceLabels(w, gateway.Cluster, namespace)
		for key, value := range store.MapOf(store.Nested(listener, "allowedRoutes", "namespaces", "selector", "matchLabels")) {
			if labels[key] != value {
				return false
			}
		}
		return true
	}
	return namespace == kube.Namespace(gateway)
}

// backendsOf returns the host names of the Services of a route.
func backendsOf(route *store.Object) (hosts []string) {
	for _, rule := range store.ListOf(route.At("spec.rules")) {
		for _, backend := range store.ListOf(rule["backendRefs"]) {
			space := store.OrText(backend["namespace"], kube.Namespace(route))
			hosts = append(hosts, fmt.Sprintf("%s.%s.svc.cluster.local", store.OrText(backend["name"], ""), space))
		}
	}
	return hosts
}
