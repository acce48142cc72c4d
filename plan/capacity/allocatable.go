package capacity

import (
	"eksnet/config"
	"eksnet/internal/awsdata"
)

// What a kubelet keeps for itself and the system (github.com/awslabs/amazon-eks-ami,
// nodeadm/internal/kubelet/config.go; bottlerocket-os/bottlerocket, kube_reserve_memory).
const (
	reservedMiB, reservedMiBPerPod = 255, 11
	evictionMiB                    = 100
	// missingPerMille is the part of an instance's memory that the hypervisor and the kernel keep: Karpenter's estimate
	// (karpenter.sh/docs/reference/settings, vm-memory-overhead-percent 0.075).
	missingPerMille = 75
)

// allocatable returns the CPU and memory that pods may request of a node of a group whose kubelet takes a number of
// pods: of several types the least of each.
func allocatable(group config.NodeGroup, maxPods int) (milliCPU, mib int) {
	for n, typ := range group.InstanceTypes {
		i := awsdata.InstanceTypes()[typ]
		cpu, memory := allocatableCPU(i.VCPUs), allocatableMemory(i, podsReserved(group.AMI, i, maxPods))
		if n == 0 {
			milliCPU, mib = cpu, memory
		}
		milliCPU, mib = min(milliCPU, cpu), min(mib, memory)
	}
	return milliCPU, mib
}

// podsReserved is the number of pods that memory is reserved for: Bottlerocket takes the kubelet's own number, AL2023
// the number of addresses without prefixes, whatever the kubelet takes
// (github.com/bottlerocket-os/bottlerocket/issues/4472).
func podsReserved(ami string, i awsdata.InstanceType, maxPods int) int {
	if ami == config.BottlerocketX86 || ami == config.BottlerocketArm {
		return maxPods
	}
	return i.Interfaces*(i.AddressesPerInterface-1) + hostPods
}

func allocatableMemory(i awsdata.InstanceType, pods int) int {
	return max(i.MemoryMiB-i.MemoryMiB*missingPerMille/1000-reservedMiB-reservedMiBPerPod*pods-evictionMiB, 0)
}

// allocatableCPU is what is left of a number of vCPUs: 6% of the first, 1% of the second, half a percent of the next
// two and a quarter of a percent of the others are reserved.
func allocatableCPU(cpus int) int {
	reserved := 0
	for cpu := range cpus {
		switch {
		case cpu == 0:
			reserved += 600
		case cpu == 1:
			reserved += 100
		case cpu < 4:
			reserved += 50
		default:
			reserved += 25
		}
	}
	return 1000*cpus - reserved/10
}
