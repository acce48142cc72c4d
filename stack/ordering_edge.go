package stack

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// after returns an edge that no data expresses: a dependency on the given components and everything in them. A
// component that the stack file does not enable is nil and adds nothing.
//
// The SDK expands DependsOn of a component to those children whose registration has begun by then, so it may miss some.
// Here every child is listed.
func (b *builder) after(components ...pulumi.Resource) option {
	var all []pulumi.Resource
	for _, c := range components {
		all = append(all, b.descendants(c)...)
	}
	return pulumi.DependsOn(all)
}

// descendants returns a component and all resources in it, none for a component that is not registered.
func (b *builder) descendants(c pulumi.Resource) []pulumi.Resource {
	children, registered := b.children[c]
	if !registered {
		return nil
	}
	all := []pulumi.Resource{c}
	for _, child := range children {
		all = append(all, b.descendants(child)...)
	}
	return all
}

// trackChildren returns a map that records each registered resource under its parent.
func trackChildren(ctx *pulumi.Context) (map[pulumi.Resource][]pulumi.Resource, error) {
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
		return nil, fmt.Errorf("stack transformation: %w", err)
	}
	return within, nil
}
