package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"eksnet/config"
	"eksnet/path"
	"eksnet/plan"
	"eksnet/plan/balancer"
)

// writePaths is the command path.
func (c call) writePaths(out io.Writer, s *config.Stack, p *plan.Plan) error {
	names := []string{c.workload}
	if c.workload == "" {
		names = slices.Sorted(maps.Keys(s.Workloads))
	}
	paths := []path.Path{}
	for _, name := range names {
		found, err := path.Of(s, name)
		if err != nil {
			return err
		}
		paths = append(paths, found)
	}
	if c.json {
		return writeJSON(out, paths)
	}
	var text bytes.Buffer
	if len(paths) == 0 {
		fmt.Fprintln(&text, "no workloads")
	}
	for i, p := range paths {
		if i > 0 {
			fmt.Fprintln(&text)
		}
		writePath(&text, p)
	}
	_, err := out.Write(text.Bytes())
	return err
}

// kinds are the full names of the kinds.
var kinds = map[string]string{
	config.KindCLB: "Classic Load Balancer", config.KindNLB: "Network Load Balancer", config.KindALB: "Application Load Balancer",
	config.KindPolicy: "server with a NetworkPolicy", config.KindNetshoot: "pods with network tools",
	config.KindSpeed: "server and clients of iperf3", config.KindMesh: "workload of the mesh",
}

// writePath writes the hops of one path, from the client to the pod, and then its properties.
func writePath(out io.Writer, p path.Path) {
	fmt.Fprintf(out, "%s: %s\n", p.Workload, kinds[config.BaseKind(p.Kind)])
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	for _, row := range slices.Concat(hopRows(p), propertyRows(p)) {
		fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1])
	}
}

// hopRows returns a row for each hop to the pod.
func hopRows(p path.Path) [][2]string {
	if p.Kind == config.KindNetshoot {
		return [][2]string{{"client", "none: these pods only send outbound requests"}}
	}
	pod := [2]string{"pod", fmt.Sprintf("%s, %s %d", p.Pod.App, p.Pod.Protocol, p.Pod.Port)}
	if p.Balancer == nil {
		clients := "pods in the cluster that the NetworkPolicy allows"
		if p.Kind == config.KindSpeed {
			clients = "pods of this workload, at the address of the server and at that of its Service"
		}
		return [][2]string{{"client", clients}, {"kube-proxy", hops[p.KubeProxy]}, pod}
	}
	rows := [][2]string{
		{"client", describeClients(p)},
		{"load balancer", describeBalancer(p)},
		{"target", describeTarget(p)},
		{"kube-proxy", hops[p.KubeProxy]},
	}
	proxy := [2]string{"proxy", "beside the pod's application, in plain text"}
	if p.Through != "" {
		proxy[1] = "beside the pod's application, by mutual TLS"
		rows = append(rows, [2]string{"gateway", "a pod of " + p.Through + ", which chooses a pod of the workload by host and path"})
	}
	if p.Proxied {
		rows = append(rows, proxy)
	}
	return append(rows, pod)
}

// propertyRows returns a row for each property of the whole path.
func propertyRows(p path.Path) [][2]string {
	var rows [][2]string
	switch {
	case p.Kind == config.KindNetshoot:
	case p.SourceOfIPv4 != "":
		ipv4 := p
		ipv4.Source = p.SourceOfIPv4
		rows = append(rows, [2]string{"pod sees", "of IPv6 clients " + describeSource(p)}, [2]string{"", "of IPv4 clients " + describeSource(ipv4)})
	default:
		rows = append(rows, [2]string{"pod sees", describeSource(p)})
	}
	if p.Balancer != nil {
		rows = append(rows, [2]string{"cross-zone", describeCrossings(p)}, [2]string{"health check", describeHealth(p)})
	}
	if p.Out.IPv4 != nil {
		return append(rows, [2]string{"egress", "IPv6, " + describeEgress(p.Out)}, [2]string{"", "IPv4, " + describeEgress(*p.Out.IPv4)})
	}
	return append(rows, [2]string{"egress", describeEgress(p.Out)})
}

