package kube

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/store"
)

var (
	NodePortRange = store.NewRule("a Service's node ports are in their range",
		`%s is invalid: spec.ports[%d].nodePort: Invalid value: %d: provided port is not in the valid range. The range of valid ports is %d-%d`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/service/portallocator/allocator.go")
	NodePortFree = store.NewRule("a node port belongs to one Service",
		`%s is invalid: spec.ports[%d].nodePort: Invalid value: %d: provided port is already allocated`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/service/portallocator/allocator.go")
	NodePortsUsed = store.NewRule("only an externally accessible Service has node ports",
		"%s is invalid: spec.ports[%d].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'", apiServerValidation+" (ValidateService)")
	AllocationUsed = store.NewRule("only a Service of type LoadBalancer disables node ports",
		"%s is invalid: spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'", apiServerValidation+" (ValidateService)")
	HealthPortUsed = store.NewRule("only a Service of type LoadBalancer with the Local policy has a health check port",
		"%s is invalid: spec.healthCheckNodePort: Invalid value: %d: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
		apiServerValidation+" (validateServiceExternalTrafficFieldsValue)")
	HealthPortStays = store.NewRule("a Service's health check port cannot change while it has the Local policy",
		`%s is invalid: spec.healthCheckNodePort: Invalid value: %d: field is immutable`, apiServerValidation+" (ValidateServiceExternalTrafficFieldsCombination)")
	AffinityKnown = store.NewRule("a Service's session affinity is ClientIP or None",
		`%s is invalid: spec.sessionAffinity: Unsupported value: %q: supported values: "ClientIP", "None"`, apiServerValidation+" (ValidateService)")
)

// validateNodePorts checks the node ports that a Service requests or has.
func validateNodePorts(w *store.Account, title string, o *store.Object, spec *corev1.ServiceSpec, old *store.Object) error {
	outside := spec.Type == corev1.ServiceTypeLoadBalancer || spec.Type == corev1.ServiceTypeNodePort
	for i, port := range spec.Ports {
		if port.NodePort == 0 {
			continue
		}
		n := int(port.NodePort)
		if err := store.First(
			NodePortsUsed.When(!outside, title, i),
			NodePortRange.When(n < awsdata.FirstNodePort || n > awsdata.LastNodePort, title, i, n, awsdata.FirstNodePort, awsdata.LastNodePort),
			NodePortFree.When(nodePortTaken(w, o, port), title, i, n),
		); err != nil {
			return err
		}
	}
	health := int(spec.HealthCheckNodePort)
	local := isLocal(spec)
	before := 0
	if old != nil {
		was := Live[corev1.Service](old)
		if IsLocal(&was) {
			before = int(was.Spec.HealthCheckNodePort)
		}
	}
	affinity := spec.SessionAffinity
	return store.First(
		AllocationUsed.When(spec.AllocateLoadBalancerNodePorts != nil && spec.Type != corev1.ServiceTypeLoadBalancer, title),
		HealthPortUsed.When(health != 0 && !local, title, health),
		HealthPortStays.When(local && before != 0 && health != before, title, health),
		AffinityKnown.When(affinity != "" && affinity != corev1.ServiceAffinityNone && affinity != corev1.ServiceAffinityClientIP, title, affinity),
	)
}

// SendsLocally reports whether nodes send what comes from outside, to any node port of a Service, only to their own
// pods (k8s.io/kubernetes, pkg/apis/core/v1/helper/service, ExternalPolicyLocal).
func SendsLocally(s *corev1.Service) bool {
	outside := s.Spec.Type == corev1.ServiceTypeNodePort || s.Spec.Type == corev1.ServiceTypeLoadBalancer
	return outside && s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
}

// IsLocal reports whether a Service with a load balancer sends locally. kube-proxy then serves a health check on a
// separate node port, which reports whether a node has pods of the Service.
func IsLocal(s *corev1.Service) bool { return isLocal(&s.Spec) }

func isLocal(spec *corev1.ServiceSpec) bool {
	return spec.Type == corev1.ServiceTypeLoadBalancer && spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
}

// nodePortTaken reports whether another Service, or another port of the same protocol, has a node port.
func nodePortTaken(w *store.Account, o *store.Object, port corev1.ServicePort) bool {
	for _, s := range ObjectsIn(w, o.Cluster, store.ServiceType) {
		if s.ID == ObjectID(Namespace(o), Name(o)) {
			continue
		}
		other := Live[corev1.Service](s)
		if other.Spec.HealthCheckNodePort == port.NodePort {
			return true
		}
		for _, p := range other.Spec.Ports {
			if p.NodePort == port.NodePort && cmp.Or(p.Protocol, corev1.ProtocolTCP) == cmp.Or(port.Protocol, corev1.ProtocolTCP) {
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
	for _, port := range store.ListOf(spec["ports"]) {
		for _, earlier := range store.ListOf(before["ports"]) {
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
	return fmt.Sprint(a["port"]) == fmt.Sprint(b["port"]) && store.OrText(a["protocol"], "TCP") == store.OrText(b["protocol"], "TCP")
}
