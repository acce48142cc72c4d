package prove

import (
	"context"

	events "github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/world"
)

// up builds a stack in an order and gives the first promise that breaks, "" for none: a call is refused, a load
// balancer reaches nothing, or a later destroy leaves something.
func (s *builtStack) upInOrder(ctx context.Context, host *engine.Host, program pulumi.RunFunc, o creationOrder) (string, error) {
	at, held := &worldHolder{world: world.New(s.options)}, newGate(o)
	defer func() { at.world = nil }()
	run := s.run(host, nil, program, at)
	run.Providers = wrapProviders(run.Providers, func(p plugin.Provider) plugin.Provider { return &gatedProvider{p, held} })
	run.OnEvent = func(event events.Event) {
		// A resource that the engine itself refuses reaches no provider: nothing must wait for it.
		if payload, ok := event.Payload().(events.DiagEventPayload); ok && payload.Severity == diag.Error {
			held.release()
		}
	}
	result, err := engine.Up(ctx, run)
	switch {
	case ctx.Err() != nil || held.err != nil || result == nil:
		return "", firstError(ctx.Err(), held.err, err)
	case err != nil:
		return refusalLine(result.Errors, held.failed)
	}
	if lines := at.world.Unreachable(); len(lines) > 0 {
		return shortenMessage("TargetGroup", lines[0]), nil
	}
	return s.destroy(ctx, host, result.State, at, noCircumstance, nil)
}
