package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"eksnet/lab/measure"
	"eksnet/lab/rehearsed"
)

const (
	// requestRate is the number of requests per second to each workload.
	requestRate = 25
	// rolloutRequests is the least number of requests to each workload during a rollout.
	rolloutRequests = 1000
	// disruptionPatience is the time in which pods and targets must have changed.
	disruptionPatience = 3 * time.Minute
	// outageRequests is the number of requests to each workload while a zone is unhealthy.
	outageRequests = 250
)

// disruptionSuite sends requests while pods come and go, in a lab whose nodes run, of a stack by DisruptedStack.
func disruptionSuite(disrupted *rehearsed.Stack) suite {
	return suite{title: "requests while pods come and go", stack: disrupted, steps: []step{
		{"all pods become ready, and each is a healthy target", checkDisruptedReady},
		{"after scaling to 1 pod and back, requests are spread over the ready pods", checkScalingSpread},
		{"of 1,000 requests during a rollout none is lost with the keys for that, and some without them", checkRollout},
		{"while a pod is deleted, no request is lost with the keys", checkPodDeleted},
		{"a killed pod loses requests until the kubelet has started it again, and none after that", checkPodKilled},
		// Before a drain, which leaves pods unevenly spread over the zones.
		{"without the network of a zone, no request is lost once its targets are unhealthy", checkZoneOutage},
		{"while a node is drained, no request is lost with the keys", checkNodeDrained},
	}}
}

// during sends requests to all workloads while a function runs, and until each has got a number of them. It notes and
// returns what was lost. when is written before the counts.
func (t *suiteRun) during(ctx context.Context, when string, atLeast int, change func() error) (map[string]measure.Counts, error) {
	m, streams := t.Measurement(), map[string]*measure.Stream{}
	defer func() {
		for _, s := range streams {
			s.Stop()
		}
	}()
	for _, w := range disruptedWorkloads {
		s, err := m.StartStream(ctx, w, requestRate)
		if err != nil {
			return nil, err
		}
		streams[w] = s
	}
	err := change()
	for _, s := range streams {
		for err == nil && s.Sent() < atLeast {
			err = pause(ctx, pollInterval)
		}
	}
	counts := map[string]measure.Counts{}
	for _, w := range disruptedWorkloads {
		counts[w] = streams[w].Stop()
		t.note("%-14s  %s", w, strings.TrimSpace(when+" "+countsText(counts[w])))
	}
	return counts, err
}

// countsText returns counts in a line.
func countsText(c measure.Counts) string {
	lost := c.TotalLost()
	text := fmt.Sprintf("%d requests, %d lost", c.Answered+lost, lost)
	if lost == 0 {
		return text
	}
	var reasons []string
	for _, reason := range slices.Sorted(maps.Keys(c.Lost)) {
		reasons = append(reasons, fmt.Sprintf("%d %s", c.Lost[reason], reason))
	}
	return fmt.Sprintf("%s (%s), between %.1f s and %.1f s", text, strings.Join(reasons, ", "), c.FirstLost.Seconds(), c.LastLost.Seconds())
}

// checkNoneLost returns an error for each of the workloads that lost requests.
func checkNoneLost(counts map[string]measure.Counts, workloads ...string) error {
	var lines []string
	for _, w := range workloads {
		if counts[w].TotalLost() > 0 {
			lines = append(lines, fmt.Sprintf("workload %s: %s", w, countsText(counts[w])))
		}
	}
	return joinLines(lines)
}

