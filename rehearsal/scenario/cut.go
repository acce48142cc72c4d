package scenario

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Component names components of a program: all of a type, or the one of that type with a name.
type Component struct{ Type, Name string }

func (c Component) includes(other Component) bool {
	return c.Type == other.Type && (c.Name == "" || c.Name == other.Name)
}

func includesComponent(components []Component, other Component) bool {
	return slices.ContainsFunc(components, func(c Component) bool { return c.includes(other) })
}

// Cut is a program with the ordering edges from some components to others taken away, from each to each. Edges that data carries
// stay. The program's own text is left as it is: options are changed on their way into the SDK, because the SDK itself
// waits for what a resource depends on. It shows every transformation the options as they were, and the last one's count: so a
// program that is cut is not cut again.
func Cut(program pulumi.RunFunc, from, to []Component) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		c := &edgeCutter{from: from, to: to, within: map[pulumi.Resource]Component{}}
		if err := ctx.RegisterStackTransformation(c.transform); err != nil {
			return err
		}
		return program(ctx)
	}
}

type edgeCutter struct {
	from, to []Component
	// within is the outermost component that a resource belongs to.
	within map[pulumi.Resource]Component
}

func (c *edgeCutter) transform(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
	options, err := pulumi.NewResourceOptions(args.Opts...)
	if err != nil {
		return nil
	}
	c.within[args.Resource] = Component{args.Type, args.Name}
	if options.Parent != nil {
		c.within[args.Resource] = c.within[options.Parent]
	}
	// A component may repeat its edges on a resource of its own.
	if !includesComponent(c.from, c.within[args.Resource]) || len(options.DependsOn) == 0 {
		return nil
	}
	var kept []pulumi.ResourceOption
	for _, option := range args.Opts {
		kept = append(kept, c.without(option))
	}
	return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: kept}
}

// without is an option that no longer depends on what is cut off; one of another kind stays as it is.
func (c *edgeCutter) without(option pulumi.ResourceOption) pulumi.ResourceOption {
	options, err := pulumi.NewResourceOptions(option)
	if err != nil || len(options.DependsOn) == 0 {
		return option
	}
	var kept []pulumi.Resource
	for _, dependency := range options.DependsOn {
		if !includesComponent(c.to, c.within[dependency]) {
			kept = append(kept, dependency)
		}
	}
	return pulumi.DependsOn(kept)
}