func describeClients(p path.Path) string {
	where := "on the internet"
	if p.Balancer.Scheme == config.Internal {
		where = "in the VPC and in connected networks"
	}
	ipv4, ipv6 := slices.Contains(p.Clients, "0.0.0.0/0"), slices.Contains(p.Clients, "::/0")
	switch {
	case len(p.Clients) == 0:
		return where + ", as your security groups allow"
	case ipv4 && ipv6:
		return "any IPv4 or IPv6 address " + where
	case ipv4 && !p.Balancer.DualStack:
		return "any address " + where
	default:
		return strings.Join(p.Clients, ", ") + " " + where
	}
}

func describeBalancer(p path.Path) string {
	var ports []string
	for _, l := range p.Balancer.Listeners {
		port := fmt.Sprintf("%s %d", l.Protocol, l.Port)
		if l.Redirect {
			port += " (redirects)"
		}
		ports = append(ports, port)
	}
	shared := ""
	if p.Balancer.Group != "" {
		shared = "of group " + p.Balancer.Group + ", "
	}
	families := ""
	if p.Balancer.DualStack {
		families = ", dual-stack"
	}
	return fmt.Sprintf("%s%s%s, %s; in the %s subnets of %s", shared, p.Balancer.Scheme, families, strings.Join(ports, " and "), p.Balancer.Subnets, strings.Join(p.Balancer.Zones, ", "))
}

func describeTarget(p path.Path) string {
	if p.Target.Type == config.TargetIP {
		family := ""
		if p.Balancer.DualStack {
			family = "IPv6 "
		}
		return fmt.Sprintf("%spod addresses, %s %d", family, p.Target.Protocol, p.Target.Port)
	}
	return fmt.Sprintf("every node, on a %s node port that Kubernetes assigns from 30000 to 32767", p.Target.Protocol)
}

// hops describe what kube-proxy does.
var hops = map[path.Hop]string{
	path.NoHop:       "none",
	path.AnyPod:      "forwards to any pod, often on another node, with the node's address as the source",
	path.LocalPod:    "forwards to a pod on the same node; nodes without a pod fail the health check",
	path.ClientsNode: "on the client's node: replaces the Service's address with a pod's",
}

func describeSource(p path.Path) string {
	text := string(p.Source) + " address"
	if p.Balancer == nil || p.Source == path.Clients && p.ClientAddressIn == "" {
		return text
	}
	if p.ClientAddressIn == "" {
		return text + "; the client's address is not available"
	}
	return text + "; the client's is in " + p.ClientAddressIn
}

func describeCrossings(p path.Path) string {
	word := map[bool]string{true: "yes", false: "no"}
	text := "load balancer to target: " + word[p.Zones.ToTarget]
	switch {
	case p.Through != "":
		text += ", gateway to pod: " + word[p.Zones.ToPod]
	case p.KubeProxy != path.NoHop:
		text += ", node to pod: " + word[p.Zones.ToPod]
	}
	return text
}

func describeHealth(p path.Path) string {
	c := p.Health
	request := c.Protocol
	if c.Path != "" {
		request += " " + c.Path
	}
	where := fmt.Sprint("on port ", c.Port)
	switch {
	case c.By == balancer.AnswersLocal:
		where = "on the Service's health check node port, where kube-proxy succeeds on nodes with a ready pod"
	case c.By == balancer.AnswersProxy:
		where += " of the node, served by kube-proxy"
	case c.By == balancer.AnswersKubelet:
		where += " of the node, served by the kubelet"
	case c.Port == 0:
		where = "on the target's port, answered by a pod"
	}
	return fmt.Sprintf("%s %s; every %d s, timeout %d s, healthy after %d, unhealthy after %d", request, where, c.Interval, c.Timeout, c.Healthy, c.Unhealthy)
}

func describeEgress(o path.Out) string {
	var out []string
	for _, address := range o.Internet {
		out = append(out, string(address))
	}
	snat := "no SNAT by the node"
	switch {
	case o.VPC == path.Nodes:
		snat = "SNAT by the node"
	case o.Translated:
		snat = "SNAT by the node outside the VPC"
	}
	internet := "to the internet " + strings.Join(out, " or ")
	if len(out) == 0 {
		internet = "no route to the internet"
	}
	return fmt.Sprintf("%s: in the VPC %s address, to other networks %s, %s", snat, o.VPC, o.Networks, internet)
}
