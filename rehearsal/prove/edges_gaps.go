package prove

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
)

// Gap is a resource that another one needs although no edge and no data orders the two: an edge is missing.
type Gap struct {
	// Resource is the type and name of the resource that was created too late or deleted too early.
	Resource string
	// Up and Down are the errors, Under is as in EdgeProof.
	Up, Down, Under string
}

// Broken reports whether anything fails.
func (g Gap) Broken() bool { return g.Up != "" || g.Down != "" }

func (g Gap) String() string {
	line := fmt.Sprintf("an edge to %s is missing", g.Resource)
	if g.Up != "" {
		line += ": up, if it is created last: " + g.Up
	}
	if g.Down != "" {
		line += ": down, if it is deleted first: " + g.Down
		if g.Under != "" {
			line += " (" + g.Under + ")"
		}
	}
	return line
}

// Gaps creates each resource in turn as late as all edges allow, and deletes it as early: nothing may fail. So every
// two resources without an order are tried in both orders. It returns the gaps and the number of resources that it
// tried.
func Gaps(ctx context.Context, r *Rig, program pulumi.RunFunc, onTrial func(resource string)) (gaps []Gap, tried int, err error) {
	at, err := newBuiltStacks(r, program).buildOwn(ctx)
	if err != nil {
		return nil, 0, err
	}
	all := at.graph.find(hasProviderCall)
	tries, serial := r.sampled(0, len(all)), sync.Mutex{}
	err = r.share(len(all), func(i int, host *engine.Host) error {
		if !tries(i) {
			return nil
		}
		gap, err := at.gap(ctx, host, all[i])
		serial.Lock()
		defer serial.Unlock()
		tried++
		if onTrial != nil {
			onTrial(gap.Resource)
		}
		if gap.Broken() {
			gaps = append(gaps, gap)
		}
		return err
	})
	return gaps, tried, err
}

func (s *builtStack) gap(ctx context.Context, host *engine.Host, u urn.URN) (gap Gap, err error) {
	gap.Resource = string(u.Type()) + " " + u.Name()
	last := openOrder{graph: s.graph, held: urnSet{u: true}}.last()
	if gap.Down, gap.Under, err = s.destroyInEachCircumstance(ctx, host, last); err == nil {
		gap.Up, err = s.upInOrder(ctx, host, s.program, last)
	}
	return gap, err
}
