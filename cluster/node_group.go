package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// NodeGroupArgs holds the spec and wires of a node group.
type NodeGroupArgs struct {
	// Spec holds the desired size to send. For an existing node group that is its current size on AWS, not the one in
	// the stack file.
	Spec        config.NodeGroup
	ClusterName pulumi.StringInput
	Version     string
	Role        pulumi.StringInput
	Subnets     pulumi.StringArray
	// MaxPods is the kubelet's maxPods, 0 for EKS's own value.
	MaxPods int
	// Tags are the stack's. The launch template puts them on instances and volumes with the node group's own, because
	// EKS does not tag these.
	Tags map[string]string
	// Untagged holds keys of tags that are not put on instances and volumes: each change of their tags replaces the
	// nodes.
	Untagged []string
}

// NodeGroup is a managed node group with its own launch template. The template names no security groups, so nodes use
// the cluster security group, which allows traffic among control plane, nodes and webhooks.
type NodeGroup struct{ pulumi.ResourceState }

// repeatDependencies returns the component's dependencies as an option for the node group itself. When an update
// replaces the node group, the component is not deleted, and the engine orders the deletes of an update only by the
// dependencies among the deleted resources: without its own dependency a node group would be deleted later than the
// route of a zone that is removed in the same update (github.com/pulumi/pulumi, pkg/resource/deploy/step_generator.go,
// ScheduleDeletes).
func repeatDependencies(opts []pulumi.ResourceOption) (pulumi.ResourceOption, error) {
	options, err := pulumi.NewResourceOptions(opts...)
	if err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	return pulumi.DependsOn(options.DependsOn), nil
}

// NewNodeGroup registers the launch template and the node group.
func NewNodeGroup(ctx *pulumi.Context, name string, args *NodeGroupArgs, opts ...pulumi.ResourceOption) (*NodeGroup, error) {
	g := &NodeGroup{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:NodeGroup", name, g, opts...); err != nil {
		return nil, err
	}
	edges, err := repeatDependencies(opts)
	if err != nil {
		return nil, err
	}
	template, err := newLaunchTemplate(ctx, name, args, pulumi.Parent(g))
	if err != nil {
		return nil, fmt.Errorf("launch template: %w", err)
	}
	group, err := eks.NewNodeGroup(ctx, name, &eks.NodeGroupArgs{
		ClusterName:    args.ClusterName,
		NodeRoleArn:    args.Role,
		SubnetIds:      args.Subnets,
		Version:        pulumi.String(args.Version),
		AmiType:        pulumi.String(amiTypes[args.Spec.AMI]),
		CapacityType:   pulumi.String(capacityTypes[args.Spec.Capacity]),
		InstanceTypes:  pulumi.ToStringArray(args.Spec.InstanceTypes),
		Labels:         pulumi.ToStringMap(args.Spec.Labels),
		Taints:         taints(args.Spec.Taints),
		LaunchTemplate: &eks.NodeGroupLaunchTemplateArgs{Id: template.ID(), Version: pulumi.Sprintf("%d", template.LatestVersion)},
		ScalingConfig: &eks.NodeGroupScalingConfigArgs{
			MinSize:     pulumi.Int(args.Spec.Scaling.Min),
			DesiredSize: pulumi.Int(args.Spec.Scaling.Desired),
			MaxSize:     pulumi.Int(args.Spec.Scaling.Max),
		},
		UpdateConfig: updateConfig(args.Spec.Update),
		// The provider keeps the repair of a node group whose configuration is absent, so a stack without it says so.
		NodeRepairConfig: &eks.NodeGroupNodeRepairConfigArgs{Enabled: pulumi.Bool(args.Spec.Repair)},
		Tags:             pulumi.ToStringMap(args.Spec.Tags),
	}, pulumi.Parent(g), updateTimeout(args.Spec), edges)
	if err != nil {
		return nil, fmt.Errorf("node group: %w", err)
	}
	component.Outputs(ctx, g, pulumi.Map{"arn": group.Arn})
	return g, nil
}

// Values of the EKS API by those of the stack file.
var (
	amiTypes = map[string]string{
		config.AL2023x86: "AL2023_x86_64_STANDARD", config.BottlerocketX86: "BOTTLEROCKET_x86_64",
		config.AL2023arm: "AL2023_ARM_64_STANDARD", config.BottlerocketArm: "BOTTLEROCKET_ARM_64",
		config.AL2023x86NVIDIA: "AL2023_x86_64_NVIDIA", config.BottlerocketX86NVIDIA: "BOTTLEROCKET_x86_64_NVIDIA",
		config.AL2023armNVIDIA: "AL2023_ARM_64_NVIDIA", config.BottlerocketArmNVIDIA: "BOTTLEROCKET_ARM_64_NVIDIA",
		config.AL2023x86Neuron: "AL2023_x86_64_NEURON",
	}
	capacityTypes = map[string]string{config.OnDemand: "ON_DEMAND", config.Spot: "SPOT"}
	taintEffects  = map[string]string{"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}
)

// updateConfig returns how many nodes EKS replaces at once, a number or a percentage.
func updateConfig(spec config.Update) *eks.NodeGroupUpdateConfigArgs {
	if spec.MaxUnavailablePercentage > 0 {
		return &eks.NodeGroupUpdateConfigArgs{MaxUnavailablePercentage: pulumi.Int(spec.MaxUnavailablePercentage)}
	}
	return &eks.NodeGroupUpdateConfigArgs{MaxUnavailable: pulumi.Int(max(spec.MaxUnavailable, 1))}
}

// updateTimeout returns the timeout for an update that replaces all nodes. The provider waits for an hour by default
// (github.com/hashicorp/terraform-provider-aws, internal/service/eks/node_group.go). EKS tries for 15 minutes to drain
// a node and needs some more for a new one
// (docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html).
func updateTimeout(spec config.NodeGroup) pulumi.ResourceOption {
	atOnce := max(spec.Update.MaxUnavailable, spec.Scaling.Max*spec.Update.MaxUnavailablePercentage/100, 1)
	steps := (spec.Scaling.Max + atOnce - 1) / atOnce
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Update: fmt.Sprintf("%dm", max(60, 20*steps))})
}

func taints(specs []config.Taint) eks.NodeGroupTaintArray {
	var all eks.NodeGroupTaintArray
	for _, taint := range specs {
		all = append(all, &eks.NodeGroupTaintArgs{
			Key:    pulumi.String(taint.Key),
			Value:  pulumi.String(taint.Value),
			Effect: pulumi.String(taintEffects[taint.Effect]),
		})
	}
	return all
}
