// Package capacity computes how many pods nodes hold and how many addresses subnets need, and refuses stacks whose
// nodes or subnets are too small.
package capacity

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// Group describes what one node of a node group can hold. If the group has several instance types, the figures are
// those of the type that holds the fewest pods, which EKS uses for all of its nodes.
type Group struct {
	Name  string   `json:"name"`
	Types []string `json:"types"`
	// ENIs is the number of network interfaces that the type supports, and AddressesPerENI the number of IPv4 addresses
	// of each.
	ENIs            int `json:"enis"`
	AddressesPerENI int `json:"addressesPerEni"`
	VCPUs           int `json:"vcpus"`
	// Nitro reports whether the type supports /28 prefixes.
	Nitro bool `json:"nitro"`
	// BranchInterfaces is how many pods of a node can have a security group of their own, 0 if the stack file does not
	// enable them.
	BranchInterfaces int `json:"branchInterfaces"`
	// MaxPods is how many pods can run on a node.
	MaxPods int `json:"maxPods"`
	// KubeletMaxPods is the figure that the stack writes into the nodes' kubelet configuration, 0 if EKS sets the same
	// figure itself.
	KubeletMaxPods int `json:"kubeletMaxPods"`
	// AllocatableMilliCPU and AllocatableMiB are the CPU and memory that the pods of a node can request in total.
	AllocatableMilliCPU int `json:"allocatableMilliCpu"`
	AllocatableMiB      int `json:"allocatableMiB"`
	// Reason is the text of how MaxPods was computed.
	Reason string `json:"reason"`

	// smallest is the instance type of these figures.
	smallest awsdata.InstanceType
}

const (
	// hostPods is the number of pods on each node that use the host network and so need no address of their own: those
	// of the CNI and kube-proxy (docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html). They are the 2
	// that AWS's formula adds.
	hostPods = 2
)

// The maximum numbers of pods that managed node groups enforce, with prefixes and without
// (docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses-procedure.html). Kubernetes is tested with 110
// pods on a node, and EKS has tested larger instances with 250.
const (
	capSmall, capLarge = 110, 250
	smallCPUs          = 30
)

// capOf returns the maximum number of pods for a number of vCPUs.
func capOf(cpus int) int {
	if cpus <= smallCPUs {
		return capSmall
	}
	return capLarge
}

// cni holds the settings of the VPC CNI that decide how nodes get addresses for pods.
type cni struct {
	prefixes bool
	// custom reports whether custom networking is used: pods have their own subnets, and the first interface of a node
	// has no addresses for pods (docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html).
	custom bool
	// discovery reports whether the first interface of a node is in the node's subnet, and further ones in the pods'
	// (github.com/aws/amazon-vpc-cni-k8s v1.23.2, README.md, ENABLE_SUBNET_DISCOVERY).
	discovery bool
	// ipv6 reports whether pods have IPv6 addresses. A node then has one /80 prefix of them, and no further interfaces
	// (github.com/aws/amazon-vpc-cni-k8s v1.23.2, pkg/ipamd/ipamd.go, nodeInit).
	ipv6 bool
	// podGroups reports whether pods may have a security group of their own.
	podGroups bool
	warm      config.Warm
}

func cniOf(s *config.Stack) cni {
	spec := s.Addons.VPCCNI
	return cni{prefixes: spec.PrefixDelegation, custom: s.Network.CustomNetworking(), discovery: s.Network.PodDiscovery(), ipv6: s.Network.IPv6(), podGroups: spec.PodSecurityGroups != nil, warm: spec.Warm}
}

// podInterfaces returns how many interfaces of an instance have addresses for pods.
func (c cni) podInterfaces(i awsdata.InstanceType) int {
	interfaces := i.Interfaces
	if c.custom {
		interfaces--
	}
	if c.hasTrunk(i) {
		interfaces--
	}
	return max(interfaces, 0)
}

// prefixed reports whether an instance gets prefixes. Only instances on the Nitro System and bare metal instances
// support them.
func (c cni) prefixed(i awsdata.InstanceType) bool { return c.prefixes && i.Nitro }

// holds returns how many pods can run with the addresses of an instance's interfaces, including those on the host
// network.
func (c cni) holds(i awsdata.InstanceType) int {
	slots := c.podInterfaces(i) * (i.AddressesPerInterface - 1)
	if c.prefixed(i) {
		slots *= awsdata.AddressesPerPrefix
	}
	return slots + hostPods
}

// maxPods is AWS's formula, limited to EKS's maximum: interfaces × (IPv4 addresses of each − 1) + 2, or with prefixes
// interfaces × (IPv4 addresses of each − 1) × 16 + 2. A /80 prefix of IPv6 addresses does not limit pods.
func (c cni) maxPods(i awsdata.InstanceType) int {
	if c.ipv6 {
		return capOf(i.VCPUs)
	}
	return min(c.holds(i), capOf(i.VCPUs))
}

// ComputeGroups returns what a node of each group can hold. It omits groups with unknown instance types, which
// CheckInstanceTypes refuses.
func ComputeGroups(s *config.Stack) []Group {
	c := cniOf(s)
	var all []Group
	for name, g := range c.groups(s.NodeGroups) {
		group := s.NodeGroups[name]
		g = g.withMaxPods(group.MaxPods, c)
		g.AllocatableMilliCPU, g.AllocatableMiB = allocatable(group, g.MaxPods)
		all = append(all, g.limitedByAddresses(c))
	}
	return all
}

