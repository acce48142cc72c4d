package measure

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"eksnet/lab/balancer"
	"eksnet/path"
	"eksnet/path/rows"
)

// MeasureLoadBalancer measures requests through the load balancer of a workload and the health of its targets. It
// returns what it measured, and an error with the differences from the prediction.
func (m *Measurement) MeasureLoadBalancer(ctx context.Context, predicted path.Path) (o rows.Outcome, err error) {
	f, err := m.front(ctx, predicted)
	if err != nil {
		return o, err
	}
	r, err := m.deliver(ctx, f, requestsToLoadBalancer)
	if err != nil {
		return o, err
	}
	arrived, lines := r.arrived, r.Differences
	if len(arrived) == 0 {
		return o, joined(lines)
	}
	o = rows.Outcome{Source: f.source(m, arrived), ClientAddressIn: f.clientAddressIn(arrived), KubeProxy: hopOf(arrived), Zones: f.crossings(arrived)}
	if o.HealthyTargets, err = m.healthyTargets(ctx, f); err != nil {
		return o, err
	}
	return o, joined(unique(slices.Concat(lines, rows.Predict(predicted).Differences(o), f.comparePods(arrived))))
}

// source returns whose addresses arrived as source addresses, in the words of package path. Another address is returned
// as it is.
func (f *front) source(m *Measurement, arrived []delivery) path.Address {
	var all []string
	for _, d := range arrived {
		whose := path.Address(d.source.String())
		if _, isNode := m.nodeWith(d.source); isNode {
			whose = path.Nodes
		}
		switch d.source {
		case f.client.Address:
			whose = path.Clients
		case d.zone.Address:
			whose = path.Balancers
		}
		all = append(all, string(whose))
	}
	return path.Address(strings.Join(unique(all), ", "))
}

// clientAddressIn returns what else carries the client's address.
func (f *front) clientAddressIn(arrived []delivery) string {
	var all []string
	for _, d := range arrived {
		all = append(all, clientAddressIn(d))
	}
	return strings.Join(unique(all), ", ")
}

// healthyTargets describes which targets are healthy, in the words of package rows where they fit.
func (m *Measurement) healthyTargets(ctx context.Context, f *front) (string, error) {
	describe := m.targetHealth
	if f.Kind == balancer.Classic {
		describe = m.instanceHealth
	}
	states, err := describe(ctx, f)
	if err != nil {
		return "", err
	}
	if len(states) == 0 {
		return "", errors.New("AWS describes no target")
	}
	return f.describeHealth(m, states), nil
}

func (f *front) describeHealth(m *Measurement, states map[string]string) string {
	var count int
	every, withPod, arePods := true, true, true
	for id, state := range states {
		is := state == healthy
		if is {
			count++
		}
		node := f.nodeOfTarget(m, id)
		hasPod := slices.ContainsFunc(f.pods, func(p pod) bool { return p.node == node })
		every, withPod = every && is, withPod && is == hasPod
		if _, err := netip.ParseAddr(id); err != nil {
			arePods = false
		}
	}
	switch {
	case every && arePods:
		return rows.EveryPod
	case every:
		return rows.EveryNode
	case withPod:
		return rows.NodesWithPod
	}
	return fmt.Sprintf("%d of %d", count, len(states))
}
