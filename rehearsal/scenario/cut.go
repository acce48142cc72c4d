package scenario

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Component selects components of a program: all of a type, or the one of that type with a name.
type Component struct{ Type, Name string }

func (c Component) includes(other Component) bool {
	return c.Type == other.Type && (c.Name == "" || c.Name == other.Name)
}

func includesComponent(components []Component, other Component) bool {
	return slices.ContainsFunc(components, func(c Component) bool { return c.includes(other) })
}

// Cut returns a program without the ordering edges from some components to others. Dependencies through data remain.
// The source of the program does not change: a transformation changes the options, because the SDK itself waits for
// the dependencies of a resource. The SDK passes the original options to every transformation and uses the result of
// the last one, so a program can be cut only once.
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
	// within is the outermost component of a resource.
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
	// A component may repeat its edges on one of its own resources.
	if !includesComponent(c.from, c.within[args.Resource]) || len(options.DependsOn) == 0 {
		return nil
	}
	var kept []pulumi.ResourceOption
	for _, option := range args.Opts {
		kept = append(kept, c.without(option))
	}
	return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: kept}
}

// without returns an option without the dependencies on the cut components; other options are returned unchanged.
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
