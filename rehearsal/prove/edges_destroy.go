package prove

import (
	"context"
	"sync"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/world"
)

// circumstance is a situation in which an operator may run destroy. With all edges, none of them makes a destroy
// fail.
type circumstance string

const (
	noCircumstance   circumstance = ""
	destroyedByAdmin circumstance = "when an admin destroys"
	nodesReplaced    circumstance = "when nodes are replaced meanwhile"
	namesByHand      circumstance = "when people have created Services with names, and nodes are replaced meanwhile"
)

// destroyInEachCircumstance destroys the stack in an order, first without and then with each circumstance, until
// something fails.
func (s *builtStack) destroyInEachCircumstance(ctx context.Context, host *engine.Host, o creationOrder) (line, under string, err error) {
	state := s.built.WithResources(o.chained())
	for _, under := range []circumstance{noCircumstance, destroyedByAdmin, nodesReplaced, namesByHand} {
		at := &worldHolder{world: s.world.Clone()}
		line, err := s.destroy(ctx, host, state, at, under, o.held)
		at.world = nil
		if line != "" || err != nil {
			return line, string(under), err
		}
	}
	return "", "", nil
}

// destroy destroys a stack and returns the first failure, "" for none: a refused call, an object that is not deleted,
// or a leftover.
func (s *builtStack) destroy(ctx context.Context, host *engine.Host, state *engine.State, at *worldHolder, under circumstance, held urnSet) (string, error) {
	run := s.run(host, state, s.program, at)
	if under == namesByHand {
		if records, err := at.world.NameByHand(); records == 0 || err != nil {
			return "", err // without ExternalDNS there are no such Services
		}
	}
	switch under {
	case destroyedByAdmin:
		run.Providers["kubernetes"] = providers.Kubernetes(func(kubeconfig string) (world.Client, error) {
			as, err := signedInAs(kubeconfig, s.admin())
			if err != nil {
				return nil, err
			}
			return at.kubernetes(as)
		})
	case nodesReplaced, namesByHand:
		gone := &countdown{held: held, left: len(held), then: at.world.ReplaceNodes}
		run.Providers = wrapProviders(run.Providers, func(p plugin.Provider) plugin.Provider { return &countingProvider{p, gone} })
	}
	result, err := engine.Destroy(ctx, run)
	switch {
	case ctx.Err() != nil || result == nil:
		return "", firstError(ctx.Err(), err)
	case err != nil:
		return refusalLine(result.Errors, "")
	}
	return firstLeftover(result.State, at.world.Leftovers()), nil
}

// countdown calls then after the deletion of all held resources.
type countdown struct {
	mu   sync.Mutex
	held urnSet
	left int
	then func()
}

func (c *countdown) ended(u urn.URN) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.held[u] {
		return
	}
	if c.left--; c.left == 0 {
		c.then()
	}
}

type countingProvider struct {
	plugin.Provider
	countdown *countdown
}

func (p *countingProvider) Delete(ctx context.Context, request plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	response, err := p.Provider.Delete(ctx, request)
	if err == nil {
		p.countdown.ended(request.URN)
	}
	return response, err
}
