package cluster

import (
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// newLaunchTemplate demands IMDSv2 and keeps pods that have an address of their own off it (one hop), and encrypts the disks.
func newLaunchTemplate(ctx *pulumi.Context, name string, args *NodeGroupArgs, in pulumi.ResourceOption) (*ec2.LaunchTemplate, error) {
	tags := instanceTags(name, args)
	var data pulumi.StringPtrInput
	if text := userData(args.Spec.AMI, args.Version, args.MaxPods); text != "" {
		data = pulumi.String(text)
	}
	return ec2.NewLaunchTemplate(ctx, name, &ec2.LaunchTemplateArgs{
		UserData:             data,
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

// instanceTags are the stack's and the group's but for those that are kept off instances.
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

// Devices of the AMIs' volumes.
const (
	rootDevice = "/dev/xvda"
	dataDevice = "/dev/xvdb"
)

// volumes give images and logs their room: the root volume of AL2023, the data volume of Bottlerocket, whose operating system has a
// root volume to itself that stays as large as the image makes it (bottlerocket.dev/en/os/latest/concepts/storage).
func volumes(ami string, diskGiB int) ec2.LaunchTemplateBlockDeviceMappingArray {
	sized := volume()
	sized.VolumeSize = pulumi.Int(diskGiB)
	if config.Bottlerocket(ami) {
		return ec2.LaunchTemplateBlockDeviceMappingArray{on(rootDevice, volume()), on(dataDevice, sized)}
	}
	return ec2.LaunchTemplateBlockDeviceMappingArray{on(rootDevice, sized)}
}

func volume() *ec2.LaunchTemplateBlockDeviceMappingEbsArgs {
	return &ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
		VolumeType:          pulumi.String("gp3"),
		Encrypted:           pulumi.String("true"),
		DeleteOnTermination: pulumi.String("true"),
	}
}

func on(device string, ebs *ec2.LaunchTemplateBlockDeviceMappingEbsArgs) *ec2.LaunchTemplateBlockDeviceMappingArgs {
	return &ec2.LaunchTemplateBlockDeviceMappingArgs{DeviceName: pulumi.String(device), Ebs: ebs}
}
