package cluster

import (
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// newLaunchTemplate registers a launch template that requires IMDSv2, keeps pods with their own IP address from it (hop
// limit 1), and encrypts the volumes.
func newLaunchTemplate(ctx *pulumi.Context, name string, args *NodeGroupArgs, in pulumi.ResourceOption) (*ec2.LaunchTemplate, error) {
	tags := instanceTags(name, args)
	var data pulumi.StringPtrInput
	if text := userData(args.Spec, args.Version, args.MaxPods); text != "" {
		data = pulumi.String(text)
	}
	var key pulumi.StringPtrInput
	if args.Spec.KeyName != "" {
		key = pulumi.String(args.Spec.KeyName)
	}
	return ec2.NewLaunchTemplate(ctx, name, &ec2.LaunchTemplateArgs{
		UserData:             data,
		KeyName:              key,
		UpdateDefaultVersion: pulumi.Bool(true),
		MetadataOptions: &ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint:            pulumi.String("enabled"),
			HttpTokens:              pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		BlockDeviceMappings: volumes(args.Spec.AMI, args.Spec.DiskGiB),
		TagSpecifications: ec2.LaunchTemplateTagSpecificationArray{
			&ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String("instance"), Tags: pulumi.ToStringMap(tags)},
			&ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String("volume"), Tags: pulumi.ToStringMap(tags)},
		},
	}, in)
}

// instanceTags returns the tags of the stack and the node group, except those that are not put on instances.
func instanceTags(name string, args *NodeGroupArgs) map[string]string {
	tags := map[string]string{}
	maps.Copy(tags, args.Tags)
	maps.Copy(tags, args.Spec.Tags)
	for _, key := range args.Untagged {
		delete(tags, key)
	}
	tags["Name"] = name
	return tags
}

// Device names of the AMIs' volumes.
const (
	rootDevice = "/dev/xvda"
	dataDevice = "/dev/xvdb"
)

// volumes returns the volumes of a node. The configured size applies to the volume for container images and logs: the
// root volume of AL2023, the data volume of Bottlerocket, whose root volume holds only the operating system and keeps
// the image's size (bottlerocket.dev/en/os/latest/concepts/storage).
func volumes(ami string, diskGiB int) ec2.LaunchTemplateBlockDeviceMappingArray {
	sized := newVolume()
	sized.VolumeSize = pulumi.Int(diskGiB)
	if config.Bottlerocket(ami) {
		return ec2.LaunchTemplateBlockDeviceMappingArray{blockDevice(rootDevice, newVolume()), blockDevice(dataDevice, sized)}
	}
	return ec2.LaunchTemplateBlockDeviceMappingArray{blockDevice(rootDevice, sized)}
}

func newVolume() *ec2.LaunchTemplateBlockDeviceMappingEbsArgs {
	return &ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
		VolumeType:          pulumi.String("gp3"),
		Encrypted:           pulumi.String("true"),
		DeleteOnTermination: pulumi.String("true"),
	}
}

func blockDevice(device string, ebs *ec2.LaunchTemplateBlockDeviceMappingEbsArgs) *ec2.LaunchTemplateBlockDeviceMappingArgs {
	return &ec2.LaunchTemplateBlockDeviceMappingArgs{DeviceName: pulumi.String(device), Ebs: ebs}
}
