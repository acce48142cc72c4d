package world

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"eksnet/internal/awsdata"
)

var (
	nodePortRange = rule("a Service's node ports are in their range",
		`%s is invalid: spec.ports[%d].nodePort: Invalid value: %d: provided port is not in the valid range. The range of valid ports is %d-%d`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/service/portallocator/allocator.go")
	nodePortFree = rule("a node port belongs to one Service",
		`%s is invalid: spec.ports[%d].nodePort: Invalid value: %d: provided port is already allocated`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/service/portallocator/allocator.go")
	nodePortsUsed = rule("only an externally accessible Service has node ports",
		"%s is invalid: spec.ports[%d].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'", apiServerValidation+" (ValidateService)")
	allocationUsed = rule("only a Service of type LoadBalancer disables node ports",
		"%s is invalid: spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'", apiServerValidation+" (ValidateService)")
	healthPortUsed = rule("only a Service of type LoadBalancer with the Local policy has a health check port",
		"%s is invalid: spec.healthCheckNodePort: Invalid value: %d: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
		apiServerValidation+" (validateServiceExternalTrafficFieldsValue)")
	healthPortStays = rule("a Service's health check port cannot change while it has the Local policy",
		`%s is invalid: spec.healthCheckNodePort: Invalid value: %d: field is immutable`, apiServerValidation+" (ValidateServiceExternalTrafficFieldsCombination)")
	affinityKnown = rule("a Service's session affinity is ClientIP or None",
		`%s is invalid: spec.sessionAffinity: Unsupported value: %q: supported values: "ClientIP", "None"`, apiServerValidation+" (ValidateService)")
)

// validateNodePorts checks the node ports that a Service requests or has.
func (w *World) validateNodePorts(title string, o *Object, spec *corev1.ServiceSpec, old *Object) error {
	outside := spec.Type == corev1.ServiceTypeLoadBalancer || spec.Type == corev1.ServiceTypeNodePort
	for i, port := range spec.Ports {
		if port.NodePort == 0 {
			continue
		}
		n := int(port.NodePort)
		if err := first(
			nodePortsUsed.when(!outside, title, i),
			nodePortRange.when(n < awsdata.FirstNodePort || n > awsdata.LastNodePort, title, i, n, awsdata.FirstNodePort, awsdata.LastNodePort),
			nodePortFree.when(w.nodePortTaken(o, port), title, i, n),
		); err != nil {
			return err
		}
	}
	health := int(spec.HealthCheckNodePort)
	local := needsHealthPort(spec)
	before := 0
	if old != nil {
		was := live[corev1.Service](old)
		if needsHealthPort(&was.Spec) {
			before = int(was.Spec.HealthCheckNodePort)
		}
	}
	affinity := spec.SessionAffinity
	return first(
		allocationUsed.when(spec.AllocateLoadBalancerNodePorts != nil && spec.Type != corev1.ServiceTypeLoadBalancer, title),
		healthPortUsed.when(health != 0 && !local, title, health),
		healthPortStays.when(local && before != 0 && health != before, title, health),
		affinityKnown.when(affinity != "" && affinity != corev1.ServiceAffinityNone && affinity != corev1.ServiceAffinityClientIP, title, affinity),
	)
}

// needsHealthPort reports whether kube-proxy serves a health check on a separate node port, which reports whether a
// node has pods of the Service.
func needsHealthPort(spec *corev1.ServiceSpec) bool {
	return spec.Type == corev1.ServiceTypeLoadBalancer && spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
}

// nodePortTaken reports whether another Service, or another port of the same protocol, has a node port.
func (w *World) nodePortTaken(o *Object, port corev1.ServicePort) bool {
	for _, s := range w.in(o.Cluster, serviceType) {
		if s.ID == identity(o.namespace(), o.name()) {
			continue
		}
		if s.number("spec.healthCheckNodePort") == int(port.NodePort) {
			return true
		}
		for _, p := range listOf(s.at("spec.ports")) {
			if integer(p["nodePort"]) == int(port.NodePort) && orText(p["protocol"], "TCP") == orText(string(port.Protocol), "TCP") {
				return true
			}
		}
	}
	return false
}

// keepNodePorts keeps the node ports that the API server allocated, if the Service still has any: one without a load
// balancer, or with disabled allocation, releases them (pkg/registry/core/service/strategy.go,
// dropTypeDependentFields).
func keepNodePorts(spec, before map[string]any) {
	outside := spec["type"] == string(corev1.ServiceTypeNodePort) ||
		(spec["type"] == string(corev1.ServiceTypeLoadBalancer) && spec["allocateLoadBalancerNodePorts"] != false)
	for _, port := range listOf(spec["ports"]) {
		for _, earlier := range listOf(before["ports"]) {
			if outside && port["nodePort"] == nil && samePort(port, earlier) && earlier["nodePort"] != nil {
				port["nodePort"] = earlier["nodePort"]
			}
		}
	}
	local := spec["type"] == string(corev1.ServiceTypeLoadBalancer) && spec["externalTrafficPolicy"] == string(corev1.ServiceExternalTrafficPolicyLocal)
	if local && spec["healthCheckNodePort"] == nil && before["healthCheckNodePort"] != nil {
		spec["healthCheckNodePort"] = before["healthCheckNodePort"]
	}
}

// samePort reports whether two ports of a Service are the same.
func samePort(a, b map[string]any) bool {
	return fmt.Sprint(a["port"]) == fmt.Sprint(b["port"]) && orText(a["protocol"], "TCP") == orText(b["protocol"], "TCP")
}