// CheckMaxPods refuses a maxPods that is more than a node of the group can hold.
func CheckMaxPods(s *config.Stack, problems *config.Problems) {
	for name, g := range cniOf(s).groups(s.NodeGroups) {
		if pods := s.NodeGroups[name].MaxPods; pods > g.MaxPods {
			problems.Add(config.In("nodeGroups", name)+".maxPods", "%d pods, but a node supports at most %d (%s); write %d or less, or 0 for that number", pods, g.MaxPods, g.Reason, g.MaxPods)
		}
	}
}

// groups returns what a node of each group can hold by AWS's formula, sorted by the groups' names.
func (c cni) groups(groups map[string]config.NodeGroup) iter.Seq2[string, Group] {
	return func(yield func(string, Group) bool) {
		for _, name := range slices.Sorted(maps.Keys(groups)) {
			types := groups[name].InstanceTypes
			least, found := c.smallest(types)
			if !found {
				continue
			}
			of := awsdata.InstanceTypes()[least]
			g := Group{
				Name: name, Types: types, ENIs: of.Interfaces, AddressesPerENI: of.AddressesPerInterface, VCPUs: of.VCPUs, Nitro: of.Nitro,
				BranchInterfaces: c.branches(types), MaxPods: c.maxPods(of), Reason: c.reason(least, of, len(types)), smallest: of,
			}
			if !yield(name, g) {
				return
			}
		}
	}
}

// withMaxPods decides whether the stack writes the maximum number of pods or EKS does. EKS computes it for groups whose
// launch template has no image ID, with prefixes and without, if the CNI is configured before the group is created
// (docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses-procedure.html). For several instance types it
// uses the lowest. EKS does not document this for custom networking, and the figure that nodeadm computes ignores
// custom networking (github.com/awslabs/amazon-eks-ami/issues/2201). For IPv6 it is not documented either. The stack
// therefore writes the figure with custom networking and with IPv6, and if the stack file sets a lower one. It also
// writes it with subnets that the CNI discovers: the nodes are then replaced before these subnets are deleted, which
// EC2 refuses while nodes have interfaces in them. EKS does not count the trunk interface of a node either, which
// security groups for pods need.
func (g Group) withMaxPods(pods int, c cni) Group {
	switch {
	case pods > 0 && pods < g.MaxPods:
		g.MaxPods, g.KubeletMaxPods = pods, pods
		g.Reason = fmt.Sprintf("%d from the stack file; without it %s", pods, g.Reason)
	case c.custom || c.discovery || c.ipv6 || c.podGroups:
		g.KubeletMaxPods = g.MaxPods
	}
	return g
}

// limitedByAddresses limits the pods to the addresses that the CNI gets for a node. With minimumIps and without ips,
// the CNI gets that many addresses and never more (github.com/aws/amazon-vpc-cni-k8s v1.23.2, pkg/ipamd/ipamd.go,
// datastoreTargetState).
func (g Group) limitedByAddresses(c cni) Group {
	if c.growsWithPods() {
		return g
	}
	if _, addresses := c.podAddresses(g.smallest, 0); addresses+hostPods < g.MaxPods {
		g.Reason = fmt.Sprintf("addons.vpcCni.warm.minimumIps %d gives a node %d addresses, + %d = %d; without it %s", c.warm.MinimumIPs, addresses, hostPods, addresses+hostPods, g.Reason)
		g.MaxPods = addresses + hostPods
	}
	return g
}

// growsWithPods reports whether a node gets more addresses when its pods use up those that it has.
func (c cni) growsWithPods() bool { return c.warm.IPs > 0 || c.warm.MinimumIPs == 0 }

// smallest returns the type that holds the fewest pods, and the first one if several hold the same number.
func (c cni) smallest(types []string) (least string, found bool) {
	for _, typ := range types {
		i, known := awsdata.InstanceTypes()[typ]
		if !known {
			return "", false
		}
		if !found || c.maxPods(i) < c.maxPods(awsdata.InstanceTypes()[least]) {
			least, found = typ, true
		}
	}
	return least, found
}

// reason returns the formula with the figures of an instance type.
func (c cni) reason(typ string, i awsdata.InstanceType, types int) string {
	text := fmt.Sprintf("%s: ", typ)
	if types > 1 {
		text = fmt.Sprintf("%s, the lowest of %d types: ", typ, types)
	}
	if c.ipv6 {
		return text + fmt.Sprintf("a /80 prefix of IPv6 addresses has room for all pods, and EKS's cap for %d vCPUs is %d", i.VCPUs, capOf(i.VCPUs))
	}
	interfaces := fmt.Sprint(i.Interfaces)
	if c.podInterfaces(i) < i.Interfaces {
		interfaces = fmt.Sprintf("(%d%s)", i.Interfaces, c.interfacesWithoutPods(i))
	}
	times := ""
	switch {
	case c.prefixed(i):
		times = " × 16"
	case c.prefixes:
		times = " (no prefixes on Xen)"
	}
	text += fmt.Sprintf("%s interfaces × (%d - 1) addresses%s + %d = %d", interfaces, i.AddressesPerInterface, times, hostPods, c.holds(i))
	if most := capOf(i.VCPUs); c.holds(i) > most {
		text += fmt.Sprintf(", and EKS's cap for %d vCPUs is %d", i.VCPUs, most)
	}
	return text
}

// interfacesWithoutPods returns the part of the formula for interfaces without addresses for pods.
func (c cni) interfacesWithoutPods(i awsdata.InstanceType) string {
	text := ""
	if c.custom {
		text += " - 1 for the node"
	}
	if c.hasTrunk(i) {
		text += " - 1 for branch interfaces"
	}
	return text
}
