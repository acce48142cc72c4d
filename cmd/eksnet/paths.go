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
)

// writePaths is the command path.
func (c call) writePaths(out io.Writer, s *config.Stack, p *plan.Plan) error {
	names := []string{c.workload}
	if c.workload == "" {
		names = slices.Sorted(maps.Keys(s.Workloads))
	}
	ways := []path.Path{}
	for _, name := range names {
		way, err := path.Of(s, p, name)
		if err != nil {
			return err
		}
		ways = append(ways, way)
	}
	if c.json {
		return writeJSON(out, ways)
	}
	var text bytes.Buffer
	if len(ways) == 0 {
		fmt.Fprintln(&text, "no workloads")
	}
	for i, way := range ways {
		if i > 0 {
			fmt.Fprintln(&text)
		}
		writeWay(&text, way)
	}
	_, err := out.Write(text.Bytes())
	return err
}

// kinds are what people call them.
var kinds = map[string]string{
	config.KindCLB: "Classic Load Balancer", config.KindNLB: "Network Load Balancer", config.KindALB: "Application Load Balancer",
	config.KindPolicy: "a server in the cluster", config.KindNetshoot: "pods with tools",
}

// writeWay tells one path from the client to the pod, and then what goes with it.
func writeWay(out io.Writer, way path.Path) {
	fmt.Fprintf(out, "%s: %s\n", way.Workload, kinds[way.Kind])
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	for _, row := range slices.Concat(inwards(way), aside(way)) {
		fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1])
	}
}

// inwards are the steps of a packet to the pod.
func inwards(way path.Path) [][2]string {
	if way.Kind == config.KindNetshoot {
		return [][2]string{{"client", "none: this pod only makes outbound requests"}}
	}
	pod := [2]string{"pod", fmt.Sprintf("%s, %s %d", way.Pod.App, way.Pod.Protocol, way.Pod.Port)}
	if way.Balancer == nil {
		return [][2]string{{"client", "pods in the cluster, as far as the policy lets them"}, {"kube-proxy", hops[way.KubeProxy]}, pod}
	}
	return [][2]string{
		{"client", clients(way)},
		{"load balancer", balancer(way)},
		{"target", target(way)},
		{"kube-proxy", hops[way.KubeProxy]},
		pod,
	}
}

// aside is what holds of the path beside its steps.
func aside(way path.Path) [][2]string {
	var rows [][2]string
	if way.Kind != config.KindNetshoot {
		rows = append(rows, [2]string{"pod sees", seen(way)})
	}
	if way.Balancer != nil {
		rows = append(rows, [2]string{"other zones", crossings(way)}, [2]string{"health check", health(way)})
	}
	return append(rows, [2]string{"way out", wayOutOf(way.Out)})
}

func clients(way path.Path) string {
	who := "on the internet"
	if way.Balancer.Scheme == config.Internal {
		who = "in the VPC and networks connected with it"
	}
	switch {
	case len(way.Clients) == 0:
		return who + ", whom your security groups let in"
	case slices.Contains(way.Clients, "0.0.0.0/0"):
		return "anybody " + who
	default:
		return strings.Join(way.Clients, ", ") + " " + who
	}
}

func balancer(way path.Path) string {
	var ports []string
	for _, l := range way.Balancer.Listeners {
		port := fmt.Sprintf("%s %d", l.Protocol, l.Port)
		if l.Redirect {
			port += ", which redirects,"
		}
		ports = append(ports, port)
	}
	shared := ""
	if way.Balancer.Group != "" {
		shared = "of group " + way.Balancer.Group + ", "
	}
	return fmt.Sprintf("%s%s, %s; in the %s subnets of %s", shared, way.Balancer.Scheme, strings.Join(ports, " and "), way.Balancer.Subnets, strings.Join(way.Balancer.Zones, ", "))
}

func target(way path.Path) string {
	if way.Target.Type == config.TargetIP {
		return fmt.Sprintf("the pods' own addresses, %s %d", way.Target.Protocol, way.Target.Port)
	}
	return fmt.Sprintf("every node, on a %s port that Kubernetes chooses of 30000 to 32767", way.Target.Protocol)
}

// hops are what kube-proxy does, for people.
var hops = map[path.Hop]string{
	path.NoHop:       "none",
	path.AnyPod:      "the node sends on to any pod, often on another node, with its own address on the packet",
	path.LocalPod:    "the node sends on to a pod of its own; without one it fails the health check",
	path.ClientsNode: "on the client's node, which puts a pod's address in the place of the Service's",
}

func seen(way path.Path) string {
	text := string(way.Source) + " address"
	if way.Balancer == nil || way.Source == path.Clients && way.Told == "" {
		return text
	}
	if way.Told == "" {
		return text + "; the client address is not available"
	}
	return text + "; the client's is in " + way.Told
}

func crossings(way path.Path) string {
	word := map[bool]string{true: "yes", false: "no"}
	text := "load balancer to target " + word[way.Zones.ToTarget]
	if way.KubeProxy != path.NoHop {
		text += ", node to pod " + word[way.Zones.ToPod]
	}
	return text
}

func health(way path.Path) string {
	c := way.Health
	asked := c.Protocol
	if c.Path != "" {
		asked += " " + c.Path
	}
	where := fmt.Sprint("on port ", c.Port)
	switch {
	case c.By == plan.AnswersLocal:
		where = "on the Service's health check node port, where kube-proxy says yes on nodes with a pod"
	case c.By == plan.AnswersProxy:
		where += " of the node, which is kube-proxy's own"
	case c.By == plan.AnswersKubelet:
		where += " of the node, which is the kubelet's"
	case c.Port == 0:
		where = "on the target's port, where a pod answers"
	}
	return fmt.Sprintf("%s %s; every %d s, %d s to answer, healthy after %d, unhealthy after %d", asked, where, c.Interval, c.Timeout, c.Healthy, c.Unhealthy)
}

func wayOutOf(o path.Out) string {
	var out []string
	for _, address := range o.Internet {
		out = append(out, string(address))
	}
	snat := "no SNAT by the node"
	if o.Translated {
		snat = "SNAT by the node beyond the VPC"
	}
	internet := "to the internet " + strings.Join(out, " or ")
	if len(out) == 0 {
		internet = "no way to the internet"
	}
	return fmt.Sprintf("%s: in the VPC %s address, to other networks %s, %s", snat, o.VPC, o.Networks, internet)
}
