package check

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"eksnet/lab/rehearsed"
)

// path holds a workload's path against what stands.
func (c *comparison) path(w rehearsed.Workload) {
	i := slices.IndexFunc(c.stack.Paths, func(p rehearsed.Path) bool { return p.Workload == w.Name })
	if i < 0 {
		c.same(w.Name+": path", "one", "none is told")
		return
	}
	planned := c.stack.Paths[i]
	slices.Sort(planned.Balancer.Zones)
	slices.Sort(planned.Clients)
	made := (&traveller{comparison: c, workload: w, balancer: c.made.Balancers[behind(w)], target: c.made.Targets[c.made.groupOf(w)]}).way(planned)
	compare(w.Name+": path", "planned", generic(planned), generic(made), &c.lines)
}

// traveller goes the way of a packet through what stands.
type traveller struct {
	*comparison
	workload rehearsed.Workload
	balancer Balancer
	target   Target
}

// way is the path that a packet takes. Of the planned one it knows which of a group's listeners it comes by.
func (t *traveller) way(planned rehearsed.Path) rehearsed.Path {
	made := rehearsed.Path{Workload: t.workload.Name, KubeProxy: t.hop(), Told: t.told(), Target: t.to(), Health: t.health(),
		Balancer: &rehearsed.Balancer{Scheme: t.balancer.Scheme, Group: t.workload.Group, Listeners: t.listeners(planned)}}
	for _, name := range t.balancer.Subnets {
		i := slices.IndexFunc(t.stack.Network.Subnets, func(s rehearsed.Subnet) bool { return s.Tags["Name"] == name })
		if i < 0 {
			made.Balancer.Zones = append(made.Balancer.Zones, "unknown subnet "+name)
			continue
		}
		subnet := t.stack.Network.Subnets[i]
		made.Balancer.Zones = append(made.Balancer.Zones, subnet.Zone)
		made.Balancer.Subnets = "private"
		if slices.ContainsFunc(t.stack.Network.RouteTables, func(r rehearsed.RouteTable) bool { return r.Internet && slices.Contains(r.Subnets, subnet.ID) }) {
			made.Balancer.Subnets = "public"
		}
	}
	slices.Sort(made.Balancer.Zones)
	made.Clients = t.clients(planned)
	made.Source = t.source(made.KubeProxy)
	made.Zones = rehearsed.Crossings{ToTarget: t.crosses(), ToPod: made.KubeProxy == "any pod"}
	return made
}

// listeners are the load balancer's; of a group's those that are planned for this member, if they stand.
func (t *traveller) listeners(planned rehearsed.Path) (made []rehearsed.ListenerOfPath) {
	for port, l := range t.balancer.Listeners {
		number, _ := strconv.Atoi(port)
		if t.workload.Group == "" || slices.ContainsFunc(planned.Balancer.Listeners, func(p rehearsed.ListenerOfPath) bool { return p.Port == number }) {
			made = append(made, rehearsed.ListenerOfPath{Port: number, Protocol: l.Protocol, Redirect: strings.HasPrefix(l.Default, "redirect")})
		}
	}
	slices.SortFunc(made, func(a, b rehearsed.ListenerOfPath) int { return cmp.Compare(a.Port, b.Port) })
	return made
}

// clients are who the load balancer's security groups let in to its listeners. Groups of the operator's own are not the plan's to tell.
func (t *traveller) clients(planned rehearsed.Path) []string {
	if len(planned.Clients) == 0 {
		return nil
	}
	let := map[string]bool{}
	for _, l := range t.listeners(planned) {
		transport := "tcp"
		if l.Protocol == "UDP" {
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
func (t *traveller) to() rehearsed.Target {
	if t.balancer.Kind == "classic" {
		return rehearsed.Target{Type: "instance", Protocol: "TCP"}
	}
	to := rehearsed.Target{Type: t.target.Type, Protocol: t.target.Protocol}
	if to.Protocol == "HTTP" {
		to.Protocol = "TCP"
	}
	for _, target := range t.target.Targets {
		_, port, _ := strings.Cut(target, ":")
		to.Port, _ = strconv.Atoi(port) // a node port has no number here
	}
	return to
}

// hop is kube-proxy's part, by the Service behind.
func (t *traveller) hop() string {
	_, service, _ := strings.Cut(t.workload.AddressOf, " ")
	policy := t.made.Services[service].Policy
	switch {
	case t.target.Type == "ip":
		return "none"
	case policy == "Local":
		return "local pods"
	case policy == "Cluster":
		return "any pod"
	}
	return "no node has a port for Service " + service
}

// source is whose address the pod sees.
func (t *traveller) source(hop string) string {
	switch {
	case hop == "any pod":
		return "the node's"
	case t.target.Attributes["preserve_client_ip.enabled"] == "true":
		return "the client's"
	default:
		return "the load balancer's"
	}
}

func (t *traveller) told() string {
	switch {
	case t.balancer.Kind == "application":
		return "the header X-Forwarded-For"
	case t.balancer.ProxyProtocol:
		return "the proxy protocol, version 1"
	case t.target.Attributes["proxy_protocol_v2.enabled"] == "true":
		return "the proxy protocol, version 2"
	}
	return ""
}

// crosses tells whether the load balancer sends to targets of other zones.
func (t *traveller) crosses() bool {
	switch own := t.target.Attributes["load_balancing.cross_zone.enabled"]; own {
	case "true", "false":
		return own == "true"
	}
	return t.balancer.Kind == "application" || t.balancer.Attributes["load_balancing.cross_zone.enabled"] == "true" || t.balancer.Attributes["crossZone"] == "true"
}

// health is how the load balancer asks its targets.
func (t *traveller) health() rehearsed.Check {
	told, port := t.target.Health, t.target.Health["port"]
	check := rehearsed.Check{Protocol: told["protocol"], Path: told["path"]}
	if t.balancer.Kind == "classic" {
		told = t.balancer.Health
		var rest string
		check.Protocol, rest, _ = strings.Cut(told["target"], ":")
		port, check.Path, _ = strings.Cut(rest, "/")
		if check.Path != "" {
			check.Path = "/" + check.Path
		}
	}
	if port == "traffic-port" {
		check.Port = t.to().Port
	} else {
		check.Port, _ = strconv.Atoi(port)
	}
	for name, into := range map[string]*int{"interval": &check.Interval, "timeout": &check.Timeout, "healthyThreshold": &check.Healthy, "unhealthyThreshold": &check.Unhealthy} {
		*into, _ = strconv.Atoi(told[name])
	}
	check.By = cmp.Or(onNodes[port], "pod")
	return check
}

// onNodes is who answers at ports of nodes that are not for traffic.
var onNodes = map[string]string{healthPort: "kube-proxy, for local pods", "10256": "kube-proxy", "10250": "kubelet"}
