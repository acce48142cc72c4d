package capacity

import (
	"fmt"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// CheckReserved refuses reservations that leave a node nothing for pods. The kubelet does not start with more than the
// node has (k8s.io/kubernetes, pkg/kubelet/cm/node_container_manager_linux.go, validateNodeAllocatable).
func CheckReserved(s *config.Stack, groups []Group, problems *config.Problems) {
	for _, g := range groups {
		group := s.NodeGroups[g.Name]
		if !group.Kubelet.Written() {
			continue
		}
		for _, typ := range group.InstanceTypes {
			i, path := awsdata.InstanceTypes()[typ], config.In("nodeGroups", g.Name)+".kubelet"
			if reserved := reservedCPU(group.Kubelet, i); reserved >= 1000*i.VCPUs {
				problems.Add(path, "%dm of CPU are reserved, and %s has %dm; reserve less, or use larger instance types", reserved, typ, 1000*i.VCPUs)
			}
			if reserved := reservedMemory(group, i, g.MaxPods); reserved >= capacityMemory(i) {
				problems.Add(path, "%d MiB of memory are reserved or kept free by evictions, and %s has %d MiB; reserve less, or use larger instance types", reserved, typ, capacityMemory(i))
			}
		}
	}
}

// AdviseOnReserved warns of less memory for the kubelet and the container runtime than the image would reserve: where
// pods use all of theirs, the kernel ends processes of the node (kubernetes.io/docs/concepts/scheduling-eviction/
// node-pressure-eviction/#node-out-of-memory-behavior).
func AdviseOnReserved(s *config.Stack, groups []Group) []config.Warning {
	var all []config.Warning
	for _, g := range groups {
		group := s.NodeGroups[g.Name]
		path := config.In("nodeGroups", g.Name) + ".kubelet"
		most := 0
		for _, typ := range group.InstanceTypes {
			most = max(most, imageReservedMemory(group.AMI, awsdata.InstanceTypes()[typ], g.MaxPods))
		}
		if own := config.MiB(group.Kubelet.KubeReserved.Memory); own > 0 && own < most {
			all = append(all, config.Warning{Path: path + ".kubeReserved.memory", Text: fmt.Sprintf("%d MiB, but the image would reserve %d MiB for up to %d pods; if pods use all other memory, the kernel ends processes of the node; write %dMi or more, or remove it", own, most, g.MaxPods, most)})
		}
		for _, typ := range group.InstanceTypes {
			if kept := evictionMemory(group.Kubelet, capacityMemory(awsdata.InstanceTypes()[typ])); kept < evictionMiB {
				all = append(all, config.Warning{Path: config.In(path+".evictionHard", "memory.available"), Text: fmt.Sprintf("%d MiB of %s; the kubelet may evict too late, and the kernel ends processes first; write %dMi or more", kept, typ, evictionMiB)})
				break
			}
		}
	}
	return all
}
