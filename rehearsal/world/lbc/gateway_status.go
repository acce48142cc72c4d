package lbc

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/constants"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/routeutils"
	gwv1 "sigs.k8s.io/gateway-api/apis/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// status is the status of a Gateway or of another object with conditions, while it is written.
type status struct {
	body       map[string]any
	generation float64 // of the object, which its conditions name
}

// gatewayStatus returns a copy of an object's status.
func gatewayStatus(o *store.Object) status {
	body, _ := store.CloneValue(o.Outputs["status"]).(map[string]any)
	if body == nil {
		body = map[string]any{}
	}
	return status{body, kube.Generation(o)}
}

// set sets a condition. One with the same values keeps its time.
func (s status) set(kind gwv1.GatewayConditionType, value, reason, message string) {
	conditions, _ := s.body["conditions"].([]any)
	changed := condition(string(kind), value, reason, message)
	changed["observedGeneration"] = s.generation
	s.body["conditions"] = withCondition(conditions, changed)
}

// condition returns a condition. All times in the simulated account are one.
func condition(kind, value, reason, message string) map[string]any {
	return map[string]any{"type": kind, "status": value, "reason": reason, "message": message, "lastTransitionTime": store.Created}
}

// withCondition returns conditions with one of them replaced or added.
func withCondition(conditions []any, changed map[string]any) []any {
	at := slices.IndexFunc(conditions, func(c any) bool { return store.MapOf(c)["type"] == changed["type"] })
	if at < 0 {
		return append(conditions, changed)
	}
	conditions[at] = changed
	return conditions
}

// listeners sets the status of each listener (controllers/gateway/listener_status_utils.go).
func (s status) listeners(results routeutils.ListenerValidationResults, programmed bool) {
	var all []any
	for _, name := range slices.Sorted(maps.Keys(results.Results)) {
		r := results.Results[name]
		var kinds []any
		// Their order in the library's results is random.
		for _, kind := range slices.SortedFunc(slices.Values(r.SupportedKinds), func(a, b gwv1.RouteGroupKind) int { return strings.Compare(string(a.Kind), string(b.Kind)) }) {
			kinds = append(kinds, map[string]any{"group": string(valueOf(kind.Group)), "kind": string(kind.Kind)})
		}
		all = append(all, map[string]any{"name": string(name), "supportedKinds": kinds, "attachedRoutes": float64(r.AttachedRoutesCount), "conditions": listenerConditions(r, programmed)})
	}
	s.body["listeners"] = all
}

// listenerConditions returns the conditions of a listener: each problem is that of one condition.
func listenerConditions(r routeutils.ListenerValidationResult, programmed bool) []any {
	of := func(kind gwv1.ListenerConditionType, good gwv1.ListenerConditionReason, goodStatus, badStatus, message string, problems ...gwv1.ListenerConditionReason) map[string]any {
		if slices.Contains(problems, r.Reason) {
			return condition(string(kind), badStatus, string(r.Reason), r.Message)
		}
		return condition(string(kind), goodStatus, string(good), message)
	}
	conditions := []any{
		of(gwv1.ListenerConditionConflicted, gwv1.ListenerReasonNoConflicts, "False", "True", constants.ListenerNoConflictMessage,
			gwv1.ListenerReasonHostnameConflict, gwv1.ListenerReasonProtocolConflict),
		of(gwv1.ListenerConditionAccepted, gwv1.ListenerReasonAccepted, "True", "False", constants.ListenerAcceptedMessage, gwv1.ListenerReasonPortUnavailable,
			gwv1.ListenerReasonUnsupportedProtocol, gwv1.ListenerReasonHostnameConflict, gwv1.ListenerReasonProtocolConflict),
		of(gwv1.ListenerConditionResolvedRefs, gwv1.ListenerReasonResolvedRefs, "True", "False", constants.ListenerResolvedRefMessage,
			gwv1.ListenerReasonInvalidRouteKinds, gwv1.ListenerReasonRefNotPermitted),
	}
	switch {
	case r.Reason != gwv1.ListenerReasonAccepted:
		return append(conditions, condition(string(gwv1.ListenerConditionProgrammed), "False", string(r.Reason), constants.ListenerNotAcceptedMessage))
	case programmed:
		return append(conditions, condition(string(gwv1.ListenerConditionProgrammed), "True", string(gwv1.ListenerReasonProgrammed), constants.ListenerProgrammedMessage))
	}
	return append(conditions, condition(string(gwv1.ListenerConditionProgrammed), "False", string(gwv1.ListenerReasonPending), constants.ListenerPendingProgrammedMessage))
}

// rejectGateway writes into a Gateway's status that it is not accepted, with the results of its listeners if they were
// loaded. It reports whether the status changed.
func (c *Controller) rejectGateway(o *store.Object, reason, message string, listeners *routeutils.ListenerValidationResults) bool {
	s := gatewayStatus(o)
	s.set(gwv1.GatewayConditionAccepted, "False", reason, message)
	if listeners != nil {
		s.listeners(*listeners, false)
		s.set(gwv1.GatewayConditionProgrammed, "False", string(gwv1.GatewayConditionProgrammed), message)
	}
	return o.Change("status", s.body)
}

// rejectRoutes writes into a Gateway's status that its routes cannot be loaded; other errors are not written.
func (c *Controller) rejectRoutes(o *store.Object, err error) bool {
	var loading routeutils.LoaderError
	if !errors.As(err, &loading) {
		return false
	}
	return c.rejectGateway(o, string(loading.GetGatewayReason()), loading.GetGatewayMessage(), nil)
}

// isKnown reports whether an error is a refusal of the account or names what it does not have.
func isKnown(err error) bool {
	var refusal *store.Refusal
	var unknown *store.NotModelled
	return errors.As(err, &refusal) || errors.As(err, &unknown)
}

// reportRoute writes what a Gateway reports of a route into its status: one entry for each of its parents
// (controllers/gateway/route_reconciler.go). It reports whether the status changed.
func reportRoute(o *store.Object, layer *builders.Layer, r routeutils.RouteData) bool {
	resolved := condition(string(gwv1.RouteConditionResolvedRefs), "True", string(gwv1.RouteReasonResolvedRefs), "")
	if !r.RouteStatusInfo.ResolvedRefs {
		resolved["status"], resolved["reason"], resolved["message"] = "False", r.RouteStatusInfo.Reason, r.RouteStatusInfo.Message
	}
	accepted := condition(string(gwv1.RouteConditionAccepted), "True", string(gwv1.RouteReasonAccepted), "")
	if !r.RouteStatusInfo.Accepted {
		accepted["status"], accepted["reason"], accepted["message"] = "False", r.RouteStatusInfo.Reason, r.RouteStatusInfo.Message
	}
	reference, err := store.AsProperties(r.ParentRef)
	if err != nil {
		return false
	}
	entry := map[string]any{"parentRef": map[string]any(reference), "controllerName": layer.Name, "conditions": []any{resolved, accepted}}
	s := gatewayStatus(o)
	before, _ := s.body["parents"].([]any)
	var parents []any
	for _, wanted := range store.ListOf(store.Nested(o.Outputs, "spec", "parentRefs")) {
		if store.Equal(map[string]any(wanted), entry["parentRef"]) {
			parents = append(parents, entry)
			continue
		}
		for _, old := range before {
			if store.Equal(store.MapOf(old)["parentRef"], map[string]any(wanted)) {
				parents = append(parents, old)
			}
		}
	}
	s.body["parents"] = parents
	return o.Change("status", s.body)
}
