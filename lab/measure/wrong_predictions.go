package measure

import (
	"context"
	"errors"
	"fmt"

	"eksnet/path"
)

// wrongPredictions returns predictions that differ from a right one in one field each, by the name of the field.
func wrongPredictions(right path.Path) map[string]path.Path {
	all := map[string]path.Path{}
	change := func(field string, change func(*path.Path)) {
		wrong := right
		change(&wrong)
		all[field] = wrong
	}
	for _, source := range []path.Address{path.Clients, path.Balancers, path.Nodes, path.Pods} {
		if source != right.Source {
			change(fmt.Sprintf("source %s", source), func(p *path.Path) { p.Source = source })
		}
	}
	for _, in := range []string{"", path.ForwardedForHeader, path.ProxyProtocolV1, path.ProxyProtocolV2} {
		if in != right.ClientAddressIn {
			change(fmt.Sprintf("client address in %q", in), func(p *path.Path) { p.ClientAddressIn = in })
		}
	}
	for _, hop := range []path.Hop{path.NoHop, path.AnyPod, path.LocalPod} {
		if hop != right.KubeProxy {
			change(fmt.Sprintf("kube-proxy: %s", hop), func(p *path.Path) { p.KubeProxy = hop })
		}
	}
	change("another zone from the load balancer to the target", func(p *path.Path) { p.Zones.ToTarget = !p.Zones.ToTarget })
	change("another zone from the node to the pod", func(p *path.Path) { p.Zones.ToPod = !p.Zones.ToPod })
	return all
}

// CheckWrongPredictions sends requests through a load balancer for each way in which kube-proxy forwards them, and
// compares them with predictions that are wrong in one field each. It returns an error if no difference is reported.
func (m *Measurement) CheckWrongPredictions(ctx context.Context) error {
	var unnoticed []string
	measured := map[path.Hop]bool{}
	for _, predicted := range m.Stack.Paths {
		if !hasOwnBalancer(predicted) || measured[predicted.KubeProxy] {
			continue
		}
		measured[predicted.KubeProxy] = true
		f, err := m.front(ctx, predicted)
		if err != nil {
			return fmt.Errorf("workload %s: %w", predicted.Workload, err)
		}
		r, err := m.sendRequests(ctx, f, requestsToLoadBalancer)
		if err == nil {
			err = joined(r.Differences)
		}
		if err != nil {
			return fmt.Errorf("workload %s, as predicted: %w", predicted.Workload, err)
		}
		for field, wrong := range wrongPredictions(f.predicted) {
			if f.predicted = wrong; len(f.compare(m, r.arrived)) == 0 {
				unnoticed = append(unnoticed, fmt.Sprintf("workload %s: the wrong prediction %q is not noticed", predicted.Workload, field))
			}
		}
	}
	if len(measured) == 0 {
		return errors.New("the stack has no load balancer")
	}
	return joined(unnoticed)
}
