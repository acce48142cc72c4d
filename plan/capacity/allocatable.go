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
		cpu := max(1000*i.VCPUs-reservedCPU(group.Kubelet, i), 0)
		memory := max(capacityMemory(i)-reservedMemory(group, i, maxPods), 0)
		if n == 0 {
			milliCPU, mib = cpu, memory
		}
		milliCPU, mib = min(milliCPU, cpu), min(mib, memory)
	}
	return milliCPU, mib
}

// capacityMemory returns the memory in MiB that the kubelet reports as the capacity of a node.
func capacityMemory(i awsdata.InstanceType) int {
	return i.MemoryMiB - i.MemoryMiB*missingPerMille/1000
}

// reservedCPU returns the milli-CPUs of a node that pods cannot request.
func reservedCPU(k config.Kubelet, i awsdata.InstanceType) int {
	own := config.MilliCPU(k.KubeReserved.CPU)
	if own == 0 {
		own = imageReservedCPU(i.VCPUs)
	}
	return own + config.MilliCPU(k.SystemReserved.CPU)
}

// reservedMemory returns the MiB of a node that pods cannot request: the reservations and the eviction threshold
// (kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources).
func reservedMemory(group config.NodeGroup, i awsdata.InstanceType, maxPods int) int {
	own := config.MiB(group.Kubelet.KubeReserved.Memory)
	if own == 0 {
		own = imageReservedMemory(group.AMI, i, maxPods)
	}
	return own + config.MiB(group.Kubelet.SystemReserved.Memory) + evictionMemory(group.Kubelet, capacityMemory(i))
}

// imageReservedMemory returns the MiB that an image reserves for the kubelet and the container runtime.
func imageReservedMemory(ami string, i awsdata.InstanceType, maxPods int) int {
	return reservedMiB + reservedMiBPerPod*podsReserved(ami, i, maxPods)
}

// evictionMemory returns the threshold in MiB below which the kubelet evicts pods.
func evictionMemory(k config.Kubelet, capacity int) int {
	threshold, written := k.EvictionHard["memory.available"]
	if !written {
		return evictionMiB
	}
	return thresholdMiB(threshold, capacity)
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

// imageReservedCPU returns the milli-CPUs that an image reserves for the kubelet and the container runtime: 6% of the
// first vCPU, 1% of the second, 0.5% of each of the next two and 0.25% of each further one.
func imageReservedCPU(cpus int) int {
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
	return reserved / 10
}
