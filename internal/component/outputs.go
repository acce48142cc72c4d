// Package component holds functions that all components use.
package component

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Outputs completes a component's registration; constructors call it last. The SDK's RegisterResourceOutputs blocks
// until the component is registered, and a component that depends on others is registered when those are created: a
// direct call would block the program, and with it resources that have no reason to wait.
func Outputs(ctx *pulumi.Context, c pulumi.Resource, outputs pulumi.Map) {
	c.URN().ApplyT(func(pulumi.URN) error {
		return ctx.RegisterResourceOutputs(c, outputs)
	})
}
