package measure

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/lab/rehearsed"
	"eksnet/speed"
)

// SpeedWorkloads returns the workloads of a stack that measure the speed between pods.
func SpeedWorkloads(s *rehearsed.Stack) (all []string) {
	for _, p := range s.Paths {
		if p.Kind == config.KindSpeed {
			all = append(all, p.Workload)
		}
	}
	return all
}

// CheckSpeed measures the speed between pods as eksnet speed does, in runs of a second, and returns the tables. Each
// place that the nodes of the stack have must be measured, and something must arrive of each load. The figures are
// those of one machine, and nothing is expected of them.
func (m *Measurement) CheckSpeed(ctx context.Context) (string, error) {
	var tables strings.Builder
	var differences []string
	for _, workload := range SpeedWorkloads(m.Stack) {
		result, err := speed.Measure(ctx, m.Kubectl, speed.Options{Workload: workload, Zones: zonesOf(m.Stack.Nodes), Seconds: 1, Runs: 1})
		if err != nil {
			return tables.String(), err
		}
		result.WriteText(&tables)
		differences = append(differences, speedDifferences(result, placesOf(m.Stack.Nodes))...)
	}
	return tables.String(), joined(differences)
}

// speedDifferences compares a result with the places that must be measured.
func speedDifferences(r *speed.Result, places []speed.Place) (all []string) {
	measured := map[string]speed.Row{}
	for _, row := range r.Rows {
		measured[fmt.Sprint(row.Place, ", ", row.Target, ", ", row.Load)] = row
	}
	for _, place := range places {
		for _, target := range speed.Targets {
			for _, load := range speed.Loads {
				name := fmt.Sprint(place, ", ", target, ", ", load)
				if row, found := measured[name]; !found {
					all = append(all, r.Workload+": "+name+" is not measured")
				} else if row.Megabits == 0 {
					all = append(all, r.Workload+": "+name+": nothing arrived")
				}
			}
		}
		if !slices.ContainsFunc(r.Latencies, func(l speed.Latency) bool { return l.Place == place && l.Lost < l.Sent }) {
			all = append(all, fmt.Sprintf("%s: no echo request from the %s is answered", r.Workload, place))
		}
	}
	return all
}

// placesOf returns the places that clients can be in, on nodes without taints that keep pods off.
func placesOf(nodes []rehearsed.Node) []speed.Place {
	count := map[string]int{}
	for _, n := range nodes {
		if !slices.ContainsFunc(n.Taints, func(t rehearsed.Taint) bool { return t.Effect != "PreferNoSchedule" }) {
			count[n.Zone]++
		}
	}
	places := []speed.Place{speed.SameNode}
	for _, n := range count {
		if n > 1 {
			places = append(places, speed.SameZone)
			break
		}
	}
	if len(count) > 1 {
		places = append(places, speed.OtherZone)
	}
	return places
}

// zonesOf returns the zones of nodes.
func zonesOf(nodes []rehearsed.Node) (all []string) {
	for _, n := range nodes {
		all = append(all, n.Zone)
	}
	return all
}
