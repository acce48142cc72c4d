// Package component holds what all components share.
package component

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Outputs completes a component's registration, as its constructor's last act. The SDK's own RegisterResourceOutputs waits until
// the component is registered, and a component that comes after others is registered when those are made: called directly it
// would hold up the program, and with it everything that has no reason to wait.
func Outputs(ctx *pulumi.Context, c pulumi.Resource, outputs pulumi.Map) {
	c.URN().ApplyT(func(pulumi.URN) error {
		return ctx.RegisterResourceOutputs(c, outputs)
	})
}
