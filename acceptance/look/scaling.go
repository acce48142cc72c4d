package look

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// sendInterval is the time between two requests while the number of pods changes, and afterwards how many are sent
// before the next change.
const (
	sendInterval = 100 * time.Millisecond
	afterwards   = 20
)

// resolveEvery is after how many of these requests the client resolves the name of the load balancer again, as clients
// do whose resolver has no cache.
const resolveEvery = 10

// restoreTimeout is how long the number of pods is set back after an interrupt.
const restoreTimeout = 30 * time.Second

// Loss is the requests while the number of pods changed.
type Loss struct {
	Sent int `json:"sent"`
	Lost int `json:"lost"`
	// Errors are the errors of lost requests with their number.
	Errors map[string]int `json:"errors,omitempty"`
}

// NotSetBack is the error of a look that could not set the number of pods back.
type NotSetBack struct {
	Workload string
	Replicas int
	Err      error
}

func (e *NotSetBack) Error() string {
	return fmt.Sprintf("%v; set the number of pods back with: kubectl scale deployment %s --namespace %[2]s --replicas %d", e.Err, e.Workload, e.Replicas)
}

func (e *NotSetBack) Unwrap() error { return e.Err }

// scale looks at the workload at each number of pods, and at last at the number of before.
func (v *view) scale(ctx context.Context) (err error) {
	if v.spec.Autoscale != nil {
		v.addNotes("not scaled: its HorizontalPodAutoscaler sets the number of pods")
		return v.round(ctx, 0, nil)
	}
	before, err := v.cluster.Replicas(ctx, v.Name, v.Name)
	if err != nil {
		return err
	}
	defer func() {
		restoring, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreTimeout)
		defer cancel()
		if failed := v.cluster.Scale(restoring, v.Name, v.Name, before); failed != nil {
			err = errors.Join(&NotSetBack{Workload: v.Name, Replicas: before, Err: failed}, err)
		}
	}()
	for _, n := range slices.Compact(append(slices.Clone(v.Scales), before)) {
		v.report(fmt.Sprintf("scaling to %s", count(n, "pod", "pods")))
		during, err := v.scaleTo(ctx, n)
		if err != nil {
			return err
		}
		if err := v.round(ctx, n, during); err != nil {
			return err
		}
	}
	return nil
}

// scaleTo changes the number of pods, and sends requests until the targets have followed.
func (v *view) scaleTo(ctx context.Context, n int) (*Loss, error) {
	addresses, err := v.resolve(ctx)
	if err != nil {
		return nil, err
	}
	sending, stop := context.WithCancel(ctx)
	defer stop()
	loss, failed := &Loss{Errors: map[string]int{}}, error(nil)
	finished := make(chan struct{})
	var wg sync.WaitGroup
	if len(addresses) > 0 {
		wg.Go(func() { failed = v.sendUntil(sending, addresses, finished, loss) })
	}
	err = v.cluster.Scale(ctx, v.Name, v.Name, n)
	if err == nil {
		err = v.settleAt(ctx, n)
	}
	close(finished)
	if err != nil {
		stop()
	}
	wg.Wait()
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	if len(addresses) == 0 {
		return nil, nil
	}
	switch {
	case loss.Lost == 0:
	case !v.crossesZones():
		v.addNotes("without cross-zone load balancing, requests to a zone whose last pod ends are lost until clients resolve the name again")
	case v.spec.ReadinessGate && v.spec.PreStop > 0:
		v.addDifferences(fmt.Sprintf("%d of %d requests were lost while scaling to %d, although the workload has readinessGate and preStop", loss.Lost, loss.Sent, n))
	}
	return loss, nil
}

// settleAt waits until the targets have followed the number of pods, as a round does, and for one health check more:
// each node of a load balancer checks the targets itself, and the health that AWS reports may be that of another one.
func (v *view) settleAt(ctx context.Context, n int) error {
	if _, err := v.settle(ctx, &Round{Scaled: n}); err != nil {
		return err
	}
	return v.Wait(ctx, time.Duration(v.way.Health.Interval)*time.Second)
}

// sendUntil sends requests in turn to the addresses, until the change has finished and some more.
func (v *view) sendUntil(ctx context.Context, addresses []string, finished <-chan struct{}, loss *Loss) error {
	for left := -1; left != 0; loss.Sent++ {
		select {
		case <-finished:
			if left < 0 {
				left = afterwards + 1
			}
			left--
		default:
		}
		if loss.Sent%resolveEvery == 0 {
			if found, err := v.client.Resolve(ctx, v.Host); err == nil && len(found) > 0 {
				addresses = found
			}
		}
		answer, err := v.client.Send(ctx, v.requestTo(addresses[loss.Sent%len(addresses)]))
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if answer.Error != "" {
			loss.Lost++
			loss.Errors[withoutPorts(answer.Error)]++
		}
		if err := v.Wait(ctx, sendInterval); err != nil {
			return err
		}
	}
	return nil
}
