package capacity

import (
	"fmt"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// Estimates of what a node itself uses, below which the plan warns. The pods of the VPC CNI and of kube-proxy request
// no memory, and their processes need some hundred MiB; an image's system and the container images of AWS's add-ons
// need some GiB, of which EKS's own default volume has 20
// (docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html, diskSize).
const (
	leastPodMemoryMiB   = 500
	leastUsedStorageMiB = 5 * 1024
)

// Pages about what happens on a node without room.
const (
	allocatablePage = "kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#enforcing-node-allocatable"
	pressurePage    = "kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-conditions"
)

// AdviseOnReserved warns of reservations and eviction thresholds that leave too little for the kubelet, for the pods of
// each node, or for images.
func AdviseOnReserved(s *config.Stack, groups []Group) (all []config.Warning) {
	for _, g := range groups {
		group := s.NodeGroups[g.Name]
		path := config.In("nodeGroups", g.Name) + ".kubelet"
		all = append(all, adviseOnKubeletMemory(path, group, g)...)
		if !group.Kubelet.Written() {
			continue
		}
		all = append(all, adviseOnPodResources(path, g)...)
		all = append(all, adviseOnStorageThresholds(path, group)...)
	}
	return all
}

// adviseOnKubeletMemory warns of less memory for the kubelet and the container runtime than the image would reserve:
// where pods use all of theirs, the kernel ends processes of the node (kubernetes.io/docs/concepts/scheduling-eviction/
// node-pressure-eviction/#node-out-of-memory-behavior).
func adviseOnKubeletMemory(path string, group config.NodeGroup, g Group) (all []config.Warning) {
	most := 0
	for _, typ := range group.InstanceTypes {
		most = max(most, imageReservedMemory(group.AMI, awsdata.InstanceTypes()[typ], g.MaxPods))
	}
	if own := config.MiB(group.Kubelet.KubeReserved.Memory); own > 0 && own < most {
		all = append(all, config.Warning{Path: path + ".kubeReserved.memory", Text: fmt.Sprintf("%d MiB, but the image would reserve %d MiB for up to %d pods; if pods use all other memory, the kernel ends processes of the node; write %dMi or more, or remove it", own, most, g.MaxPods, most)})
	}
	for _, typ := range group.InstanceTypes {
		if kept := evictionMemory(group.Kubelet, capacityMemory(awsdata.InstanceTypes()[typ])); kept < evictionMiB {
			return append(all, config.Warning{Path: config.In(path+".evictionHard", "memory.available"), Text: fmt.Sprintf("%d MiB of %s; the kubelet may evict too late, and the kernel ends processes first; write %dMi or more", kept, typ, evictionMiB)})
		}
	}
	return all
}

// adviseOnPodResources warns of a node on which the pods that run on every node are not scheduled, or have little
// memory. Without the VPC CNI a node is never ready.
func adviseOnPodResources(path string, g Group) (all []config.Warning) {
	if left := g.AllocatableMilliCPU; left > 0 && left < nodeAgentRequests.MilliCPU {
		all = append(all, config.Warning{Path: path, Text: fmt.Sprintf("%dm of CPU are left for pods, but the VPC CNI and kube-proxy request %dm on each node, which is not ready without them; reserve less, or use larger instance types (%s)", left, nodeAgentRequests.MilliCPU, allocatablePage)})
	}
	if left := g.AllocatableMiB; left > 0 && left < leastPodMemoryMiB {
		all = append(all, config.Warning{Path: path, Text: fmt.Sprintf("%d MiB of memory are left for pods; those of the VPC CNI and kube-proxy on each node request none, but use some of it, and the kernel ends processes of pods that use more than is left; reserve less for %d MiB or more, or use larger instance types (%s)", left, leastPodMemoryMiB, allocatablePage)})
	}
	return all
}

// adviseOnStorageThresholds warns of thresholds that the images of a node exceed at once: a node with the condition
// DiskPressure gets no pods, and the kubelet evicts those that it has. The root file system of AL2023 and the second
// volume of Bottlerocket are nodefs and imagefs both.
func adviseOnStorageThresholds(path string, group config.NodeGroup) (all []config.Warning) {
	disk := 1024 * group.DiskGiB
	for _, signal := range []string{"imagefs.available", "nodefs.available"} {
		threshold := thresholdMiB(group.Kubelet.EvictionHard[signal], disk)
		if used := max(disk-threshold, 0); threshold > 0 && used < leastUsedStorageMiB {
			all = append(all, config.Warning{Path: config.In(path+".evictionHard", signal), Text: fmt.Sprintf("%d MiB are kept free of a volume of %d MiB; the kubelet reports DiskPressure as soon as images and logs use %d MiB, so the node gets no pods; write %dMi or less, or raise diskGiB (%s)", threshold, disk, used, disk-leastUsedStorageMiB, pressurePage)})
		}
	}
	return all
}
