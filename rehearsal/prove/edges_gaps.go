package prove

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
)

// Gap is a resource that another one needs and no edge or data keeps for it: an edge is missing.
type Gap struct {
	// Resource is the type and name of what came too late or went too early.
	Resource string
	// Up and Down are what breaks then, Under as in EdgeProof.
	Up, Down, Under string
}

// Broken says whether anything breaks.
func (g Gap) Broken() bool { return g.Up != "" || g.Down != "" }

func (g Gap) String() string {
	line := fmt.Sprintf("an edge to %s is missing", g.Resource)
	if g.Up != "" {
		line += ": up, where it comes last: " + g.Up
	}
	if g.Down != "" {
		line += ": down, where it goes first: " + g.Down
		if g.Under != "" {
			line += " (" + g.Under + ")"
		}
	}
	return line
}

// Gaps makes each resource in turn as late as all edges let it be made, and removes it as early: nothing may break. So every two resources
// that the edges leave unordered are tried in both orders. It gives what broke and how many resources it tried.
func Gaps(ctx context.Context, r *Rig, program pulumi.RunFunc, told func(resource string)) (gaps []Gap, tried int, err error) {
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
		if told != nil {
			told(gap.Resource)
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
