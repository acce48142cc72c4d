package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// accelerator is what a family of instance types has beside its processors.
type accelerator struct {
	name string
	// images are EKS's with drivers for it, none where EKS has none.
	images []string
}

var (
	nvidia    = accelerator{"NVIDIA GPUs", []string{config.AL2023x86NVIDIA, config.BottlerocketX86NVIDIA}}
	nvidiaArm = accelerator{"NVIDIA GPUs", []string{config.AL2023armNVIDIA, config.BottlerocketArmNVIDIA}}
	neuron    = accelerator{"AWS Inferentia or Trainium", []string{config.AL2023x86Neuron, config.BottlerocketX86}}
)

// acceleratedFamilies follow docs.aws.amazon.com/eks/latest/userguide/ml-eks-optimized-ami.html, as of November 2026,
// and docs.aws.amazon.com/ec2/latest/instancetypes/ac.html for those that no image of EKS has drivers for.
var acceleratedFamilies = map[string]accelerator{
	"g4dn": nvidia, "g5": nvidia, "g6": nvidia, "g6e": nvidia, "g6f": nvidia, "g7e": nvidia, "gr6": nvidia, "p3": nvidia, "p3dn": nvidia, "p4d": nvidia,
	"p4de": nvidia, "p5": nvidia, "p5e": nvidia, "p5en": nvidia, "p6-b200": nvidia, "p6-b300": nvidia, "g5g": nvidiaArm,
	"inf1": neuron, "inf2": neuron, "trn1": neuron, "trn2": neuron,

	"g7": {"NVIDIA GPUs", nil}, "g4ad": {"AMD GPUs", nil}, "trn1n": {"AWS Trainium", nil}, "dl1": {"Gaudi accelerators", nil},
	"dl2q": {"Qualcomm accelerators", nil}, "vt1": {"video transcoders", nil}, "f1": {"FPGAs", nil}, "f2": {"FPGAs", nil},
}

// adviseOnAccelerators warns of those that pods could not use, and of images with drivers for what a type does not
// have.
func adviseOnAccelerators(groups map[string]config.NodeGroup) []config.Warning {
	var all []config.Warning
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		group := groups[name]
		for i, typ := range group.InstanceTypes {
			family, _, _ := strings.Cut(typ, ".")
			has, accelerated := acceleratedFamilies[family]
			path, text := config.At(config.In("nodeGroups", name)+".instanceTypes", i), ""
			switch {
			case !accelerated && hasDrivers(group.AMI):
				text = fmt.Sprintf("%s has no accelerator for the drivers of %s; use the standard AMI", typ, group.AMI)
			case !accelerated || slices.Contains(has.images, group.AMI):
				continue
			case len(has.images) == 0:
				text = fmt.Sprintf("%s has %s, for which no EKS AMI has drivers: pods cannot use them unless you install the drivers", typ, has.name)
			default:
				text = fmt.Sprintf("%s has %s, but %s has no drivers for them, so pods cannot use them; write ami: %s, and install the device plugin in the cluster", typ, has.name, group.AMI, strings.Join(has.images, " or "))
			}
			all = append(all, config.Warning{Path: path, Text: text})
		}
	}
	return all
}

// hasDrivers reports whether an image is the one for an accelerator.
func hasDrivers(ami string) bool {
	return strings.HasSuffix(ami, "-nvidia") || strings.HasSuffix(ami, "-neuron")
}
