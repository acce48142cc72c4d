package elb

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// No packet is sent. Whether a target is healthy is derived from which container or proxy listens on the health check
// port, and from the security groups in between.

// FailedHealthCheck returns why a target fails its health check, "" for one that passes it.
func FailedHealthCheck(w *store.Account, target *store.Object, id string) string {
	binding := BindingOfTargetGroup(w, target.ID)
	if binding == nil {
		return "it has no TargetGroupBinding"
	}
	t := TargetGroupOf(target)
	address, port := parseTarget(id)
	if own, err := strconv.Atoi(t.HealthCheck.Port); err == nil {
		port = own
	}
	name := bindingOf(binding).Spec.ServiceRef.Name
	if w.Find(binding.Cluster, store.ServiceType, kube.ObjectID(kube.Namespace(binding), name)) == nil {
		return "its Service is deleted"
	}
	eni, why := InterfaceWithAddress(w, address), ""
	if t.TargetType == "ip" {
		why = checkPodPort(w, binding.Cluster, address, port)
	} else {
		node := nodeOf(w, binding.Cluster, address)
		if node == nil {
			return "the instance is not a node"
		}
		eni, why = ec2.PrimaryInterface(w, node), checkNodePort(w, node, port, t.Attributes["proxy_protocol_v2.enabled"] == "true")
	}
	balancer := balancerOfTarget(w, target)
	if balancer != nil && !hasZoneOf(w, balancer, eni) {
		return targetNotInUse
	}
	if why == "" && eni != nil && !groupsAllow(w, eni, balancer, port) {
		why = "the security groups of " + eni.ID + " do not let the load balancer in on port " + strconv.Itoa(port)
	}
	return why
}

// parseTarget returns the address or instance of a target, and its port.
func parseTarget(id string) (address string, port int) {
	at := strings.LastIndex(id, ":")
	port, _ = strconv.Atoi(id[at+1:])
	return id[:at], port
}

func nodeOf(w *store.Account, cluster, instance string) *store.Object {
	return store.FirstOf(w.With(store.NodeType, "instanceId", instance, kube.InCluster(cluster)))
}

// InterfaceWithAddress returns the network interface with an address, of its own or of a pod; nil if there is none.
func InterfaceWithAddress(w *store.Account, address string) *store.Object {
	return store.FirstOf(w.Lookup(store.InterfaceType, "addresses", address, func(o *store.Object) []string {
		eni := ec2.InterfaceOf(o)
		return slices.Concat(eni.Pods, []string{eni.PrivateIP}, eni.IPv6)
	}))
}

// PodsWithAddress returns the pods of a cluster with an address.
func PodsWithAddress(w *store.Account, cluster, address string) []*store.Object {
	pods := w.Lookup(store.PodType, "address", address, func(o *store.Object) []string {
		own, _, _ := unstructured.NestedString(o.Outputs, "status", "podIP")
		return []string{own}
	})
	return store.Filter(pods, []func(*store.Object) bool{kube.InCluster(cluster)})
}

// checkPodPort returns why nothing in a pod listens on a port, "" if a container declares the port, or listens there
// without a declaration.
func checkPodPort(w *store.Account, cluster, address string, port int) string {
	pod := store.FirstOf(PodsWithAddress(w, cluster, address))
	if pod == nil {
		return "no pod has the address"
	}
	for _, container := range kube.Live[corev1.Pod](pod).Spec.Containers {
		for _, p := range container.Ports {
			if int(p.ContainerPort) == port && cmp.Or(p.Protocol, corev1.ProtocolTCP) == corev1.ProtocolTCP {
				return ""
			}
		}
	}
	if undeclared, _ := pod.Facts[kube.UndeclaredPorts].([]any); slices.Contains(undeclared, any(float64(port))) {
		return ""
	}
	return "no container of pod " + pod.ID + " listens on TCP port " + strconv.Itoa(port)
}

// checkNodePort returns why nothing on a node listens on a port, "" if kube-proxy does: it listens on the node ports of
// Services with pods to forward to, and on the health check ports of Services.
func checkNodePort(w *store.Account, node *store.Object, port int, proxied bool) string {
	if port == awsdata.KubeProxyHealthPort {
		return ""
	}
	for _, o := range kube.ObjectsIn(w, node.Cluster, store.ServiceType) {
		s := kube.Live[corev1.Service](o)
		switch {
		case int(s.Spec.HealthCheckNodePort) == port && proxied:
			return "the health check port " + strconv.Itoa(port) + " of Service " + o.ID + " speaks no proxy protocol"
		case int(s.Spec.HealthCheckNodePort) == port:
			return checkEndpoints(w, node, o, &s, nil)
		}
		if p := nodePortOf(&s, port); p != nil {
			return checkEndpoints(w, node, o, &s, p)
		}
	}
	return "nothing on " + kube.Name(node) + " listens on TCP port " + strconv.Itoa(port)
}

