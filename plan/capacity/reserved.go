package capacity

import (
	"strconv"
	"strings"

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
		path, disk := config.In("nodeGroups", g.Name)+".kubelet", 1024*group.DiskGiB
		if reserved := reservedStorage(group.Kubelet, disk); reserved >= disk {
			problems.Add(path, "%d MiB of storage are reserved or kept free by evictions, and the volume has %d MiB; reserve less, or raise diskGiB", reserved, disk)
		}
		for _, typ := range group.InstanceTypes {
			i := awsdata.InstanceTypes()[typ]
			if reserved := reservedCPU(group.Kubelet, i); reserved >= 1000*i.VCPUs {
				problems.Add(path, "%dm of CPU are reserved, and %s has %dm; reserve less, or use larger instance types", reserved, typ, 1000*i.VCPUs)
			}
			if reserved := reservedMemory(group, i, g.MaxPods); reserved >= capacityMemory(i) {
				problems.Add(path, "%d MiB of memory are reserved or kept free by evictions, and %s has %d MiB; reserve less, or use larger instance types", reserved, typ, capacityMemory(i))
			}
		}
	}
}

// What EKS's images reserve of the volume for images and logs (github.com/awslabs/amazon-eks-ami, nodeadm/internal/
// kubelet/config.go), and the percentage of it below which the kubelet evicts pods by default.
const (
	imageReservedStorageMiB = 1024
	evictionStoragePercent  = "10%"
)

// reservedStorage returns the MiB of a volume that pods cannot request. The kubelet counts the threshold of
// nodefs.available and no other one (k8s.io/kubernetes, pkg/kubelet/cm/helpers.go, hardEvictionReservation).
func reservedStorage(k config.Kubelet, disk int) int {
	own := config.MiB(k.KubeReserved.EphemeralStorage)
	if own == 0 {
		own = imageReservedStorageMiB
	}
	threshold := k.EvictionHard["nodefs.available"]
	if threshold == "" {
		threshold = evictionStoragePercent
	}
	return own + config.MiB(k.SystemReserved.EphemeralStorage) + thresholdMiB(threshold, disk)
}

// thresholdMiB returns the MiB of an eviction threshold, a size or a percentage of the capacity in MiB.
func thresholdMiB(threshold string, capacity int) int {
	if percent, isPercentage := strings.CutSuffix(threshold, "%"); isPercentage {
		number, _ := strconv.Atoi(percent)
		return (capacity*number + 99) / 100
	}
	return config.MiB(threshold)
}
