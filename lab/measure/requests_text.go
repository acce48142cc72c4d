package measure

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"eksnet/path"
)

// barLength is the length of the bar of all requests.
const barLength = 40

// Text returns the tables of the requests, and the differences.
func (r *Requests) Text() []byte {
	f, out := r.front, &bytes.Buffer{}
	fmt.Fprintf(out, "workload %s: %s port %d of %s Load Balancer %s\n", f.workload.Name, f.listener.Protocol, f.listener.Port,
		kindNames[f.Kind], f.Name)
	r.writeEntries(out)
	for _, section := range []func(io.Writer){r.writePods, r.writeZones, r.writePrediction} {
		fmt.Fprintln(out)
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		section(table)
		table.Flush()
	}
	writeDifferences(out, r.Differences, "the requests arrived as predicted")
	return out.Bytes()
}

// writeEntries writes the addresses to which requests were sent, and those that do not answer.
func (r *Requests) writeEntries(out io.Writer) {
	var entries []string
	for _, z := range r.answering {
		entries = append(entries, z.EntryFor(r.front.client.Address).String())
	}
	fmt.Fprintf(out, "%d requests from %s, in turn to %s\n", r.Count, r.front.client.Address, strings.Join(entries, ", "))
	for _, z := range r.front.Zones {
		if !r.isAnswering(z.Name) {
			fmt.Fprintf(out, "no answer from %s (zone %s), which has no healthy target: on AWS, DNS does not return it\n", z.EntryFor(r.front.client.Address), z.Name)
		}
	}
}

// sortedPods returns the pods by zone, node and name.
func (r *Requests) sortedPods() []pod {
	return slices.SortedFunc(slices.Values(r.front.pods), func(a, b pod) int {
		return cmp.Or(cmp.Compare(r.front.zones[a.node], r.front.zones[b.node]), cmp.Compare(a.node, b.node), cmp.Compare(a.name, b.name))
	})
}

// writePods writes the number of requests by pod.
func (r *Requests) writePods(out io.Writer) {
	fmt.Fprintln(out, "pod\taddress\tnode\tzone\trequests")
	for _, p := range r.sortedPods() {
		count := r.countWhere(func(_ int, d delivery) bool { return d.at.name == p.name })
		bar := strings.Repeat("#", (count*barLength+max(r.Count, 1)/2)/max(r.Count, 1))
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%d\t%s\n", p.name, p.Address, shortName(p.node), r.front.zones[p.node], count, bar)
	}
}

// writeZones writes the number of requests by zone of the load balancer and of the pod.
func (r *Requests) writeZones(out io.Writer) {
	zones := r.podZones()
	fmt.Fprintf(out, "zone of the load balancer\tto pods in %s\n", strings.Join(zones, "\t"))
	for _, z := range r.front.Zones {
		row := []string{z.Name}
		for _, to := range zones {
			cell := "-"
			if r.isAnswering(z.Name) {
				cell = strconv.Itoa(r.countWhere(func(_ int, d delivery) bool { return d.zone.Name == z.Name && r.front.zones[d.at.node] == to }))
			}
			row = append(row, cell)
		}
		fmt.Fprintln(out, strings.Join(row, "\t"))
	}
}

// writePrediction writes what was measured, and beside it what eksnet path predicts.
func (r *Requests) writePrediction(out io.Writer) {
	p, yes := r.front.predicted, map[bool]string{true: "yes", false: "no"}
	var sources, carriers []string
	for _, d := range r.arrived {
		sources = append(sources, d.source.String())
		carriers = append(carriers, cmp.Or(clientAddressIn(d), "nothing"))
	}
	toTarget, toPod := r.crossings()
	fmt.Fprintln(out, "\tmeasured\teksnet path")
	fmt.Fprintf(out, "source address at the pods\t%s\t%s\n", sortedList(sources), r.predictedSource(p))
	fmt.Fprintf(out, "the client's address is in\t%s\t%s\n", sortedList(carriers), cmp.Or(p.ClientAddressIn, "nothing"))
	fmt.Fprintf(out, "load balancer to target in another zone\t%s\t%s\n", yes[toTarget > 0], yes[p.Zones.ToTarget])
	fmt.Fprintf(out, "node to pod in another zone\t%s\t%s\n", yes[toPod > 0], yes[p.Zones.ToPod])
}

// crossings returns how many requests changed their zone on the two hops.
func (r *Requests) crossings() (toTarget, toPod int) {
	for _, d := range r.arrived {
		pod := r.front.zones[d.at.node]
		target := pod
		if d.target != "" {
			target = r.front.zones[d.target]
		}
		if target != d.zone.Name {
			toTarget++
		}
		if target != pod {
			toPod++
		}
	}
	return toTarget, toPod
}

// predictedSource returns the predicted source address in words.
func (r *Requests) predictedSource(p path.Path) string {
	if p.Source == path.Clients {
		return fmt.Sprintf("%s, %s", p.Source, r.front.client.Address)
	}
	return string(p.Source)
}

// sortedList returns the different values, sorted as addresses where they are addresses.
func sortedList(values []string) string {
	slices.SortFunc(values, func(a, b string) int {
		first, _ := netip.ParseAddr(a)
		second, _ := netip.ParseAddr(b)
		return cmp.Or(first.Compare(second), cmp.Compare(a, b))
	})
	return strings.Join(slices.Compact(values), ", ")
}
