package stack

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// after is an edge that no data carries: to everything that the components hold. One that the stack file leaves out holds nothing.
//
// The SDK's DependsOn of a component reaches those of its children whose registration has begun in the background by the time that
// the dependent looks, so an edge may miss some. Here the children are named one by one.
func (b *builder) after(components ...pulumi.Resource) option {
	var held []pulumi.Resource
	for _, c := range components {
		held = append(held, b.held(c)...)
	}
	return pulumi.DependsOn(held)
}

func (b *builder) held(c pulumi.Resource) []pulumi.Resource {
	children, registered := b.within[c]
	if !registered {
		return nil
	}
	held := []pulumi.Resource{c}
	for _, child := range children {
		held = append(held, b.held(child)...)
	}
	return held
}

// watch notes each resource as the program registers it, and whose child it is.
func watch(ctx *pulumi.Context) (map[pulumi.Resource][]pulumi.Resource, error) {
	within := map[pulumi.Resource][]pulumi.Resource{}
	err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		within[args.Resource] = nil
		options, err := pulumi.NewResourceOptions(args.Opts...)
		if err == nil && options.Parent != nil {
			within[options.Parent] = append(within[options.Parent], args.Resource)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("watching registrations: %w", err)
	}
	return within, nil
}
