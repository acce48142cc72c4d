package cluster

import (
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

func TestTheDiskSizeAppliesToTheVolumeOfImagesAndLogs(t *testing.T) {
	for ami, want := range map[string]map[string]pulumi.IntPtrInput{
		config.AL2023x86:       {"/dev/xvda": pulumi.Int(80)},
		config.AL2023arm:       {"/dev/xvda": pulumi.Int(80)},
		config.BottlerocketX86: {"/dev/xvda": nil, "/dev/xvdb": pulumi.Int(80)},
		config.BottlerocketArm: {"/dev/xvda": nil, "/dev/xvdb": pulumi.Int(80)},
	} {
		mappings := volumes(ami, 80)
		if len(mappings) != len(want) {
			t.Errorf("%s: %d volumes, want %d", ami, len(mappings), len(want))
		}
		for _, input := range mappings {
			mapping := input.(*ec2.LaunchTemplateBlockDeviceMappingArgs)
			device := string(mapping.DeviceName.(pulumi.String))
			volume := mapping.Ebs.(*ec2.LaunchTemplateBlockDeviceMappingEbsArgs)
			if size, known := want[device]; !known || volume.VolumeSize != size {
				t.Errorf("%s: %s has %v GiB, want %v", ami, device, volume.VolumeSize, size)
			}
			if volume.VolumeType != pulumi.String("gp3") || volume.Encrypted != pulumi.String("true") {
				t.Errorf("%s: %s is of type %v, encrypted %v", ami, device, volume.VolumeType, volume.Encrypted)
			}
		}
	}
}

func TestAMIsAreTranslatedIntoEKSsAMITypes(t *testing.T) {
	for ami, want := range map[string]string{
		config.AL2023x86: "AL2023_x86_64_STANDARD", config.AL2023arm: "AL2023_ARM_64_STANDARD",
		config.BottlerocketX86: "BOTTLEROCKET_x86_64", config.BottlerocketArm: "BOTTLEROCKET_ARM_64",
	} {
		if amiTypes[ami] != want {
			t.Errorf("%s is %q, want %q", ami, amiTypes[ami], want)
		}
	}
}

func TestAnUpdateReplacesANumberOrAPercentageOfNodes(t *testing.T) {
	for _, test := range []struct {
		spec             config.Update
		number, fraction pulumi.IntPtrInput
	}{
		{config.Update{}, pulumi.Int(1), nil},
		{config.Update{MaxUnavailable: 3}, pulumi.Int(3), nil},
		{config.Update{MaxUnavailablePercentage: 25}, nil, pulumi.Int(25)},
	} {
		if got := updateConfig(test.spec); got.MaxUnavailable != test.number || got.MaxUnavailablePercentage != test.fraction {
			t.Errorf("%+v: %v nodes, %v %%", test.spec, got.MaxUnavailable, got.MaxUnavailablePercentage)
		}
	}
}

func TestEveryAMIHasItsOwnAMITypeInEKS(t *testing.T) {
	named := map[string]string{}
	for _, ami := range config.AMIs {
		typ := amiTypes[ami]
		if typ == "" || named[typ] != "" {
			t.Errorf("%s is %q, which is %q too", ami, typ, named[typ])
		}
		if strings.Contains(typ, "ARM_64") != config.Arm(ami) || strings.HasPrefix(typ, "BOTTLEROCKET") != config.Bottlerocket(ami) {
			t.Errorf("%s is %s", ami, typ)
		}
		named[typ] = ami
	}
}

// A changed tag in the launch template replaces every node.
func TestTheLaunchTemplateOmitsTagsThatAreNotPutOnInstances(t *testing.T) {
	got := instanceTags("dev-general", &NodeGroupArgs{
		Tags: map[string]string{"team": "shop", "release": "7"}, Untagged: []string{"release", "cost"},
		Spec: config.NodeGroup{Tags: map[string]string{"cost": "12", "work": "batch"}},
	})
	if want := map[string]string{"team": "shop", "work": "batch", "Name": "dev-general"}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
