package stack

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan"
)

// builder wires spec and outputs into components, so that Program tells order alone. It keeps the first error; after
// that its methods return what they have, and nothing more is registered.
type builder struct {
	ctx  *pulumi.Context
	spec *config.Stack
	plan *plan.Plan
	name string
	aws  *aws.Provider
	// within is what each component holds.
	within map[pulumi.Resource][]pulumi.Resource
	// exists is that EKS has a cluster of the stack's name.
	exists bool
	// sizes are the desired sizes that node groups have on AWS, by their names in the stack file.
	sizes map[string]int
	// addresses are the workloads' by name.
	addresses pulumi.StringMap
	err       error
}

func newBuilder(ctx *pulumi.Context) (*builder, error) {
	spec, planned, err := read(ctx)
	if err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, spec: spec, plan: planned, name: spec.Cluster.Name, addresses: pulumi.StringMap{}}
	b.within, err = watch(ctx)
	if err != nil {
		return nil, err
	}
	b.aws, err = aws.NewProvider(ctx, "aws", b.account())
	if err != nil {
		return nil, err
	}
	if err := b.checkZones(); err != nil {
		return nil, err
	}
	if b.exists, err = b.clusterExists(); err != nil {
		return nil, err
	}
	if err := b.checkVersion(); err != nil {
		return nil, err
	}
	b.sizes, err = b.nodeGroupSizes()
	return b, err
}

// account is where the stack builds and who does it. An explicit provider knows nothing of the stack file's aws: settings by itself.
func (b *builder) account() *aws.ProviderArgs {
	args := &aws.ProviderArgs{
		Region: pulumi.String(b.spec.Region),
		// The stack builds in its own account or not at all.
		AllowedAccountIds: pulumi.ToStringArray(b.spec.Accounts),
		DefaultTags:       &aws.ProviderDefaultTagsArgs{Tags: pulumi.ToStringMap(b.tags())},
	}
	if b.spec.Profile != "" {
		args.Profile = pulumi.String(b.spec.Profile)
	}
	if b.spec.Role != "" {
		args.AssumeRole = &aws.ProviderAssumeRoleArgs{RoleArn: pulumi.String(b.spec.Role)}
	}
	return args
}

// tags are the operator's and one that tells which stack a resource belongs to.
func (b *builder) tags() map[string]string {
	tags := maps.Clone(b.spec.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags[stackTag] = b.ctx.Stack()
	return tags
}

// stackTag is the tag whose value is the stack that a resource belongs to.
const stackTag = "eksnet/stack"

// made registers one component unless an earlier one failed.
func made[T any](b *builder, what string, register func() (T, error)) T {
	var component T
	if b.err != nil {
		return component
	}
	component, err := register()
	if err != nil {
		b.err = fmt.Errorf("%s: %w", what, err)
	}
	return component
}
