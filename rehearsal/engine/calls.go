package engine

import (
	"slices"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/sdk/v3/go/common/providers"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Call is one step of the engine on one resource, in the order in which the steps happened.
type Call struct {
	// Op is the engine's name for the operation: create, update, delete, read, refresh, create-replacement,
	// delete-replaced, …
	Op   string
	URN  string
	Type string
	Name string
	ID   string
	// Custom is false for components, which have no provider.
	Custom bool
	Parent string
	// DependsOn are the URNs that the resource depends on: its declared and property dependencies, and its provider. A
	// component represents all its children.
	DependsOn []string
	// Began and Ended are positions in one sequence of all beginnings and ends of the operation, starting at 1. A call
	// that never ended has Ended 0.
	Began, Ended int
	Failed       bool
}

// Done reports whether the call ended, and was not refused.
func (c Call) Done() bool { return c.Ended > 0 && !c.Failed }

// calls records the steps as they begin and end. The journal's lock guards it.
type calls struct {
	sequence int
	made     []*Call
	open     map[deploy.Step]*Call
}

func newCalls() *calls { return &calls{open: map[deploy.Step]*Call{}} }

func (c *calls) begin(step deploy.Step) {
	if step.Op() == deploy.OpSame {
		return
	}
	c.sequence++
	state := step.Res()
	call := &Call{
		Op: string(step.Op()), URN: string(step.URN()), Type: string(step.Type()), Name: step.URN().Name(), ID: string(state.ID),
		Custom: state.Custom, Parent: string(state.Parent), DependsOn: dependencies(state), Began: c.sequence,
	}
	c.open[step] = call
	c.made = append(c.made, call)
}

func (c *calls) end(step deploy.Step, successful bool) {
	call, ok := c.open[step]
	if !ok {
		return
	}
	delete(c.open, step)
	c.sequence++
	call.Ended, call.Failed = c.sequence, !successful
	call.ID = string(step.Res().ID)
	if resulting, ok := step.(interface{ ResultOp() display.StepOp }); ok {
		call.Op = string(resulting.ResultOp())
	}
}

func (c *calls) list() []Call {
	list := make([]Call, 0, len(c.made))
	for _, call := range c.made {
		list = append(list, *call)
	}
	return list
}

// dependencies returns all URNs that a resource depends on, except its parent.
func dependencies(state *resource.State) []string {
	_, all := state.GetAllDependencies()
	var urns []string
	for _, dependency := range all {
		if dependency.Type != resource.ResourceParent {
			urns = append(urns, string(dependency.URN))
		}
	}
	if provider, err := providers.ParseReference(state.Provider); err == nil {
		urns = append(urns, string(provider.URN()))
	}
	slices.Sort(urns)
	return slices.Compact(urns)
}
