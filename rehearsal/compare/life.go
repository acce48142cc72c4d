package compare

import (
	"context"
	"errors"

	"eksnet/rehearsal/scenario"
)

// errFailed ends a comparison after an operation that should succeed.
var errFailed = errors.New("an operation failed, and the comparison cannot continue")

// step is a named operation of a comparison.
type step struct {
	name string
	run  operation
}

var (
	preview = step{"preview", (*scenario.Rehearsal).Preview}
	up      = step{"up", (*scenario.Rehearsal).Up}
	upAgain = step{"up again", (*scenario.Rehearsal).UpAgain}
	refresh = step{"refresh", (*scenario.Rehearsal).Refresh}
	destroy = step{"destroy", (*scenario.Rehearsal).Destroy}
)

// Life compares the whole life of a stack.
func (p *Pair) Life(ctx context.Context) error {
	return p.succeed(ctx, preview, up, upAgain, refresh, step{"up after refresh", (*scenario.Rehearsal).UpAfterRefresh}, destroy)
}

// succeed compares operations that must succeed.
func (p *Pair) succeed(ctx context.Context, steps ...step) error {
	for _, s := range steps {
		failed, err := p.do(ctx, s.name, s.run)
		if err != nil {
			return err
		}
		if failed {
			return errFailed
		}
	}
	return nil
}
