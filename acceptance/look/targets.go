package look

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"eksnet/config"
	"eksnet/path"
	"eksnet/path/rows"
)

// pollInterval is the time between two reads of targets.
const pollInterval = 2 * time.Second

// settle reads pods, EndpointSlices, TargetGroupBindings and targets until they agree or the time for that is over, and
// then adds what differs. It returns the ready pods.
func (v *view) settle(ctx context.Context, r *Round) ([]Pod, error) {
	for waited := time.Duration(0); ; waited += pollInterval {
		pods, lines, err := v.compareTargets(ctx, r)
		if err != nil || len(lines) == 0 {
			return pods, err
		}
		if waited >= v.Settle {
			v.addDifferences(lines...)
			return pods, nil
		}
		if err := v.Wait(ctx, pollInterval); err != nil {
			return pods, err
		}
	}
}

// compareTargets reads once, and returns the ready pods and what differs.
func (v *view) compareTargets(ctx context.Context, r *Round) (ready []Pod, lines []string, err error) {
	pods, err := v.cluster.Pods(ctx, v.Name, v.Name)
	if err != nil {
		return nil, nil, err
	}
	ready = slices.DeleteFunc(pods, func(p Pod) bool { return !p.Ready })
	if want := v.expectedPods(r); len(ready) < want[0] || len(ready) > want[1] {
		lines = append(lines, fmt.Sprintf("%s ready, expected %s", count(len(ready), "pod is", "pods are"),
			rangeText(want)))
	}
	endpoints, err := v.cluster.Endpoints(ctx, v.Name, serviceOf(v.Name, v.spec))
	if err != nil {
		return ready, nil, err
	}
	lines = append(lines, v.compareEndpoints(ready, endpoints)...)
	targets, more, err := v.readTargets(ctx)
	if err != nil {
		return ready, nil, err
	}
	r.Targets = map[string]int{}
	for _, t := range targets {
		r.Targets[t.State]++
	}
	if len(more) == 0 {
		more = v.compareHealth(ready, targets)
	}
	return ready, append(lines, more...), nil
}

// expectedPods returns the least and the most pods that should be ready.
func (v *view) expectedPods(r *Round) [2]int {
	if r.Scaled > 0 {
		return [2]int{r.Scaled, r.Scaled}
	}
	return [2]int{v.spec.LeastPods(), v.spec.MostPods()}
}

func rangeText(r [2]int) string {
	if r[0] == r[1] {
		return fmt.Sprint(r[0])
	}
	return fmt.Sprintf("%d to %d", r[0], r[1])
}

// compareEndpoints compares the ready endpoints of the Service with the ready pods and their port.
func (v *view) compareEndpoints(ready []Pod, endpoints []Endpoint) (lines []string) {
	inSlices := map[netip.Addr]bool{}
	for _, e := range endpoints {
		if !e.Ready {
			continue
		}
		inSlices[e.Address] = true
		if e.Port != v.way.Pod.Port {
			lines = append(lines, fmt.Sprintf("the EndpointSlices of Service %s have port %d, expected %d",
				serviceOf(v.Name, v.spec), e.Port, v.way.Pod.Port))
		}
	}
	for _, pod := range ready {
		if len(pod.Addresses) > 0 && !inSlices[pod.Addresses[0]] {
			lines = append(lines, fmt.Sprintf("pod %s is ready, and %s is not in the EndpointSlices of Service %s",
				pod.Name, pod.Addresses[0], serviceOf(v.Name, v.spec)))
		}
	}
	if len(inSlices) > len(ready) {
		lines = append(lines, fmt.Sprintf("the EndpointSlices of Service %s have %d ready endpoints, and %d pods are ready", serviceOf(v.Name, v.spec), len(inSlices), len(ready)))
	}
	return lines
}

