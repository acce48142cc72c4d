// Package capacity works out how many pods nodes hold and how many addresses subnets need, and refuses stacks whose
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

// Group is what a node of a group can hold. In a group of several types it is that of the type that holds the fewest
// pods, which EKS goes by.
type Group struct {
	Name  string   `json:"name"`
	Types []string `json:"types"`
	// ENIs are the network interfaces that the type may have, and AddressesPerENI the IPv4 addresses of one.
	ENIs            int `json:"enis"`
	AddressesPerENI int `json:"addressesPerEni"`
	VCPUs           int `json:"vcpus"`
	// Nitro reports whether the type supports /28 prefixes.
	Nitro bool `json:"nitro"`
	// MaxPods is how many pods run on a node.
	MaxPods int `json:"maxPods"`
	// KubeletMaxPods is the figure that the stack writes into the nodes' kubelet configuration, 0 where EKS sets the
	// same itself.
	KubeletMaxPods int `json:"kubeletMaxPods"`
	// AllocatableMilliCPU and AllocatableMiB are the CPU and memory that pods may request of a node.
	AllocatableMilliCPU int `json:"allocatableMilliCpu"`
	AllocatableMiB      int `json:"allocatableMiB"`
	// Reason is how MaxPods comes about.
	Reason string `json:"reason"`

	// smallest is the type that the figures are of.
	smallest awsdata.InstanceType
}

const (
	// hostPods are pods that need no address of their own: the CNI's and kube-proxy's, which share their node's
	// (docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html). They are the + 2 of AWS's formula.
	hostPods = 2
)

// The caps that managed node groups enforce with prefixes and without
// (docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses-procedure.html). Kubernetes is tested with 110
// pods on a node; larger instances have been by EKS with 250.
const (
	capSmall, capLarge = 110, 250
	smallCPUs          = 30
)

// capOf is the cap for a number of vCPUs.
func capOf(cpus int) int {
	if cpus <= smallCPUs {
		return capSmall
	}
	return capLarge
}

// cni is how nodes get addresses for pods.
type cni struct {
	prefixes bool
	// custom reports whether pods have subnets of their own, so that the first interface of a node holds none of them
	// (docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html).
	custom bool
	warm   config.Warm
}

func cniOf(s *config.Stack) cni {
	spec := s.Addons.VPCCNI
	return cni{prefixes: spec.PrefixDelegation, custom: s.Network.PodCIDR != "", warm: spec.Warm}
}

// podInterfaces are the interfaces whose addresses pods get.
func (c cni) podInterfaces(i awsdata.InstanceType) int {
	if c.custom {
		return i.Interfaces - 1
	}
	return i.Interfaces
}

// prefixed reports whether an instance gets prefixes: only those on the Nitro system and bare metal do.
func (c cni) prefixed(i awsdata.InstanceType) bool { return c.prefixes && i.Nitro }

// holds is how many pods the interfaces of an instance have addresses for.
func (c cni) holds(i awsdata.InstanceType) int {
	slots := c.podInterfaces(i) * (i.AddressesPerInterface - 1)
	if c.prefixed(i) {
		slots *= awsdata.AddressesPerPrefix
	}
	return slots + hostPods
}

// maxPods is AWS's formula: interfaces × (IPv4 addresses of one − 1) + 2, with prefixes × 16 for each, and EKS's cap.
func (c cni) maxPods(i awsdata.InstanceType) int { return min(c.holds(i), capOf(i.VCPUs)) }

// ComputeGroups returns what a node of each group can hold. Groups of types that are not known are left out: their
// types are a problem of their own.
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

// groups returns what a node of each group can hold by AWS's formula, in the order of the groups' names.
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
				MaxPods: c.maxPods(of), Reason: c.reason(least, of, len(types)), smallest: of,
			}
			if !yield(name, g) {
				return
			}
		}
	}
}

// withMaxPods decides who writes the figure. EKS works it out itself for groups whose launch template names no image,
// with prefixes and without, as long as the CNI is configured first
// (docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses-procedure.html), and takes the lowest of several
// types. That it does so for pods in subnets of their own is written nowhere, and nodeadm's own figure does not
// (github.com/awslabs/amazon-eks-ami/issues/2201): there the stack writes it, as it does with the operator's.
func (g Group) withMaxPods(pods int, c cni) Group {
	switch {
	case pods > 0 && pods < g.MaxPods:
		g.MaxPods, g.KubeletMaxPods = pods, pods
		g.Reason = fmt.Sprintf("%d from the stack file; without it %s", pods, g.Reason)
	case c.custom:
		g.KubeletMaxPods = g.MaxPods
	}
	return g
}

// limitedByAddresses limits the pods to the addresses that the CNI gives a node. minimumIps without ips has it take
// that many and no more (github.com/aws/amazon-vpc-cni-k8s v1.23.2, pkg/ipamd/ipamd.go, datastoreTargetState).
func (g Group) limitedByAddresses(c cni) Group {
	if c.grows() {
		return g
	}
	if _, addresses := c.secondary(g.smallest, 0); addresses+hostPods < g.MaxPods {
		g.Reason = fmt.Sprintf("addons.vpcCni.warm.minimumIps %d gives a node %d addresses, + %d = %d; without it %s", c.warm.MinimumIPs, addresses, hostPods, addresses+hostPods, g.Reason)
		g.MaxPods = addresses + hostPods
	}
	return g
}

// grows reports whether a node takes more addresses as its pods use them up.
func (c cni) grows() bool { return c.warm.IPs > 0 || c.warm.MinimumIPs == 0 }

// smallest returns the type that takes the fewest pods, the first of several that take the same.
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

// reason is the formula with the figures of an instance type.
func (c cni) reason(typ string, i awsdata.InstanceType, types int) string {
	text := fmt.Sprintf("%s: ", typ)
	if types > 1 {
		text = fmt.Sprintf("%s, the lowest of %d types: ", typ, types)
	}
	interfaces := fmt.Sprint(i.Interfaces)
	if c.custom {
		interfaces = fmt.Sprintf("(%d - 1 for the node)", i.Interfaces)
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
