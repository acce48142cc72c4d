package elb

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// No packet is sent. Whether a target is healthy is derived from which container or proxy listens on the health check
// port, and from the security groups in between.

// Unhealthy returns why a target fails its health check, "" for one that passes it.
func Unhealthy(w *store.Account, target *store.Object, id string) string {
	binding := BoundTo(w, target.ID)
	if binding == nil {
		return "it has no TargetGroupBinding"
	}
	at := strings.LastIndex(id, ":")
	address, h := id[:at], HealthOf(target)
	port, err := strconv.Atoi(h.Port)
	if err != nil {
		port, _ = strconv.Atoi(id[at+1:])
	}
	service := w.Find(binding.Cluster, store.ServiceType, kube.Identity(kube.Namespace(binding), binding.Text("spec.serviceRef.name")))
	if service == nil {
		return "its Service is deleted"
	}
	proxied := store.MapOf(target.Outputs["attributes"])["proxy_protocol_v2.enabled"] == "true"
	eni, why := InterfaceHoldingIn(w, address), ""
	if target.Text("targetType") == "ip" {
		why = podSilent(w, binding.Cluster, address, port)
	} else {
		node := nodeOf(w, binding.Cluster, address)
		if node == nil {
			return "the instance is not a node"
		}
		eni, why = ec2.InterfaceOf(w, node), nodeSilent(w, node, port, proxied)
	}
	balancer := balancerOfTarget(w, target)
	if balancer != nil && !enabledIn(w, balancer, eni) {
		return targetNotInUse
	}
	if why == "" && eni != nil && !letsIn(w, eni, balancer, port) {
		why = "the security groups of " + eni.ID + " do not let the load balancer in on port " + strconv.Itoa(port)
	}
	return why
}

// BoundTo returns the binding of a target group, nil if there is none.
func BoundTo(w *store.Account, arn string) *store.Object {
	return store.FirstOf(w.With(store.BindingType, "spec.targetGroupARN", arn, func(b *store.Object) bool { return !kube.Deleting(b) }))
}

func nodeOf(w *store.Account, cluster, instance string) *store.Object {
	return store.FirstOf(w.With(store.NodeType, "instanceId", instance, kube.InCluster(cluster)))
}

// InterfaceHoldingIn returns the network interface with an address, nil if there is none.
func InterfaceHoldingIn(w *store.Account, address string) *store.Object {
	return store.FirstOf(store.Only(w.Lookup(store.InterfaceType, "addresses", address, func(eni *store.Object) []string { return append(eni.Texts("pods"), eni.Text("privateIp")) }), nil))
}

// podSilent returns why nothing in a pod listens on a port, "" if a container declares the port.
func podSilent(w *store.Account, cluster, address string, port int) string {
	pod := store.FirstOf(w.With(store.PodType, "status.podIP", address, kube.InCluster(cluster)))
	if pod == nil {
		return "no pod has the address"
	}
	for _, container := range store.ListOf(pod.At("spec.containers")) {
		for _, p := range store.ListOf(container["ports"]) {
			if store.Integer(p["containerPort"]) == port && store.OrText(p["protocol"], "TCP") == "TCP" {
				return ""
			}
		}
	}
	return "no container of pod " + pod.ID + " listens on TCP port " + strconv.Itoa(port)
}

// nodeSilent returns why nothing on a node listens on a port: kube-proxy listens on the node ports of Services with
// pods to forward to, and on the health check ports of Services.
func nodeSilent(w *store.Account, node *store.Object, port int, proxied bool) string {
	if port == awsdata.KubeProxyHealthPort {
		return ""
	}
	for _, o := range kube.In(w, node.Cluster, store.ServiceType) {
		s := kube.Live[corev1.Service](o)
		pods := kube.Endpoints(w, o)
		if kube.IsLocal(&s) {
			pods = slices.DeleteFunc(pods, func(pod *store.Object) bool { return pod.Text("spec.nodeName") != kube.Name(node) })
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
	return "nothing on " + kube.Name(node) + " listens on TCP port " + strconv.Itoa(port)
}

func noPods(service, node *store.Object, pods []*store.Object) string {
	if len(pods) > 0 {
		return ""
	}
	return kube.Name(node) + " has no ready pod of Service " + service.ID + " to send to"
}

// balancerOfTarget returns the load balancer whose listener or rule forwards to a target group, nil if there is none.
func balancerOfTarget(w *store.Account, target *store.Object) *store.Object {
	sender := store.FirstOf(append(w.Holding(store.ListenerType, "targetGroupArns", target.ID), w.Holding(store.ListenerRuleType, "targetGroupArns", target.ID)...))
	if sender == nil {
		return nil
	}
	if listener := w.Get(store.ListenerType, sender.Text("listenerArn")); listener != nil {
		sender = listener
	}
	return w.Get(store.LoadBalancerType, sender.Text("loadBalancerArn"))
}

// letsIn reports whether an interface's security groups allow a load balancer's on a port. Requests of a load balancer
// without security groups are from addresses of its subnets, which are not checked here.
func letsIn(w *store.Account, eni, balancer *store.Object, port int) bool {
	if balancer == nil || len(balancer.Texts("securityGroups")) == 0 {
		return true
	}
	from := balancer.Texts("securityGroups")
	for _, group := range eni.Texts("securityGroups") {
		for _, r := range w.With(store.GroupRuleType, "securityGroupId", group, store.Where("type", "ingress")) {
			ports := r.Text("protocol") == "-1" || (r.Number("fromPort") <= port && port <= r.Number("toPort") && r.Text("protocol") == "tcp")
			open := slices.Contains(r.Texts("cidrBlocks"), "0.0.0.0/0") || slices.Contains(from, r.Text("sourceSecurityGroupId"))
			if ports && open {
				return true
			}
		}
	}
	return false
}

// Failing returns why all targets of a group fail their health checks, "" if one does not.
func Failing(w *store.Account, target *store.Object) string {
	reason := ""
	for _, id := range target.Texts("targets") {
		if reason = Unhealthy(w, target, id); reason == "" {
			return ""
		}
	}
	return reason
}

// ClassicFailing returns why all instances of a Classic Load Balancer fail its health check, "" if one does not. The
// proxy protocol is a policy of an instance's port, so the check does not use it
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-proxy-protocol.html).
func ClassicFailing(w *store.Account, balancer *store.Object) string {
	_, rest, _ := strings.Cut(balancer.Text("healthCheck.target"), ":")
	number, _, _ := strings.Cut(rest, "/")
	port, _ := strconv.Atoi(number)
	reason := ""
	for _, instance := range balancer.Texts("instances") {
		node := store.FirstOf(w.With(store.NodeType, "instanceId", instance))
		if node == nil {
			continue
		}
		if reason = outOfService(w, balancer, instance); reason == "" {
			reason = nodeSilent(w, node, port, false)
		}
		if reason == "" {
			return ""
		}
	}
	return reason
}
