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

// path holds a workload's path against what stands.
func (c *comparison) path(w rehearsed.Workload) {
	i := slices.IndexFunc(c.stack.Paths, func(p path.Path) bool { return p.Workload == w.Name })
	if i < 0 {
		c.same(w.Name+": path", "one", "none is told")
		return
	}
	planned := observable(c.stack.Paths[i])
	slices.Sort(planned.Balancer.Zones)
	slices.Sort(planned.Clients)
	made := (&traveller{comparison: c, workload: w, balancer: c.made.Balancers[behind(w)], target: c.made.Targets[c.made.groupOf(w)]}).way(planned)
	compare(w.Name+": path", "planned", generic(planned), generic(made), &c.lines)
}

// observable is a path without what leaves no trace in an account: the port on which pods listen, and what they send
// themselves.
func observable(p path.Path) path.Path {
	p.Pod, p.Out = path.Pod{}, path.Out{}
	return p
}

// traveller goes the way of a packet through what stands.
type traveller struct {
	*comparison
	workload rehearsed.Workload
	balancer Balancer
	target   Target
}

// way is the path that a packet takes. Of the planned one it knows which of a group's listeners it comes by.
func (t *traveller) way(planned path.Path) path.Path {
	made := path.Path{Workload: t.workload.Name, Kind: t.kind(), KubeProxy: t.hop(), Told: t.told(), Target: t.to(), Health: t.health(),
		Balancer: &path.Balancer{Scheme: t.balancer.Scheme, Group: t.workload.Group, Listeners: t.listeners(planned)}}
	for _, name := range t.balancer.Subnets {
		i := slices.IndexFunc(t.stack.Network.Subnets, func(s rehearsed.Subnet) bool { return s.Tags["Name"] == name })
		if i < 0 {
			made.Balancer.Zones = append(made.Balancer.Zones, "unknown subnet "+name)
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
	made.Zones = path.Crossings{ToTarget: t.crosses(), ToPod: made.KubeProxy == path.AnyPod}
	return made
}

// kind is the stack file's word for the load balancer, "" where none stands.
func (t *traveller) kind() string {
	for kind, made := range balancerKinds {
		if made == t.balancer.Kind {
			return kind
		}
	}
	return ""
}

// listeners are the load balancer's; of a group's those that are planned for this member, if they stand.
func (t *traveller) listeners(planned path.Path) (made []balancer.Listener) {
	for port, l := range t.balancer.Listeners {
		number, _ := strconv.Atoi(port)
		if t.workload.Group == "" || slices.ContainsFunc(planned.Balancer.Listeners, func(p balancer.Listener) bool { return p.Port == number }) {
			made = append(made, balancer.Listener{Port: number, Protocol: l.Protocol, Redirect: strings.HasPrefix(l.Default, "redirect")})
		}
	}
	slices.SortFunc(made, func(a, b balancer.Listener) int { return cmp.Compare(a.Port, b.Port) })
	return made
}

// clients are who the load balancer's security groups let in to its listeners. Groups of the operator's own are not the
// plan's to tell.
func (t *traveller) clients(planned path.Path) []string {
	if len(planned.Clients) == 0 {
		return nil
	}
	let := map[string]bool{}
	for _, l := range t.listeners(planned) {
		transport := "tcp"
		if l.Protocol == config.ProtocolUDP {
			transport = "udp"
		}
		for _, group := range t.balancer.Groups {
			for _, rule := range t.made.Groups[group].Rules {
				if from, found := strings.CutPrefix(rule, transport+" "+strconv.Itoa(l.Port)+" from "); found {
					from, _, _ = strings.Cut(from, " ")
					let[from] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(let))
}

// to is what the load balancer sends to. An application load balancer's HTTP is TCP to who counts packets.
func (t *traveller) to() *path.Target {
	if t.balancer.Kind == "classic" {
		return &path.Target{Type: config.TargetInstance, Protocol: config.ProtocolTCP}
	}
	to := &path.Target{Type: t.target.Type, Protocol: t.target.Protocol}
	if to.Protocol == config.HealthHTTP {
		to.Protocol = config.ProtocolTCP
	}
	for _, target := range t.target.Targets {
		_, port, _ := strings.Cut(target, ":")
		to.Port, _ = strconv.Atoi(port) // a node port has no number here
	}
	return to
}

// hop is kube-proxy's part, by the Service behind.
func (t *traveller) hop() path.Hop {
	_, service, _ := strings.Cut(t.workload.AddressOf, " ")
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

// source is whose address the pod sees.
func (t *traveller) source(hop path.Hop) path.Address {
	switch {
	case hop == path.AnyPod:
		return path.Nodes
	case t.target.Attributes[awsdata.PreserveClientIP] == "true":
		return path.Clients
	default:
		return path.Balancers
	}
}

// told is by what the pod learns the client's address beside that of the packet. An ALB appends a header unless its
// attribute says otherwise.
func (t *traveller) told() string {
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

// crosses tells whether the load balancer sends to targets of other zones.
func (t *traveller) crosses() bool {
	switch own := t.target.Attributes[awsdata.TargetGroupCrossZone]; own {
	case "true", "false":
		return own == "true"
	}
	return t.balancer.Kind == "application" || t.balancer.Attributes[awsdata.LoadBalancerCrossZone] == "true" || t.balancer.Attributes["crossZone"] == "true"
}

// health is how the load balancer asks its targets.
func (t *traveller) health() *balancer.HealthCheck {
	told, port := t.target.Health, t.target.Health["port"]
	check := &balancer.HealthCheck{Protocol: told["protocol"], Path: told["path"]}
	if t.balancer.Kind == "classic" {
		told = t.balancer.Health
		var rest string
		check.Protocol, rest, _ = strings.Cut(told["target"], ":")
		port, check.Path, _ = strings.Cut(rest, "/")
		if check.Path != "" {
			check.Path = "/" + check.Path
		}
	}
	if config.Port(port) == config.TrafficPort {
		check.Port = t.to().Port
	} else {
		check.Port, _ = strconv.Atoi(port)
	}
	for name, into := range map[string]*int{"interval": &check.Interval, "timeout": &check.Timeout, "healthyThreshold": &check.Healthy, "unhealthyThreshold": &check.Unhealthy} {
		*into, _ = strconv.Atoi(told[name])
	}
	check.By = cmp.Or(answererOfPort[port], balancer.AnswersPod)
	return check
}

// answererOfPort is who answers at ports of nodes that are not for traffic.
var answererOfPort = map[string]string{
	healthPort: balancer.AnswersLocal, strconv.Itoa(awsdata.KubeProxyHealthPort): balancer.AnswersProxy, strconv.Itoa(awsdata.KubeletPort): balancer.AnswersKubelet,
}
