package stack

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/leftover"
	"eksnet/plan"
	"eksnet/workloads"
)

// builder passes spec and outputs to components, so that Program contains only the order. It keeps the first error;
// after that its methods register nothing more.
type builder struct {
	ctx  *pulumi.Context
	spec *config.Stack
	plan *plan.Plan
	name string
	aws  *aws.Provider
	// children holds the child resources of each component.
	children map[pulumi.Resource][]pulumi.Resource
	// hasCluster reports whether EKS has a cluster of the stack's name, and existing is that cluster.
	hasCluster bool
	existing   plan.ExistingCluster
	// sizes holds the current desired sizes of node groups on AWS, by their names in the stack file.
	sizes map[string]int
	// hostedZoneIDs holds the IDs of the hosted zones that exist, by position in dns.zones.
	hostedZoneIDs []string
	// addresses holds the DNS names of load balancers by workload.
	addresses pulumi.StringMap
	// arns holds the ARNs of load balancers of Gateways by workload.
	arns pulumi.StringMap
	// gateways holds the Gateways by their namespace, and behind what is behind them by workload.
	gateways map[string]*workloads.Gateway
	behind   map[string]*behindGateway
	err      error
}

func newBuilder(ctx *pulumi.Context) (*builder, error) {
	spec, planned, err := readConfig(ctx)
	if err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, spec: spec, plan: planned, name: spec.Cluster.Name, addresses: pulumi.StringMap{}, arns: pulumi.StringMap{}}
	b.gateways, b.behind = map[string]*workloads.Gateway{}, map[string]*behindGateway{}
	for name := range spec.Workloads {
		b.behind[name] = &behindGateway{}
	}
	b.children, err = trackChildren(ctx)
	if err != nil {
		return nil, err
	}
	b.aws, err = aws.NewProvider(ctx, "aws", b.providerArgs())
	if err != nil {
		return nil, err
	}
	if err := b.checkZones(); err != nil {
		return nil, err
	}
	if b.hostedZoneIDs, err = b.findHostedZones(); err != nil {
		return nil, err
	}
	if b.hasCluster, err = b.clusterExists(); err != nil {
		return nil, err
	}
	if err := b.checkExisting(); err != nil {
		return nil, err
	}
	b.sizes, err = b.nodeGroupSizes()
	return b, err
}

// providerArgs returns the region, account and identity of the AWS provider. An explicit provider does not read the
// stack file's aws: settings itself.
func (b *builder) providerArgs() *aws.ProviderArgs {
	args := &aws.ProviderArgs{
		Region: pulumi.String(b.spec.Region),
		// The provider fails in any other account.
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

// tags returns the tags of the stack file and the stack's own tag.
func (b *builder) tags() map[string]string {
	tags := maps.Clone(b.spec.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags[stackTag] = b.ctx.Stack()
	return tags
}

// stackTag is the key of the tag that names the stack of a resource.
const stackTag = leftover.StackTag

// registerComponent registers a component unless an earlier one failed.
func registerComponent[T any](b *builder, what string, register func() (T, error)) T {
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
