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

// upInOrder creates a stack in an order and returns the first failure, "" for none: a refused call, a load balancer
// without a working path, or a leftover after a later destroy.
func (s *builtStack) upInOrder(ctx context.Context, host *engine.Host, program pulumi.RunFunc, o creationOrder) (string, error) {
	at, held := &worldHolder{world: world.New(s.options)}, newGate(o)
	defer func() { at.world = nil }()
	run := s.run(host, nil, program, at)
	run.Providers = wrapProviders(run.Providers, func(p plugin.Provider) plugin.Provider { return &gatedProvider{p, held} })
	run.OnEvent = func(event events.Event) {
		// The engine calls no provider for a resource that it refuses itself, so no call may wait for it.
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
