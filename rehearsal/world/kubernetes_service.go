package world

import (
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"eksnet/internal/awsdata"
)

var (
	servicePortsRequired = rule("a Service has ports",
		`%s is invalid: spec.ports: Required value`, apiServerValidation+" (ValidateService)")
	servicePorts = rule("a Service's ports are well formed",
		`%s is invalid: %s: %s`, apiServerValidation+" (validateServicePort)")
	serviceTypes = rule("a Service has one of the four types",
		`%s is invalid: spec.type: Unsupported value: %q: supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"`,
		apiServerValidation+" (ValidateService)")
	classStays = rule("a Service's load balancer class cannot change",
		`%s is invalid: spec.loadBalancerClass: Invalid value: %q: may not change once set`,
		apiServerValidation+" (validateLoadBalancerClassField)")
	classUsed = rule("only a Service of type LoadBalancer has a load balancer class",
		"%s is invalid: spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
		apiServerValidation+" (validateLoadBalancerClassField)")
	classValid = rule("a load balancer class is a qualified name",
		`%s is invalid: spec.loadBalancerClass: Invalid value: %q: %s`,
		apiServerValidation+" (validateLoadBalancerClassField)")
	addressStays = rule("a Service's cluster IP cannot change",
		`%s is invalid: spec.clusterIPs[0]: Invalid value: ["%s"]: may not change once set`,
		apiServerValidation+" (ValidateServiceClusterIPsRelatedFields)")
	addressInRange = rule("a Service's cluster IP is in the cluster's service range",
		`%s is invalid: spec.clusterIPs: Invalid value: ["%s"]: failed to allocate IP %s: the provided IP (%s) is not in the valid range. The range of valid IPs is %s`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/service/ipallocator")
	policyUsed = rule("only an externally accessible Service has an external traffic policy",
		`%s is invalid: spec.externalTrafficPolicy: Invalid value: %q: may only be set for externally-accessible services`,
		apiServerValidation+" (validateServiceExternalTrafficPolicy)")
	policyKnown = rule("an external traffic policy is Cluster or Local",
		`%s is invalid: spec.externalTrafficPolicy: Unsupported value: %q: supported values: "Cluster", "Local"`,
		apiServerValidation+" (validateServiceExternalTrafficPolicy)")
	rangesUsed = rule("only a Service of type LoadBalancer has source ranges",
		"%s is invalid: spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
		apiServerValidation+" (ValidateService)")
	rangesValid = rule("a Service's source ranges are CIDRs",
		`%s is invalid: spec.loadBalancerSourceRanges[%d]: Invalid value: %q: must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
		apiServerValidation+" (ValidateService)")

	serviceTargets = rule("a Service's selector finds ready pods",
		`'%s' timed out waiting to be Ready; Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods`,
		"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/service.go")
	serviceAddressed = rule("a Service of type LoadBalancer gets an address",
		`'%s' timed out waiting to be Ready; Service was not allocated an IP address; does your cloud provider support this?`,
		"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/service.go")
)

func serviceKind() *kind { return kubernetesKind(serviceType, awaitService, "spec.clusterIP") }

func (w *World) validateService(o, old *Object) error {
	s, title := live[corev1.Service](o), titled(builtin(serviceType), o)
	spec := &s.Spec
	balanced := spec.Type == corev1.ServiceTypeLoadBalancer
	headless := spec.ClusterIP == corev1.ClusterIPNone
	known := []corev1.ServiceType{"", corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer, corev1.ServiceTypeExternalName}
	outside := balanced || spec.Type == corev1.ServiceTypeNodePort
	policy := spec.ExternalTrafficPolicy
	return first(
		serviceTypes.when(!slices.Contains(known, spec.Type), title, spec.Type),
		servicePortsRequired.when(len(spec.Ports) == 0 && !headless && spec.Type != corev1.ServiceTypeExternalName, title),
		validateServicePorts(title, spec.Ports),
		policyUsed.when(policy != "" && !outside, title, policy),
		policyKnown.when(policy != "" && policy != corev1.ServiceExternalTrafficPolicyCluster && policy != corev1.ServiceExternalTrafficPolicyLocal, title, policy),
		validateClass(title, spec, old),
		validateRanges(title, spec),
		w.validateNodePorts(title, o, spec, old),
		w.validateClusterIP(title, o, spec, old),
	)
}

func validateServicePorts(title string, ports []corev1.ServicePort) error {
	names, taken := map[string]bool{}, map[string]bool{}
	for i, port := range ports {
		at := fmt.Sprintf("spec.ports[%d]", i)
		target := port.TargetPort
		key := fmt.Sprintf("%d/%s", port.Port, port.Protocol)
		if err := first(
			servicePorts.when(port.Name == "" && len(ports) > 1, title, at+".name", "Required value"),
			servicePorts.when(port.Name != "" && names[port.Name], title, at+".name", fmt.Sprintf("Duplicate value: %q", port.Name)),
			portProblem(servicePorts, title, at+".name", port.Name, validation.IsDNS1123Label, port.Name != ""),
			servicePorts.when(len(validation.IsValidPortNum(int(port.Port))) > 0, title, at+".port",
				fmt.Sprintf("Invalid value: %d: must be between 1 and 65535, inclusive", port.Port)),
			servicePorts.when(!knownProtocol(port.Protocol), title, at+".protocol",
				fmt.Sprintf(`Unsupported value: %q: supported values: "SCTP", "TCP", "UDP"`, port.Protocol)),
			portProblem(servicePorts, title, at+".targetPort", target.StrVal, validation.IsValidPortName, target.Type == intstr.String),
			servicePorts.when(target.Type == intstr.Int && target.IntVal != 0 && len(validation.IsValidPortNum(int(target.IntVal))) > 0, title,
				at+".targetPort", fmt.Sprintf("Invalid value: %d: must be between 1 and 65535, inclusive", target.IntVal)),
			servicePorts.when(taken[key], title, at, fmt.Sprintf("Duplicate value: {\"port\":%d,\"protocol\":%q}", port.Port, port.Protocol)),
		); err != nil {
			return err
		}
		names[port.Name], taken[key] = true, true
	}
	return nil
}

// validateClass checks the load balancer class, which selects the controller.
func validateClass(title string, spec *corev1.ServiceSpec, old *Object) error {
	balanced := spec.Type == corev1.ServiceTypeLoadBalancer
	if old != nil && balanced && old.text("spec.type") == string(corev1.ServiceTypeLoadBalancer) {
		if err := classStays.when(old.text("spec.loadBalancerClass") != classOf(spec), title, classOf(spec)); err != nil {
			return err
		}
	}
	if spec.LoadBalancerClass == nil {
		return nil
	}
	if err := classUsed.when(!balanced, title); err != nil {
		return err
	}
	if malformed := validation.IsQualifiedName(classOf(spec)); len(malformed) > 0 {
		return classValid.when(true, title, classOf(spec), malformed[0])
	}
	return nil
}

func classOf(spec *corev1.ServiceSpec) string {
	if spec.LoadBalancerClass == nil {
		return ""
	}
	return *spec.LoadBalancerClass
}

func validateRanges(title string, spec *corev1.ServiceSpec) error {
	for i, cidr := range spec.LoadBalancerSourceRanges {
		_, err := netip.ParsePrefix(cidr)
		if err := first(
			rangesUsed.when(spec.Type != corev1.ServiceTypeLoadBalancer, title),
			rangesValid.when(err != nil, title, i, cidr),
		); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) validateClusterIP(title string, o *Object, spec *corev1.ServiceSpec, old *Object) error {
	if spec.ClusterIP == "" || spec.ClusterIP == corev1.ClusterIPNone {
		return nil
	}
	if old != nil {
		return addressStays.when(old.text("spec.clusterIP") != spec.ClusterIP, title, spec.ClusterIP)
	}
	services := w.serviceRange(o.Cluster)
	address, err := netip.ParseAddr(spec.ClusterIP)
	return addressInRange.when(err != nil || !services.Contains(address), title, spec.ClusterIP, spec.ClusterIP, spec.ClusterIP, services)
}

// completeService sets what the API server allocates: an address of the service range and node ports.
func (w *World) completeService(o, old *Object) {
	spec := mapOf(o.Outputs["spec"])
	if spec["type"] == nil {
		spec["type"] = string(corev1.ServiceTypeClusterIP)
	}
	if spec["clusterIP"] == nil && spec["type"] != string(corev1.ServiceTypeExternalName) {
		spec["clusterIP"] = w.freeServiceAddress(o.Cluster)
	}
	balanced := spec["type"] == string(corev1.ServiceTypeLoadBalancer)
	outside := balanced || spec["type"] == string(corev1.ServiceTypeNodePort)
	unset(spec, "sessionAffinity", "None")
	unset(spec, "internalTrafficPolicy", "Cluster")
	if outside {
		unset(spec, "externalTrafficPolicy", "Cluster")
	}
	if balanced {
		unset(spec, "allocateLoadBalancerNodePorts", true)
	}
	for _, port := range listOf(spec["ports"]) {
		if port["protocol"] == nil {
			port["protocol"] = string(corev1.ProtocolTCP)
		}
		if port["targetPort"] == nil {
			port["targetPort"] = port["port"]
		}
		if outside && port["nodePort"] == nil && spec["allocateLoadBalancerNodePorts"] != false {
			port["nodePort"] = float64(w.freeNodePort(o))
		}
	}
	if balanced && spec["externalTrafficPolicy"] == string(corev1.ServiceExternalTrafficPolicyLocal) && spec["healthCheckNodePort"] == nil {
		spec["healthCheckNodePort"] = float64(w.freeNodePort(o))
	}
	if o.Outputs["status"] == nil {
		o.set("status", map[string]any{"loadBalancer": map[string]any{}})
	}
}

// keepServiceFields keeps what the API server allocated and what a webhook wrote.
func keepServiceFields(o, old *Object) {
	spec, before := mapOf(o.Outputs["spec"]), mapOf(old.Outputs["spec"])
	if spec["clusterIP"] == nil && before["clusterIP"] != nil {
		spec["clusterIP"] = before["clusterIP"]
	}
	_, asked := mapOf(old.Inputs["spec"])["loadBalancerClass"]
	if spec["loadBalancerClass"] == nil && before["loadBalancerClass"] != nil && !asked {
		spec["loadBalancerClass"] = before["loadBalancerClass"]
	}
	keepNodePorts(spec, before)
}

// serviceRange returns the range of cluster IPs.
func (w *World) serviceRange(cluster string) netip.Prefix {
	if eks := w.get(clusterType, cluster); eks != nil {
		if services, err := netip.ParsePrefix(eks.text("kubernetesNetworkConfig.serviceIpv4Cidr")); err == nil {
			return services
		}
	}
	return netip.MustParsePrefix("172.20.0.0/16")
}

// freeServiceAddress returns a free address of the service range. The first ten are reserved.
func (w *World) freeServiceAddress(cluster string) string {
	taken := map[string]bool{}
	for _, o := range w.in(cluster, serviceType) {
		taken[o.text("spec.clusterIP")] = true
	}
	address := w.serviceRange(cluster).Addr()
	for range 11 {
		address = address.Next()
	}
	for taken[address.String()] {
		address = address.Next()
	}
	return address.String()
}

// freeNodePort returns a port of the node port range that no Service has, this one included.
func (w *World) freeNodePort(o *Object) int {
	taken := map[any]bool{}
	for _, s := range append(w.in(o.Cluster, serviceType), o) {
		taken[s.at("spec.healthCheckNodePort")] = true
		for _, port := range listOf(s.at("spec.ports")) {
			taken[port["nodePort"]] = true
		}
	}
	port := awsdata.FirstNodePort
	for taken[float64(port)] {
		port++
	}
	return port
}

// endpoints returns the ready pods that a Service selects.
func (w *World) endpoints(o *Object) []*Object {
	selector, _ := as[map[string]string](mapOf(o.at("spec.selector")))
	if len(selector) == 0 {
		return nil
	}
	return w.inNamespace(o.Cluster, podType, o.namespace(), func(pod *Object) bool {
		for k, v := range selector {
			if pod.labels()[k] != v {
				return false
			}
		}
		return podReady(pod)
	})
}

// awaitService returns what the provider's wait does: nil once the Service has ready pods and, if it is of type
// LoadBalancer, an address.
func awaitService(c *call, o *Object) error {
	s := live[corev1.Service](o)
	if s.Spec.Type == corev1.ServiceTypeExternalName || s.Spec.ClusterIP == corev1.ClusterIPNone {
		return nil
	}
	// The provider waits for endpoints of a Service without a selector too, which only manually created Endpoints could
	// provide.
	if err := serviceTargets.when(len(c.endpoints(o)) == 0, o.name()); err != nil {
		return incomplete(err, nil)
	}
	waiting := s.Spec.Type == corev1.ServiceTypeLoadBalancer && len(s.Status.LoadBalancer.Ingress) == 0
	if err := serviceAddressed.when(waiting, o.name()); err != nil {
		return incomplete(err, c.unaddressed(o))
	}
	return nil
}