// waitSettled waits until all pods of the workloads are ready, none is being deleted, and each is a healthy target.
func (t *suiteRun) waitSettled(ctx context.Context) error {
	m := t.Measurement()
	return waitWithin(ctx, disruptionPatience, func() error {
		for _, w := range t.stack.Plan.Workloads {
			if err := t.checkRolledOut(ctx, w.Name); err != nil {
				return err
			}
			if err := m.CheckSettled(ctx, w.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

func checkDisruptedReady(ctx context.Context, t *suiteRun) error {
	return errors.Join(checkPodsReady(ctx, t), t.waitSettled(ctx))
}

// disruptedIn returns the workloads of the suite in a plan, which also has those of add-ons, such as kube-ops-view.
func disruptedIn(p *rehearsed.Plan) []rehearsed.Workload {
	return slices.DeleteFunc(slices.Clone(p.Workloads), func(w rehearsed.Workload) bool { return !slices.Contains(disruptedWorkloads, w.Name) })
}

// checkScalingSpread scales all workloads, and compares the pods that answer after each step with the ready ones.
func checkScalingSpread(ctx context.Context, t *suiteRun) error {
	disrupted := disruptedIn(t.stack.Plan)
	for _, replicas := range []int{1, disrupted[0].Replicas} {
		title := fmt.Sprintf("scaled to %d:", replicas)
		_, err := t.during(ctx, title, 0, func() error {
			for _, w := range disrupted {
				if err := t.scaleDeployment(ctx, w, replicas); err != nil {
					return err
				}
			}
			return t.waitSettled(ctx)
		})
		if err != nil {
			return fmt.Errorf("%s %w", title, err)
		}
		for _, w := range disruptedWorkloads {
			byPod, err := t.Measurement().CheckSpread(ctx, w)
			if err != nil {
				return fmt.Errorf("%s %w", title, err)
			}
			t.note("%-14s  then requests by pod: %v", w, slices.Sorted(maps.Values(byPod)))
		}
	}
	return nil
}

// checkRollout restarts all Deployments at once, as kubectl rollout restart does.
func checkRollout(ctx context.Context, t *suiteRun) error {
	counts, err := t.during(ctx, "", rolloutRequests, func() error {
		for _, w := range disruptedWorkloads {
			if err := t.restartDeployment(ctx, w); err != nil {
				return err
			}
		}
		return t.waitSettled(ctx)
	})
	if err != nil {
		return err
	}
	for _, w := range plainWorkloads {
		if counts[w].TotalLost() == 0 {
			err = errors.Join(err, fmt.Errorf("workload %s lost no request: without the keys, some must be lost", w))
		}
	}
	return errors.Join(err, checkNoneLost(counts, steadyWorkloads...))
}

func checkPodDeleted(ctx context.Context, t *suiteRun) error {
	counts, err := t.during(ctx, "", 0, func() error {
		for _, w := range disruptedWorkloads {
			if err := t.deletePod(ctx, w); err != nil {
				return err
			}
		}
		return t.waitSettled(ctx)
	})
	return errors.Join(err, checkNoneLost(counts, steadyWorkloads...))
}

// checkPodKilled kills a pod of each workload. Nothing can prevent the loss of its requests.
func checkPodKilled(ctx context.Context, t *suiteRun) error {
	counts, err := t.during(ctx, "while one is killed:", 0, func() error { return errors.Join(t.killPods(ctx), t.waitSettled(ctx)) })
	if err != nil {
		return err
	}
	lost := 0
	for _, c := range counts {
		lost += c.TotalLost()
	}
	if lost == 0 {
		return errors.New("no request was lost while a pod of each workload was killed")
	}
	after, err := t.during(ctx, "after that:", 2*requestRate, func() error { return nil })
	return errors.Join(err, checkNoneLost(after, disruptedWorkloads...))
}

func checkNodeDrained(ctx context.Context, t *suiteRun) error {
	counts, err := t.during(ctx, "", 0, func() error { return t.drainOneNode(ctx) })
	return errors.Join(err, checkNoneLost(counts, steadyWorkloads...))
}

// checkZoneOutage cuts the network of a zone, waits until health checks notice it, and restores it.
func checkZoneOutage(ctx context.Context, t *suiteRun) (err error) {
	zone, err := t.Measurement().ZoneToCut()
	if err != nil {
		return skipWithTwoZones(t.stack.Nodes, err)
	}
	targets, err := t.healthyIn(ctx, zone)
	if err != nil {
		return err
	}
	if targets == 0 {
		return fmt.Errorf("no workload has a healthy target in zone %s", zone)
	}
	var restore func() error
	var took time.Duration
	before, err := t.during(ctx, "until they are unhealthy:", 2*requestRate, func() (err error) {
		began := time.Now()
		if restore, err = t.Measurement().CutZone(ctx, zone); err != nil {
			return err
		}
		err = t.waitUnhealthy(ctx, zone)
		took = time.Since(began)
		return err
	})
	if restore != nil {
		defer func() { err = errors.Join(err, restore(), t.waitSettled(ctx)) }()
	}
	if err != nil {
		return err
	}
	t.note("all %d targets in zone %s are unhealthy after %.0f s", targets, zone, took.Seconds())
	for _, w := range disruptedWorkloads {
		if before[w].TotalLost() == 0 {
			return fmt.Errorf("workload %s lost no request when the network of zone %s was cut", w, zone)
		}
	}
	counts, err := t.during(ctx, "after that:", outageRequests, func() error { return nil })
	return errors.Join(err, checkNoneLost(counts, disruptedWorkloads...))
}

// skipWithTwoZones returns an error as a reason to skip a check, if the nodes are in fewer than three zones: the API
// server has network interfaces in two.
func skipWithTwoZones(nodes []rehearsed.Node, err error) error {
	zones := map[string]bool{}
	for _, n := range nodes {
		zones[n.Zone] = true
	}
	if len(zones) > 2 {
		return err
	}
	return &skipped{fmt.Errorf("%w; it requires nodes in a third zone", err)}
}

// waitUnhealthy waits until no workload has a healthy target in a zone, whose network is cut.
func (t *suiteRun) waitUnhealthy(ctx context.Context, zone string) error {
	return waitFor(ctx, func() error {
		targets, err := t.healthyIn(ctx, zone)
		if err == nil && targets > 0 {
			err = fmt.Errorf("%d targets in zone %s are healthy without its network", targets, zone)
		}
		return err
	})
}

// healthyIn returns the number of healthy targets of all workloads in a zone.
func (t *suiteRun) healthyIn(ctx context.Context, zone string) (targets int, err error) {
	m := t.Measurement()
	for _, w := range disruptedWorkloads {
		found, err := m.HealthyIn(ctx, w, zone)
		if err != nil {
			return 0, err
		}
		targets += found
	}
	return targets, nil
}
