package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// NodeGroupArgs are the spec and wires of a node group.
type NodeGroupArgs struct {
	Spec        config.NodeGroup
	ClusterName pulumi.StringInput
	Version     string
	Role        pulumi.StringInput
	Subnets     pulumi.StringArray
	// Tags go on instances and volumes, which EKS does not tag by itself.
	Tags map[string]string
}

// NodeGroup is a managed node group with a launch template of its own. It names no security groups: its nodes wear the
// cluster's, so that control plane, nodes and webhooks reach each other.
type NodeGroup struct{ pulumi.ResourceState }

// NewNodeGroup registers the launch template and the group.
func NewNodeGroup(ctx *pulumi.Context, name string, args *NodeGroupArgs, opts ...pulumi.ResourceOption) (*NodeGroup, error) {
	g := &NodeGroup{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:NodeGroup", name, g, opts...); err != nil {
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
		UpdateConfig: &eks.NodeGroupUpdateConfigArgs{MaxUnavailable: pulumi.Int(1)},
	},
		pulumi.Parent(g),
		// After creation the size belongs to whoever scales the group.
		pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}),
	)
	if err != nil {
		return nil, fmt.Errorf("node group: %w", err)
	}
	component.Outputs(ctx, g, pulumi.Map{"arn": group.Arn})
	return g, nil
}

// newLaunchTemplate demands IMDSv2 and keeps pods that have an address of their own off it (one hop), and encrypts the disk.
func newLaunchTemplate(ctx *pulumi.Context, name string, args *NodeGroupArgs, in pulumi.ResourceOption) (*ec2.LaunchTemplate, error) {
	tags := pulumi.ToStringMap(args.Tags)
	tags["Name"] = pulumi.String(name)
	return ec2.NewLaunchTemplate(ctx, name, &ec2.LaunchTemplateArgs{
		UserData:             pulumi.String(userData(args.Spec.MaxPods)),
		UpdateDefaultVersion: pulumi.Bool(true),
		MetadataOptions: &ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint:            pulumi.String("enabled"),
			HttpTokens:              pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		BlockDeviceMappings: ec2.LaunchTemplateBlockDeviceMappingArray{&ec2.LaunchTemplateBlockDeviceMappingArgs{
			DeviceName: pulumi.String("/dev/xvda"), // the root volume of AL2023
			Ebs: &ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
				VolumeType:          pulumi.String("gp3"),
				VolumeSize:          pulumi.Int(args.Spec.DiskGiB),
				Encrypted:           pulumi.String("true"),
				DeleteOnTermination: pulumi.String("true"),
			},
		}},
		TagSpecifications: ec2.LaunchTemplateTagSpecificationArray{
			&ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String("instance"), Tags: tags},
			&ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String("volume"), Tags: tags},
		},
	}, in)
}

// The words of the EKS API for those of the stack file.
var (
	amiTypes      = map[string]string{config.AL2023x86: "AL2023_x86_64_STANDARD", config.AL2023arm: "AL2023_ARM_64_STANDARD"}
	capacityTypes = map[string]string{config.OnDemand: "ON_DEMAND", config.Spot: "SPOT"}
	taintEffects  = map[string]string{"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}
)

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
