package capacity

import (
	"eksnet/config"
	"eksnet/internal/awsdata"
)

// Memory that a kubelet reserves for itself and the system, and for evictions (github.com/awslabs/amazon-eks-ami,
// nodeadm/internal/kubelet/config.go; bottlerocket-os/bottlerocket, kube_reserve_memory).
const (
	reservedMiB, reservedMiBPerPod = 255, 11
	evictionMiB                    = 100
	// missingPerMille is the part of an instance's memory that the hypervisor and the kernel use, by Karpenter's
	// estimate (karpenter.sh/docs/reference/settings, vm-memory-overhead-percent 0.075).
	missingPerMille = 75
)

// allocatable returns the CPU and memory that the pods of one node can request, if the kubelet's maximum is maxPods.
// For a group with several instance types it returns the lowest CPU and the lowest memory of them.
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

// podsReserved returns the number of pods for which the kubelet reserves memory. Bottlerocket uses the kubelet's
// maximum. AL2023 always uses the number of pods that fit without prefixes, even if the kubelet's maximum is another
// one (github.com/bottlerocket-os/bottlerocket/issues/4472).
func podsReserved(ami string, i awsdata.InstanceType, maxPods int) int {
	if config.Bottlerocket(ami) {
		return maxPods
	}
	return i.Interfaces*(i.AddressesPerInterface-1) + hostPods
}

func allocatableMemory(i awsdata.InstanceType, pods int) int {
	return max(i.MemoryMiB-i.MemoryMiB*missingPerMille/1000-reservedMiB-reservedMiBPerPod*pods-evictionMiB, 0)
}

// allocatableCPU returns the milli-CPUs that are left for pods. The kubelet reserves 6% of the first vCPU, 1% of the
// second, 0.5% of each of the next two and 0.25% of each further one.
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
