package world

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/internal/awsdata"
)

// No packet is sent. Whether a target is healthy is derived from which container or proxy listens on the health check
// port, and from the security groups in between.

// unhealthy returns why a target fails its health check, "" for one that passes it.
func (w *World) unhealthy(target *Object, id string) string {
	binding := w.boundTo(target.ID)
	if binding == nil {
		return "it has no TargetGroupBinding"
	}
	at := strings.LastIndex(id, ":")
	address, h := id[:at], healthOf(target)
	port, err := strconv.Atoi(h.Port)
	if err != nil {
		port, _ = strconv.Atoi(id[at+1:])
	}
	service := w.find(binding.Cluster, serviceType, identity(binding.namespace(), binding.text("spec.serviceRef.name")))
	if service == nil {
		return "its Service is deleted"
	}
	proxied := mapOf(target.Outputs["attributes"])["proxy_protocol_v2.enabled"] == "true"
	eni, why := w.interfaceHoldingIn(address), ""
	if target.text("targetType") == "ip" {
		why = w.podSilent(binding.Cluster, address, port)
	} else {
		node := w.nodeOf(binding.Cluster, address)
		if node == nil {
			return "the instance is not a node"
		}
		eni, why = w.interfaceOf(node), w.nodeSilent(node, port, proxied)
	}
	balancer := w.balancerOfTarget(target)
	if balancer != nil && !w.enabledIn(balancer, eni) {
		return targetNotInUse
	}
	if why == "" && eni != nil && !w.letsIn(eni, balancer, port) {
		why = "the security groups of " + eni.ID + " do not let the load balancer in on port " + strconv.Itoa(port)
	}
	return why
}

// boundTo returns the binding of a target group, nil if there is none.
func (w *World) boundTo(arn string) *Object {
	return firstOf(w.with(bindingType, "spec.targetGroupARN", arn, func(b *Object) bool { return !b.deleting() }))
}

func (w *World) nodeOf(cluster, instance string) *Object {
	return firstOf(w.with(nodeType, "instanceId", instance, inCluster(cluster)))
}

// interfaceHoldingIn returns the network interface with an address, nil if there is none.
func (w *World) interfaceHoldingIn(address string) *Object {
	return firstOf(only(w.lookup(interfaceType, "addresses", address, func(eni *Object) []string { return append(eni.texts("pods"), eni.text("privateIp")) }), nil))
}

// podSilent returns why nothing in a pod listens on a port, "" if a container declares the port.
func (w *World) podSilent(cluster, address string, port int) string {
	pod := firstOf(w.with(podType, "status.podIP", address, inCluster(cluster)))
	if pod == nil {
		return "no pod has the address"
	}
	for _, container := range listOf(pod.at("spec.containers")) {
		for _, p := range listOf(container["ports"]) {
			if integer(p["containerPort"]) == port && orText(p["protocol"], "TCP") == "TCP" {
				return ""
			}
		}
	}
	return "no container of pod " + pod.ID + " listens on TCP port " + strconv.Itoa(port)
}

// nodeSilent returns why nothing on a node listens on a port: kube-proxy listens on the node ports of Services with
// pods to forward to, and on the health check ports of Services.
func (w *World) nodeSilent(node *Object, port int, proxied bool) string {
	if port == awsdata.KubeProxyHealthPort {
		return ""
	}
	for _, o := range w.in(node.Cluster, serviceType) {
		s := live[corev1.Service](o)
		pods := w.endpoints(o)
		if isLocal(&s) {
			pods = slices.DeleteFunc(pods, func(pod *Object) bool { return pod.text("spec.nodeName") != node.name() })
		}
		if int(s.Spec.HealthCheckNodePort) == port {
			if proxied {
				return "the health check port " + strconv.Itoa(port) + " of Service " + o.ID + " speaks no proxy protocol"
			}
			return noPods(o, node, pods)
		}
		for _, p := range s.Spec.Ports {
			if int(p.NodePort) == port && p.Protocol == corev1.ProtocolTCP {
				return noPods(o, node, pods)
			}
		}
	}
	return "nothing on " + node.name() + " listens on TCP port " + strconv.Itoa(port)
}

func noPods(service, node *Object, pods []*Object) string {
	if len(pods) > 0 {
		return ""
	}
	return node.name() + " has no ready pod of Service " + service.ID + " to send to"
}

// balancerOfTarget returns the load balancer whose listener or rule forwards to a target group, nil if there is none.
func (w *World) balancerOfTarget(target *Object) *Object {
	sender := firstOf(append(w.holding(listenerType, "targetGroupArns", target.ID), w.holding(listenerRuleType, "targetGroupArns", target.ID)...))
	if sender == nil {
		return nil
	}
	if listener := w.get(listenerType, sender.text("listenerArn")); listener != nil {
		sender = listener
	}
	return w.get(loadBalancerType, sender.text("loadBalancerArn"))
}

// letsIn reports whether an interface's security groups allow a load balancer's on a port. Requests of a load balancer
// without security groups are from addresses of its subnets, which are not checked here.
func (w *World) letsIn(eni, balancer *Object, port int) bool {
	if balancer == nil || len(balancer.texts("securityGroups")) == 0 {
		return true
	}
	from := balancer.texts("securityGroups")
	for _, group := range eni.texts("securityGroups") {
		for _, r := range w.with(groupRuleType, "securityGroupId", group, where("type", "ingress")) {
			ports := r.text("protocol") == "-1" || (r.number("fromPort") <= port && port <= r.number("toPort") && r.text("protocol") == "tcp")
			open := slices.Contains(r.texts("cidrBlocks"), "0.0.0.0/0") || slices.Contains(from, r.text("sourceSecurityGroupId"))
			if ports && open {
				return true
			}
		}
	}
	return false
}

// failing returns why all targets of a group fail their health checks, "" if one does not.
func (w *World) failing(target *Object) string {
	reason := ""
	for _, id := range target.texts("targets") {
		if reason = w.unhealthy(target, id); reason == "" {
			return ""
		}
	}
	return reason
}

// classicFailing returns why all instances of a Classic Load Balancer fail its health check, "" if one does not. The
// proxy protocol is a policy of an instance's port, so the check does not use it
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-proxy-protocol.html).
func (w *World) classicFailing(balancer *Object) string {
	_, rest, _ := strings.Cut(balancer.text("healthCheck.target"), ":")
	number, _, _ := strings.Cut(rest, "/")
	port, _ := strconv.Atoi(number)
	reason := ""
	for _, instance := range balancer.texts("instances") {
		node := firstOf(w.with(nodeType, "instanceId", instance))
		if node == nil {
			continue
		}
		if reason = w.outOfService(balancer, instance); reason == "" {
			reason = w.nodeSilent(node, port, false)
		}
		if reason == "" {
			return ""
		}
	}
	return reason
}
