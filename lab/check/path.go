package check

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/lab/rehearsed"
	"eksnet/path"
	"eksnet/plan/balancer"
)

// comparePath compares the planned path of a workload with the one that follows from the observed objects.
func (c *comparison) comparePath(w rehearsed.Workload) {
	i := slices.IndexFunc(c.stack.Paths, func(p path.Path) bool { return p.Workload == w.Name })
	if i < 0 {
		c.same(w.Name+": path", "one", "none")
		return
	}
	planned := observable(c.stack.Paths[i])
	slices.Sort(planned.Balancer.Zones)
	slices.Sort(planned.Clients)
	observed := &observedPath{comparison: c, workload: w, balancer: c.made.Balancers[behind(w)], target: c.made.Targets[c.made.groupOf(w)]}
	compare(w.Name+": path", "planned", generic(planned), generic(observed.build(planned)), &c.lines)
}

// observable returns a path without the parts that the account does not show: the port of the pods and their egress.
func observable(p path.Path) path.Path {
	p.Pod, p.Out = path.Pod{}, path.Out{}
	return p
}

// observedPath derives the path of a workload from the observed load balancer and target group.
type observedPath struct {
	*comparison
	workload rehearsed.Workload
	balancer Balancer
	target   Target
}

// build returns the path. The planned path selects the listeners of a shared load balancer.
func (t *observedPath) build(planned path.Path) path.Path {
	made := path.Path{Workload: t.workload.Name, Kind: t.kind(), KubeProxy: t.hop(), ClientAddressIn: t.clientAddressIn(), Target: t.targetOf(), Health: t.healthCheck(),
		Balancer: &path.Balancer{Scheme: t.balancer.Scheme, DualStack: t.balancer.AddressType == "dualstack", Group: t.workload.Group, Listeners: t.listeners(planned)}}
	for _, id := range t.balancer.Subnets {
		i := slices.IndexFunc(t.stack.Network.Subnets, func(s rehearsed.Subnet) bool { return s.ID == id })
		if i < 0 {
			made.Balancer.Zones = append(made.Balancer.Zones, "unknown subnet "+id)
			continue
		}
		subnet := t.stack.Network.Subnets[i]
		made.Balancer.Zones = append(made.Balancer.Zones, subnet.Zone)
		made.Balancer.Subnets = config.PrivateSubnets
		if slices.ContainsFunc(t.stack.Network.RouteTables, func(r rehearsed.RouteTable) bool { return r.Internet && slices.Contains(r.Subnets, subnet.ID) }) {
			made.Balancer.Subnets = config.PublicSubnets
		}
	}
	slices.Sort(made.Balancer.Zones)
	made.Clients = t.clients(planned)
	made.Source = t.source(made.KubeProxy)
	if t.target.Binding.AddressType == "ipv6" {
		made.SourceOfIPv4 = path.Balancers // no address is kept across families
	}
	if t.hasProxy() {
		made.Proxied, made.Source, made.SourceOfIPv4 = true, path.Proxies, ""
		if t.stack.Cluster.IPv6 {
			made.Source = path.ProxiesIPv6
		}
	}
	made.Zones = path.Crossings{ToTarget: t.crosses(), ToPod: made.KubeProxy == path.AnyPod}
	return made
}

// hasProxy reports whether the traffic of the target group passes a proxy to the application in its pods. The pods of
// the mesh's gateway have a proxy alone, and proxies pass UDP on unchanged.
func (t *observedPath) hasProxy() bool {
	pod, found := t.made.Proxied[podNamed(t.workload.Name, t.workload.Name)]
	return found && len(pod.Containers) > 1 && t.target.Protocol != config.ProtocolUDP
}

// kind returns the kind of the load balancer as the stack file names it, "" without a load balancer.
func (t *observedPath) kind() string {
	for _, kind := range config.BalancedKinds {
		gateway := strings.HasPrefix(behind(t.workload), "Gateway ")
		if balancerKind(kind) == t.balancer.Kind && gateway == slices.Contains(config.GatewayKinds, kind) {
			return kind
		}
	}
	return ""
}

// listeners returns the listeners of the load balancer; of a shared one, those that are planned for this member.
func (t *observedPath) listeners(planned path.Path) (made []balancer.Listener) {
	for port, l := range t.balancer.Listeners {
		number, _ := strconv.Atoi(port)
		if t.workload.Group == "" || slices.ContainsFunc(planned.Balancer.Listeners, func(p balancer.Listener) bool { return p.Port == number }) {
			made = append(made, balancer.Listener{Port: number, Protocol: l.Protocol, Redirect: l.redirects()})
		}
	}
	slices.SortFunc(made, func(a, b balancer.Listener) int { return cmp.Compare(a.Port, b.Port) })
	return made
}

// redirects reports whether a listener redirects all requests: that of an Ingress by its default action, that of a
// Gateway by its only rule.
func (l Listener) redirects() bool {
	if strings.HasPrefix(l.Default, "redirect") {
		return true
	}
	for _, rule := range l.Rules {
		if !strings.HasPrefix(rule.Forward, "redirect") {
			return false
		}
	}
	return len(l.Rules) > 0
}

