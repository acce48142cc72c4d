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

// ami accepts the images that EKS updates and whose user data EKS completes, and says of others why not.
func (v *validator) ami(path, ami string) {
	if reason := whyNoAMI(ami); reason != "" {
		v.Add(path, "%q is not accepted: %s; accepted: %s", ami, reason, list(AMIs...))
		return
	}
	v.oneOf(path, ami, AMIs...)
}

// whyNoAMI returns why the stack has no nodes of an image that EKS has, by its name in the EKS API or one in the form
// of the stack file; "" for any other text.
func whyNoAMI(ami string) string {
	name := strings.ToLower(strings.ReplaceAll(ami, "_", "-"))
	switch {
	case strings.HasPrefix(name, "windows"):
		// docs.aws.amazon.com/eks/latest/userguide/windows-support.html
		return "pods on Windows get their addresses from the VPC resource controller and not from the VPC CNI's configuration, " +
			"and CoreDNS, the controllers and all samples run on Linux"
	case name == "al2" || strings.HasPrefix(name, "al2-"):
		// docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html
		return "EKS has had no AL2 images since November 2025, and none for Kubernetes 1.33 or newer"
	case name == "custom" || strings.HasPrefix(name, "ami-"):
		// docs.aws.amazon.com/eks/latest/userguide/launch-templates.html, specifying an AMI
		return "EKS completes the user data of its own images only, and neither updates the image nor checks its version of Kubernetes"
	case strings.HasPrefix(name, "bottlerocket-") && strings.HasSuffix(name, "-fips"):
		// docs.aws.amazon.com/eks/latest/userguide/bottlerocket-fips-amis.html
		return "its nodes pull images from FIPS endpoints of ECR, which few regions have and no VPC endpoint replaces"
	}
	return ""
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
