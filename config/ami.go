package config

import (
	"slices"
	"strings"
)

// The images that EKS maintains for managed node groups, as they are typed
// (docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html, amiType).
const (
	AL2023x86 = "al2023-x86_64"
	AL2023arm = "al2023-arm64"

	BottlerocketX86 = "bottlerocket-x86_64"
	BottlerocketArm = "bottlerocket-arm64"

	// Those with drivers of accelerators.
	AL2023x86NVIDIA       = "al2023-x86_64-nvidia"
	AL2023armNVIDIA       = "al2023-arm64-nvidia"
	AL2023x86Neuron       = "al2023-x86_64-neuron"
	BottlerocketX86NVIDIA = "bottlerocket-x86_64-nvidia"
	BottlerocketArmNVIDIA = "bottlerocket-arm64-nvidia"
)

// AMIs are all of them.
var AMIs = []string{
	AL2023x86, AL2023arm, BottlerocketX86, BottlerocketArm,
	AL2023x86NVIDIA, AL2023armNVIDIA, AL2023x86Neuron, BottlerocketX86NVIDIA, BottlerocketArmNVIDIA,
}

// amiFor is the AL2023 image of an instance type's architecture: Graviton families carry a g after the generation
// (docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
func amiFor(instanceType string) string {
	if gravitonType.MatchString(instanceType) {
		return AL2023arm
	}
	return AL2023x86
}

// Arm reports whether an AMI is for arm64, and not for x86_64.
func Arm(ami string) bool { return strings.Contains(ami, "-arm64") }

// Bottlerocket reports whether an AMI is of Bottlerocket, and not of AL2023.
func Bottlerocket(ami string) bool { return strings.HasPrefix(ami, "bottlerocket-") }

// otherArchitecture is the AMI of the same system for the other architecture, "" for none.
func otherArchitecture(ami string) string {
	other := strings.Replace(ami, "-x86_64", "-arm64", 1)
	if Arm(ami) {
		other = strings.Replace(ami, "-arm64", "-x86_64", 1)
	}
	switch {
	case !slices.Contains(AMIs, ami):
		return ""
	case slices.Contains(AMIs, other):
		return other
	case Arm(ami):
		return AL2023x86
	default:
		return AL2023arm
	}
}