// clients returns the ranges that the load balancer's security groups allow. The plan has none for the operator's own
// security groups.
func (t *observedPath) clients(planned path.Path) []string {
	if len(planned.Clients) == 0 {
		return nil
	}
	allowed := map[string]bool{}
	for _, l := range t.listeners(planned) {
		transport := "tcp"
		if l.Protocol == config.ProtocolUDP {
			transport = "udp"
		}
		for _, group := range t.balancer.Groups {
			for _, rule := range t.made.Groups[group].Rules {
				if from, found := strings.CutPrefix(rule, transport+" "+strconv.Itoa(l.Port)+" from "); found {
					from, _, _ = strings.Cut(from, " ")
					allowed[from] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(allowed))
}

// targetOf returns the target of the load balancer. HTTP is TCP on the network.
func (t *observedPath) targetOf() *path.Target {
	if t.balancer.Kind == "classic" {
		return &path.Target{Type: config.TargetInstance, Protocol: config.ProtocolTCP}
	}
	to := &path.Target{Type: t.target.Type, Protocol: t.target.Protocol}
	if to.Protocol == config.HealthHTTP {
		to.Protocol = config.ProtocolTCP
	}
	for _, target := range t.target.Targets {
		_, port := cutTarget(target)
		to.Port, _ = strconv.Atoi(port) // a node port has no number here
	}
	return to
}

// hop returns what kube-proxy does, by the Service of the workload.
func (t *observedPath) hop() path.Hop {
	service := serviceOf(t.workload)
	policy := t.made.Services[service].Policy
	switch {
	case t.target.Type == config.TargetIP:
		return path.NoHop
	case policy == config.PolicyLocal:
		return path.LocalPod
	case policy == config.PolicyCluster:
		return path.AnyPod
	}
	return path.Hop("no node has a port for Service " + service)
}

// source returns the source address that the pod sees.
func (t *observedPath) source(hop path.Hop) path.Address {
	switch {
	case hop == path.AnyPod:
		return path.Nodes
	case t.target.Attributes[awsdata.PreserveClientIP] == "true":
		return path.Clients
	default:
		return path.Balancers
	}
}

// clientAddressIn returns where a pod finds the client's address besides the source address. An ALB appends a header
// unless its attribute is set otherwise.
func (t *observedPath) clientAddressIn() string {
	mode := cmp.Or(t.balancer.Attributes[awsdata.ForwardedForMode], awsdata.LoadBalancerAttributes[awsdata.ApplicationLoadBalancer][awsdata.ForwardedForMode].Default)
	switch {
	case t.balancer.Kind == awsdata.ApplicationLoadBalancer && mode == "append":
		return path.ForwardedForHeader
	case t.balancer.ProxyProtocol:
		return path.ProxyProtocolV1
	case t.target.Attributes[awsdata.ProxyProtocolV2] == "true":
		return path.ProxyProtocolV2
	}
	return ""
}

// crosses reports whether the load balancer sends to targets of other zones.
func (t *observedPath) crosses() bool {
	switch own := t.target.Attributes[awsdata.TargetGroupCrossZone]; own {
	case "true", "false":
		return own == "true"
	}
	return t.balancer.Kind == "application" || t.balancer.Attributes[awsdata.LoadBalancerCrossZone] == "true" || t.balancer.Attributes["crossZone"] == "true"
}

// healthCheck returns the health check of the targets.
func (t *observedPath) healthCheck() *balancer.HealthCheck {
	settings, port := t.target.Health, t.target.Health["port"]
	check := &balancer.HealthCheck{Protocol: settings["protocol"], Path: settings["path"]}
	if t.balancer.Kind == "classic" {
		settings = t.balancer.Health
		var rest string
		check.Protocol, rest, _ = strings.Cut(settings["target"], ":")
		port, check.Path, _ = strings.Cut(rest, "/")
		if check.Path != "" {
			check.Path = "/" + check.Path
		}
	}
	if config.Port(port) == config.TrafficPort {
		check.Port = t.targetOf().Port
	} else {
		check.Port, _ = strconv.Atoi(port)
	}
	for name, into := range map[string]*int{"interval": &check.Interval, "timeout": &check.Timeout, "healthyThreshold": &check.Healthy, "unhealthyThreshold": &check.Unhealthy} {
		*into, _ = strconv.Atoi(settings[name])
	}
	check.By = cmp.Or(answererOfPort[port], balancer.AnswersPod)
	return check
}

// answererOfPort holds the programs that answer on the ports of nodes that are not for traffic.
var answererOfPort = map[string]string{
	healthPort: balancer.AnswersLocal, strconv.Itoa(awsdata.KubeProxyHealthPort): balancer.AnswersProxy, strconv.Itoa(awsdata.KubeletPort): balancer.AnswersKubelet,
}
