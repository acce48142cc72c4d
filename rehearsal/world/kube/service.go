package kube

import (
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

// ServiceAnnotations reads the annotations of Services as the controller does, with its errors.
var ServiceAnnotations annotations.Parser = annotations.NewSuffixAnnotationParser("service.beta.kubernetes.io")

var (
	ServicePortsRequired = store.NewRule("a Service has ports",
		`%s is invalid: spec.ports: Required value`, apiServerValidation+" (ValidateService)")
	ServicePorts = store.NewRule("a Service's ports are well formed",
		`%s is invalid: %s: %s`, apiServerValidation+" (validateServicePort)")
	ServiceTypes = store.NewRule("a Service has one of the four types",
		`%s is invalid: spec.type: Unsupported value: %q: supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"`,
		apiServerValidation+" (ValidateService)")
	ClassStays = store.NewRule("a Service's load balancer class cannot change",
		`%s is invalid: spec.loadBalancerClass: Invalid value: %q: may not change once set`,
		apiServerValidation+" (validateLoadBalancerClassField)")
	ClassUsed = store.NewRule("only a Service of type LoadBalancer has a load balancer class",
		"%s is invalid: spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
		apiServerValidation+" (validateLoadBalancerClassField)")
	ClassValid = store.NewRule("a load balancer class is a qualified name",
		`%s is invalid: spec.loadBalancerClass: Invalid value: %q: %s`,
		apiServerValidation+" (validateLoadBalancerClassField)")
	AddressStays = store.NewRule("a Service's cluster IP cannot change",
		`%s is invalid: spec.clusterIPs[0]: Invalid value: ["%s"]: may not change once set`,
		apiServerValidation+" (ValidateServiceClusterIPsRelatedFields)")
	AddressInRange = store.NewRule("a Service's cluster IP is in the cluster's service range",
		`%s is invalid: spec.clusterIPs: Invalid value: ["%s"]: failed to allocate IP %s: the provided IP (%s) is not in the valid range. The range of valid IPs is %s`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/service/ipallocator")
	PolicyUsed = store.NewRule("only an externally accessible Service has an external traffic policy",
		`%s is invalid: spec.externalTrafficPolicy: Invalid value: %q: may only be set for externally-accessible services`,
		apiServerValidation+" (validateServiceExternalTrafficPolicy)")
	PolicyKnown = store.NewRule("an external traffic policy is Cluster or Local",
		`%s is invalid: spec.externalTrafficPolicy: Unsupported value: %q: supported values: "Cluster", "Local"`,
		apiServerValidation+" (validateServiceExternalTrafficPolicy)")
	RangesUsed = store.NewRule("only a Service of type LoadBalancer has source ranges",
		"%s is invalid: spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
		apiServerValidation+" (ValidateService)")
	RangesValid = store.NewRule("a Service's source ranges are CIDRs",
		`%s is invalid: spec.loadBalancerSourceRanges[%d]: Invalid value: %q: must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
		apiServerValidation+" (ValidateService)")
	ServiceTargets = store.NewRule("a Service's selector finds ready pods",
		`'%s' timed out waiting to be Ready; Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods`,
		"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/service.go")
	ServiceAddressed = store.NewRule("a Service of type LoadBalancer gets an address",
		`'%s' timed out waiting to be Ready; Service was not allocated an IP address; does your cloud provider support this?`,
		"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/service.go")
)

func serviceKind() *store.Kind {
	return kindOf(store.ServiceType, AwaitService, "spec.clusterIP")
}

func validateService(w *store.Account, o, old *store.Object) error {
	s, title := Live[corev1.Service](o), titled(BuiltinType(store.ServiceType), o)
	spec := &s.Spec
	balanced := spec.Type == corev1.ServiceTypeLoadBalancer
	headless := spec.ClusterIP == corev1.ClusterIPNone
	known := []corev1.ServiceType{"", corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer, corev1.ServiceTypeExternalName}
	outside := balanced || spec.Type == corev1.ServiceTypeNodePort
	policy := spec.ExternalTrafficPolicy
	return store.First(
		ServiceTypes.When(!slices.Contains(known, spec.Type), title, spec.Type),
		ServicePortsRequired.When(len(spec.Ports) == 0 && !headless && spec.Type != corev1.ServiceTypeExternalName, title),
		validateServicePorts(title, spec.Ports),
		PolicyUsed.When(policy != "" && !outside, title, policy),
		PolicyKnown.When(policy != "" && policy != corev1.ServiceExternalTrafficPolicyCluster && policy != corev1.ServiceExternalTrafficPolicyLocal, title, policy),
		validateClass(title, spec, old),
		validateRanges(title, spec),
		validateNodePorts(w, title, o, spec, old),
		validateClusterIP(w, title, o, spec, old),
	)
}

func validateServicePorts(title string, ports []corev1.ServicePort) error {
	names, taken := map[string]bool{}, map[string]bool{}
	for i, port := range ports {
		at := fmt.Sprintf("spec.ports[%d]", i)
		target := port.TargetPort
		key := fmt.Sprintf("%d/%s", port.Port, port.Protocol)
		if err := store.First(
			ServicePorts.When(port.Name == "" && len(ports) > 1, title, at+".name", "Required value"),
			ServicePorts.When(port.Name != "" && names[port.Name], title, at+".name", fmt.Sprintf("Duplicate value: %q", port.Name)),
			portProblem(ServicePorts, title, at+".name", port.Name, validation.IsDNS1123Label, port.Name != ""),
			ServicePorts.When(len(validation.IsValidPortNum(int(port.Port))) > 0, title, at+".port",
				fmt.Sprintf("Invalid value: %d: must be between 1 and 65535, inclusive", port.Port)),
			ServicePorts.When(!knownProtocol(port.Protocol), title, at+".protocol",
				fmt.Sprintf(`Unsupported value: %q: supported values: "SCTP", "TCP", "UDP"`, port.Protocol)),
			portProblem(ServicePorts, title, at+".targetPort", target.StrVal, validation.IsValidPortName, target.Type == intstr.String),
			ServicePorts.When(target.Type == intstr.Int && target.IntVal != 0 && len(validation.IsValidPortNum(int(target.IntVal))) > 0, title,
				at+".targetPort", fmt.Sprintf("Invalid value: %d: must be between 1 and 65535, inclusive", target.IntVal)),
			ServicePorts.When(taken[key], title, at, fmt.Sprintf("Duplicate value: {\"port\":%d,\"protocol\":%q}", port.Port, port.Protocol)),
		); err != nil {
			return err
		}
		names[port.Name], taken[key] = true, true
	}
	return nil
}

// validateClass checks the load balancer class, which selects the controller.
func validateClass(title string, spec *corev1.ServiceSpec, old *store.Object) error {
	balanced := spec.Type == corev1.ServiceTypeLoadBalancer
	if old != nil && balanced {
		before := Live[corev1.Service](old)
		changed := before.Spec.Type == corev1.ServiceTypeLoadBalancer && ClassOf(&before.Spec) != ClassOf(spec)
		if err := ClassStays.When(changed, title, ClassOf(spec)); err != nil {
			return err
		}
	}
	if spec.LoadBalancerClass == nil {
		return nil
	}
	if err := ClassUsed.When(!balanced, title); err != nil {
		return err
	}
	if malformed := validation.IsQualifiedName(ClassOf(spec)); len(malformed) > 0 {
		return ClassValid.When(true, title, ClassOf(spec), malformed[0])
	}
	return nil
}

func ClassOf(spec *corev1.ServiceSpec) string {
	if spec.LoadBalancerClass == nil {
		return ""
	}
	return *spec.LoadBalancerClass
}

func validateRanges(title string, spec *corev1.ServiceSpec) error {
	for i, cidr := range spec.LoadBalancerSourceRanges {
		_, err := netip.ParsePrefix(cidr)
		if err := store.First(
			RangesUsed.When(spec.Type != corev1.ServiceTypeLoadBalancer, title),
			RangesValid.When(err != nil, title, i, cidr),
		); err != nil {
			return err
		}
	}
	return nil
}

func validateClusterIP(w *store.Account, title string, o *store.Object, spec *corev1.ServiceSpec, old *store.Object) error {
	if spec.ClusterIP == "" || spec.ClusterIP == corev1.ClusterIPNone {
		return nil
	}
	if old != nil {
		before := Live[corev1.Service](old)
		return AddressStays.When(before.Spec.ClusterIP != spec.ClusterIP, title, spec.ClusterIP)
	}
	services := ServiceRange(w, o.Cluster)
	address, err := netip.ParseAddr(spec.ClusterIP)
	return AddressInRange.When(err != nil || !services.Contains(address), title, spec.ClusterIP, spec.ClusterIP, spec.ClusterIP, services)
}

// completeService sets what the API server allocates: an address of the service range and node ports.
func completeService(w *store.Account, o, old *store.Object) {
	spec := store.MapOf(o.Outputs["spec"])
	if spec["type"] == nil {
		spec["type"] = string(corev1.ServiceTypeClusterIP)
	}
	if spec["clusterIP"] == nil && spec["type"] != string(corev1.ServiceTypeExternalName) {
		spec["clusterIP"] = freeServiceAddress(w, o.Cluster)
	}
	if spec["type"] != string(corev1.ServiceTypeExternalName) {
		setDefault(spec, "clusterIPs", []any{spec["clusterIP"]})
		setDefault(spec, "ipFamilies", []any{string(familyOf(w, o.Cluster))})
		setDefault(spec, "ipFamilyPolicy", string(corev1.IPFamilyPolicySingleStack))
	}
	balanced := spec["type"] == string(corev1.ServiceTypeLoadBalancer)
	outside := balanced || spec["type"] == string(corev1.ServiceTypeNodePort)
	setDefault(spec, "sessionAffinity", "None")
	setDefault(spec, "internalTrafficPolicy", "Cluster")
	if outside {
		setDefault(spec, "externalTrafficPolicy", "Cluster")
	}
	if balanced {
		setDefault(spec, "allocateLoadBalancerNodePorts", true)
	}
	for _, port := range store.ListOf(spec["ports"]) {
		if port["protocol"] == nil {
			port["protocol"] = string(corev1.ProtocolTCP)
		}
		if port["targetPort"] == nil {
			port["targetPort"] = port["port"]
		}
		if outside && port["nodePort"] == nil && spec["allocateLoadBalancerNodePorts"] != false {
			port["nodePort"] = float64(freeNodePort(w, o))
		}
	}
	if balanced && spec["externalTrafficPolicy"] == string(corev1.ServiceExternalTrafficPolicyLocal) && spec["healthCheckNodePort"] == nil {
		spec["healthCheckNodePort"] = float64(freeNodePort(w, o))
	}
	if o.Outputs["status"] == nil {
		o.Set("status", map[string]any{"loadBalancer": map[string]any{}})
	}
}

// keepServiceFields keeps what the API server allocated and what a webhook wrote.
func keepServiceFields(o, old *store.Object) {
	spec, before := store.MapOf(o.Outputs["spec"]), store.MapOf(old.Outputs["spec"])
	if spec["clusterIP"] == nil && before["clusterIP"] != nil {
		spec["clusterIP"] = before["clusterIP"]
	}
	_, asked := store.MapOf(old.Inputs["spec"])["loadBalancerClass"]
	if spec["loadBalancerClass"] == nil && before["loadBalancerClass"] != nil && !asked {
		spec["loadBalancerClass"] = before["loadBalancerClass"]
	}
	keepNodePorts(spec, before)
}

// familyOf returns the family of a cluster's Services.
func familyOf(w *store.Account, cluster string) corev1.IPFamily {
	if eks.IsIPv6(w, cluster) {
		return corev1.IPv6Protocol
	}
	return corev1.IPv4Protocol
}

// ServiceRange returns the range of cluster IPs.
func ServiceRange(w *store.Account, cluster string) netip.Prefix {
	if o := w.Get(store.ClusterType, cluster); o != nil {
		network := eks.ClusterOf(o).Network
		if network.Family == eks.IPv6 {
			return network.IPv6Services.Prefix
		}
		if network.Services.IsValid() {
			return network.Services.Prefix
		}
	}
	return netip.MustParsePrefix("172.20.0.0/16")
}

// freeServiceAddress returns a free address of the service range. The first ten are reserved.
func freeServiceAddress(w *store.Account, cluster string) string {
	taken := map[string]bool{}
	for _, o := range ObjectsIn(w, cluster, store.ServiceType) {
		s := Live[corev1.Service](o)
		taken[s.Spec.ClusterIP] = true
	}
	address := ServiceRange(w, cluster).Addr()
	for range 11 {
		address = address.Next()
	}
	for taken[address.String()] {
		address = address.Next()
	}
	return address.String()
}

// freeNodePort returns a port of the node port range that no Service has, this one included.
func freeNodePort(w *store.Account, o *store.Object) int {
	taken := map[any]bool{}
	for _, s := range append(ObjectsIn(w, o.Cluster, store.ServiceType), o) {
		spec := store.MapOf(fieldOf(s, "spec"))
		taken[spec["healthCheckNodePort"]] = true
		for _, port := range store.ListOf(spec["ports"]) {
			taken[port["nodePort"]] = true
		}
	}
	port := awsdata.FirstNodePort
	for taken[float64(port)] {
		port++
	}
	return port
}

// Endpoints returns the ready pods that a Service selects.
func Endpoints(w *store.Account, o *store.Object) []*store.Object {
	s := Live[corev1.Service](o)
	if len(s.Spec.Selector) == 0 {
		return nil
	}
	return InNamespace(w, o.Cluster, store.PodType, Namespace(o), func(pod *store.Object) bool {
		return HasLabels(pod, s.Spec.Selector) && PodReady(pod)
	})
}

// AwaitService returns what the provider's wait does: nil once the Service has ready pods and, if it is of type
// LoadBalancer, an address.
func AwaitService(c *store.Call, o *store.Object) error {
	s := Live[corev1.Service](o)
	if s.Spec.Type == corev1.ServiceTypeExternalName || s.Spec.ClusterIP == corev1.ClusterIPNone {
		return nil
	}
	// The provider waits for endpoints of a Service without a selector too, which only manually created Endpoints could
	// provide.
	if err := ServiceTargets.When(len(Endpoints(c.Account, o)) == 0, Name(o)); err != nil {
		return store.NotReady(err, nil)
	}
	waiting := s.Spec.Type == corev1.ServiceTypeLoadBalancer && len(s.Status.LoadBalancer.Ingress) == 0
	if err := ServiceAddressed.When(waiting, Name(o)); err != nil {
		return store.NotReady(err, controllers.LacksAddress(c.Account, o))
	}
	return nil
}
