package world

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/internal/awsdata"
)

// No packet is sent. Whether a target is healthy follows from what stands: who listens on the port that the load balancer asks, and which
// security groups are in between.

// unhealthy is why a target does not answer its health check, "" for one that does.
func (w *World) unhealthy(target *Object, id string) string {
	binding := w.boundTo(target.ID)
	if binding == nil {
		return "no binding tells whose it is"
	}
	at := strings.LastIndex(id, ":")
	address, h := id[:at], healthOf(target)
	port, err := strconv.Atoi(h.Port)
	if err != nil {
		port, _ = strconv.Atoi(id[at+1:])
	}
	service := w.find(binding.Cluster, serviceType, identity(binding.namespace(), binding.text("spec.serviceRef.name")))
	if service == nil {
		return "its Service is gone"
	}
	proxied := mapOf(target.Outputs["attributes"])["proxy_protocol_v2.enabled"] == "true"
	eni, why := w.interfaceHoldingIn(address), ""
	if target.text("targetType") == "ip" {
		why = w.podSilent(binding.Cluster, address, port)
	} else {
		node := w.nodeOf(binding.Cluster, address)
		if node == nil {
			return "the instance is no node"
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

// boundTo is the binding of a target group, nil where none stands.
func (w *World) boundTo(arn string) *Object {
	return firstOf(w.with(bindingType, "spec.targetGroupARN", arn, func(b *Object) bool { return !b.deleting() }))
}

func (w *World) nodeOf(cluster, instance string) *Object {
	return firstOf(w.with(nodeType, "instanceId", instance, inCluster(cluster)))
}

// interfaceHoldingIn is the network interface that has an address, nil where none does.
func (w *World) interfaceHoldingIn(address string) *Object {
	return firstOf(only(w.lookup(interfaceType, "addresses", address, func(eni *Object) []string { return append(eni.texts("pods"), eni.text("privateIp")) }), nil))
}

// podSilent is why nothing of a pod answers on a port, "" where a container says that it listens there.
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

// nodeSilent is why nothing of a node answers on a port: kube-proxy does on the ports of Services with pods to send to, and on those on which it
// tells whether the node has any.
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

// balancerOfTarget is the load balancer whose listener or rule forwards to a target group, nil where none does.
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

// letsIn tells whether an interface's security groups let a load balancer's in on a port. One without groups of its own comes from its
// subnets' addresses, which nobody here looks at.
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

// failing is why all targets of a group fail their health checks, "" where one does not.
func (w *World) failing(target *Object) string {
	reason := ""
	for _, id := range target.texts("targets") {
		if reason = w.unhealthy(target, id); reason == "" {
			return ""
		}
	}
	return reason
}

// classicFailing is why all instances of a classic load balancer fail its health check, "" where one does not. The proxy protocol is a
// policy of an instance's port, so the check goes without
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