// readTargets returns the targets of the workload, and what prevents to compare them.
func (v *view) readTargets(ctx context.Context) (targets []Target, lines []string, err error) {
	if v.spec.Kind == config.KindCLB {
		targets, err = v.balancers.InstanceHealth(ctx, v.Host)
		return targets, nil, err
	}
	bindings, err := v.cluster.Bindings(ctx, v.Name)
	if err != nil {
		return nil, nil, err
	}
	service := serviceOf(v.Name, v.spec)
	bindings = slices.DeleteFunc(bindings, func(b Binding) bool { return b.Service != service })
	if len(bindings) == 0 {
		lines = append(lines, fmt.Sprintf("there is no TargetGroupBinding for Service %s: see the events of its %s, and the log of the load balancer controller", service, entryOf(v.Name, v.spec).Kind))
	}
	for _, b := range bindings {
		if b.TargetType != v.way.Target.Type {
			lines = append(lines, fmt.Sprintf("TargetGroupBinding %s has targets of type %s, expected %s", b.Name,
				b.TargetType, v.way.Target.Type))
			continue
		}
		found, err := v.balancers.TargetHealth(ctx, b.TargetGroup)
		if err != nil {
			return nil, nil, err
		}
		targets = append(targets, found...)
	}
	return targets, lines, nil
}

// compareHealth compares targets and their health with the pods and nodes.
func (v *view) compareHealth(ready []Pod, targets []Target) (lines []string) {
	expected := v.expectedTargets(ready)
	found := map[string]bool{}
	for _, t := range targets {
		if t.State == Draining {
			continue // its pod or node has ended
		}
		found[t.ID] = true
		state, isTarget := expected[t.ID]
		switch {
		case !isTarget && t.State != Unused:
			lines = append(lines, fmt.Sprintf("target %s is %s, and is no %s of the workload", t.ID, t.describe(),
				v.targetNoun()))
		case isTarget && t.State != state:
			lines = append(lines, fmt.Sprintf("target %s is %s, expected is %s", t.ID, t.describe(), state))
		case isTarget && v.way.Target.Port != 0 && t.Port != v.way.Target.Port:
			lines = append(lines, fmt.Sprintf("target %s has port %d, expected %d", t.ID, t.Port, v.way.Target.Port))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(expected)) {
		if !found[id] {
			lines = append(lines, fmt.Sprintf("%s %s is no target of the load balancer", v.targetNoun(), id))
		}
	}
	return lines
}

func (v *view) targetNoun() string {
	if v.way.Target.Type == config.TargetIP {
		return "pod"
	}
	return "node"
}

// describe returns the state with its reason.
func (t Target) describe() string {
	if t.Reason == "" {
		return t.State
	}
	return t.State + " (" + t.Reason + ")"
}

// expectedTargets returns the targets that a load balancer should have with their states.
func (v *view) expectedTargets(ready []Pod) map[string]string {
	expected := map[string]string{}
	if v.way.Target.Type == config.TargetIP {
		for _, pod := range ready {
			if len(pod.Addresses) > 0 {
				expected[pod.Addresses[0].String()] = v.stateIn(v.zoneOf(pod.Node))
			}
		}
		return expected
	}
	withPod := map[string]bool{}
	for _, pod := range ready {
		withPod[pod.Node] = true
	}
	for _, node := range v.nodes {
		switch {
		case !node.Ready || node.Excluded:
		case rows.Predict(v.way).HealthyTargets == rows.NodesWithPod && v.way.KubeProxy == path.LocalPod && !withPod[node.Name]:
			expected[node.Instance] = Unhealthy
		default:
			expected[node.Instance] = v.stateIn(node.Zone)
		}
	}
	return expected
}

// stateIn returns the state of a target that can serve, by its zone: it is unused where the load balancer has no subnet
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html, Target.NotInUse).
func (v *view) stateIn(zone string) string {
	if v.way.Kind == config.KindCLB || slices.Contains(v.way.Balancer.Zones, zone) {
		return Healthy
	}
	return Unused
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