// nodePortOf returns the port of a Service that has a node port for TCP, nil if it has none.
func nodePortOf(s *corev1.Service, port int) *corev1.ServicePort {
	for i, p := range s.Spec.Ports {
		if int(p.NodePort) == port && p.Protocol == corev1.ProtocolTCP {
			return &s.Spec.Ports[i]
		}
	}
	return nil
}

// checkEndpoints returns why kube-proxy on a node has no ready pod of a Service to forward to, "" if it has one. port
// is the port of the Service, nil for the health check port, on which kube-proxy itself responds.
func checkEndpoints(w *store.Account, node, o *store.Object, s *corev1.Service, port *corev1.ServicePort) string {
	remote := func(pod *store.Object) bool {
		return kube.SendsLocally(s) && kube.Live[corev1.Pod](pod).Spec.NodeName != kube.Name(node)
	}
	pods := slices.DeleteFunc(kube.Endpoints(w, o), remote)
	if len(pods) == 0 {
		return kube.Name(node) + " has no ready pod of Service " + o.ID + " to send to"
	}
	if port == nil {
		return ""
	}
	for _, pod := range pods {
		if why := checkForwarding(w, node, pod, s, port); why != "" {
			return why
		}
	}
	return ""
}

// checkForwarding returns why kube-proxy on a node cannot forward connections to a pod, "" if it can. A pod with
// security groups in mode strict gets none of a Service that sends locally, which keep the address of the client
// (https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html).
func checkForwarding(w *store.Account, node, pod *store.Object, s *corev1.Service, port *corev1.ServicePort) string {
	if kube.SendsLocally(s) && nodepkg.IsStrict(w, pod) {
		return "pod " + pod.ID + " has security groups in mode strict, which is not supported with externalTrafficPolicy Local"
	}
	live := kube.Live[corev1.Pod](pod)
	number := kube.ContainerPort(&live.Spec, port.TargetPort)
	if !nodepkg.ReachesPod(w, node, pod, number) {
		return "the security groups of pod " + pod.ID + " do not let " + kube.Name(node) + " in on port " + strconv.Itoa(number)
	}
	return ""
}

// balancerOfTarget returns the load balancer whose listener or rule forwards to a target group, nil if there is none.
func balancerOfTarget(w *store.Account, target *store.Object) *LoadBalancer {
	listener := store.FirstOf(w.Holding(store.ListenerType, "targetGroupArns", target.ID))
	if rule := store.FirstOf(w.Holding(store.ListenerRuleType, "targetGroupArns", target.ID)); listener == nil && rule != nil {
		listener = w.Get(store.ListenerType, ListenerRuleOf(rule).Listener)
	}
	if listener == nil {
		return nil
	}
	if balancer := w.Get(store.LoadBalancerType, ListenerOf(listener).LoadBalancer); balancer != nil {
		return LoadBalancerOf(balancer)
	}
	return nil
}

// groupsAllow reports whether an interface's security groups allow a load balancer's on a port. Requests of a load
// balancer without security groups are from addresses of its subnets, which are not checked here.
func groupsAllow(w *store.Account, eni *store.Object, balancer *LoadBalancer, port int) bool {
	if balancer == nil || len(balancer.SecurityGroups) == 0 {
		return true
	}
	for _, group := range ec2.InterfaceOf(eni).Groups {
		for _, o := range w.With(store.GroupRuleType, "securityGroupId", group) {
			r := ec2.SecurityGroupRuleOf(o)
			ports := r.Protocol == "-1" || (r.From <= port && port <= r.To && r.Protocol == "tcp")
			sources := slices.Contains(r.CIDRs, "0.0.0.0/0") || slices.Contains(balancer.SecurityGroups, r.Source)
			if r.Direction == "ingress" && ports && sources {
				return true
			}
		}
	}
	return false
}

// FailingTargets returns why all targets of a group fail their health checks, "" if one does not.
func FailingTargets(w *store.Account, target *store.Object) string {
	reason := ""
	for _, id := range TargetGroupOf(target).Targets {
		if reason = FailedHealthCheck(w, target, id); reason == "" {
			return ""
		}
	}
	return reason
}

// ClassicFailing returns why all instances of a Classic Load Balancer fail its health check, "" if one does not. The
// proxy protocol is a policy of an instance's port, so the check does not use it
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-proxy-protocol.html).
func ClassicFailing(w *store.Account, balancer *store.Object) string {
	b := ClassicLoadBalancerOf(balancer)
	_, rest, _ := strings.Cut(b.HealthCheck.Target, ":")
	number, _, _ := strings.Cut(rest, "/")
	port, _ := strconv.Atoi(number)
	reason := ""
	for _, instance := range b.Instances {
		node := store.FirstOf(w.With(store.NodeType, "instanceId", instance))
		if node == nil {
			continue
		}
		if reason = outOfServiceReason(w, &b.LoadBalancer, instance); reason == "" {
			reason = checkNodePort(w, node, port, false)
		}
		if reason == "" {
			return ""
		}
	}
	return reason
}
