package measure

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/drawing"
)

// SVG returns a picture of the requests: the client, the load balancer's addresses by zone, nodes where they are the
// targets, and pods.
func (r *Requests) SVG() []byte {
	f := r.front
	t := drawing.Traffic{
		Title: "Requests to workload " + f.workload.Name,
		Subtitle: fmt.Sprintf("%d requests from %s to %s port %d of the %s Load Balancer, in turn to the address of each zone. The source address at the pods is %s.",
			len(r.arrived), f.client.Address, f.listener.Protocol, f.listener.Port, kindNames[f.Kind], r.predictedSource(f.predicted)),
		Client: drawing.TrafficBox{ID: "client", Name: "Client", Texts: []string{f.client.Address.String()}},
	}
	for _, name := range r.drawnZones() {
		t.Zones = append(t.Zones, r.drawnZone(name))
	}
	t.Streams = r.streams()
	t.SortStreams()
	return drawing.TrafficSVG(t)
}

// drawnZones returns the zones of the load balancer, its targets and pods, sorted.
func (r *Requests) drawnZones() []string {
	names := r.podZones()
	for _, n := range r.targetNodes() {
		names = append(names, r.front.zones[n])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// targetNodes returns the nodes to which the load balancer sent requests, sorted.
func (r *Requests) targetNodes() (names []string) {
	for _, d := range r.arrived {
		if d.target != "" {
			names = append(names, d.target)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r *Requests) drawnZone(name string) drawing.TrafficZone {
	z := drawing.TrafficZone{Name: name}
	for _, of := range r.front.Zones {
		if of.Name != name {
			continue
		}
		box := drawing.TrafficBox{ID: addressID(name), Name: "Load balancer " + of.EntryFor(r.front.client.Address).String()}
		if of.Public.IsValid() && r.front.client.Address.Is4() {
			box.Texts = append(box.Texts, "private address "+of.Address.String())
		}
		if !r.isAnswering(name) {
			box.Texts = append(box.Texts, "without a healthy target")
		}
		z.Addresses = append(z.Addresses, box)
	}
	if r.front.predicted.Target.Type == config.TargetInstance {
		for _, n := range r.targetNodes() {
			if r.front.zones[n] == name {
				z.Nodes = append(z.Nodes, drawing.TrafficBox{ID: "node " + n, Name: "Node " + shortName(n)})
			}
		}
	}
	for _, p := range r.sortedPods() {
		if r.front.zones[p.node] == name {
			z.Pods = append(z.Pods, drawing.TrafficBox{ID: "pod " + p.name, Name: podTitle(p), Texts: []string{p.Address.String(), "on " + shortName(p.node)}})
		}
	}
	return z
}

func addressID(zone string) string { return "load balancer " + zone }

// podTitle returns the last part of the name of a pod, which fits into a box.
func podTitle(p pod) string { return "Pod …" + p.name[strings.LastIndex(p.name, "-"):] }

// streams returns the numbers of requests between hosts.
func (r *Requests) streams() (all []drawing.TrafficStream) {
	add := func(from, to string) {
		i := slices.IndexFunc(all, func(s drawing.TrafficStream) bool { return s.From == from && s.To == to })
		if i < 0 {
			all = append(all, drawing.TrafficStream{From: from, To: to})
			i = len(all) - 1
		}
		all[i].Requests++
	}
	for _, d := range r.arrived {
		at, pod := addressID(d.zone.Name), "pod "+d.at.name
		add("client", at)
		if d.target == "" {
			add(at, pod)
			continue
		}
		add(at, "node "+d.target)
		add("node "+d.target, pod)
	}
	return all
}
