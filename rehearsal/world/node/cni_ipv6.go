package node

import (
	"fmt"
	"net/netip"
	"slices"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

// In an IPv6 cluster the CNI assigns one /80 prefix to the first interface of a node, when the node starts, and creates
// no interfaces (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/pkg/ipamd/ipamd.go, nodeInit).

// ipv6Mode holds what decides how the CNI starts in an IPv6 cluster.
type ipv6Mode struct {
	on bool
	// version is the CNI's, such as [1 22 4]; the zero value if it is not known.
	version [3]int
	// discovery reports whether the CNI discovers subnets by their tags.
	discovery bool
}

func readIPv6Mode(w *store.Account, cluster string, env cniEnvironment) ipv6Mode {
	mode := ipv6Mode{on: eks.IsIPv6(w, cluster), discovery: env.SubnetDiscovery != "false"}
	if addon := w.Get(store.AddonType, cluster+":vpc-cni"); addon != nil {
		v := &mode.version
		// Versions of add-ons have this form, which is checked before they are stored.
		_, _ = fmt.Sscanf(eks.AddonOf(addon).Version, "v%d.%d.%d", &v[0], &v[1], &v[2])
	}
	return mode
}

// ipv6Fault returns why aws-node exits with its settings in an IPv6 cluster, "" if it runs
// (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/pkg/ipamd/ipamd.go, isConfigValid).
func (s cniSettings) ipv6Fault() string {
	if s.custom || !s.prefixes {
		return "aws-node exits: IPv6 is supported only in Prefix Delegation mode. Custom Networking is not supported in IPv6 mode. Please set the env variables accordingly."
	}
	return ""
}

// actions returns the actions without which the CNI assigns no prefix. From version 1.22.1 on, it reads the tags of its
// subnet before it assigns the first prefix, and exits on an error; 1.22.1 itself also reads security groups
// (https://github.com/aws/amazon-vpc-cni-k8s/issues/3704).
func (m ipv6Mode) actions() []string {
	actions := []string{"ec2:AssignIpv6Addresses", "ec2:DescribeNetworkInterfaces"}
	if m.discovery && slices.Compare(m.version[:], []int{1, 22, 1}) >= 0 {
		actions = append(actions, "ec2:DescribeSubnets")
	}
	if m.version == [3]int{1, 22, 1} {
		actions = append(actions, "ec2:DescribeSecurityGroups")
	}
	return actions
}

// assignIPv6Prefix assigns the prefix of a node that has none.
func assignIPv6Prefix(w *store.Account, node *store.Object) bool {
	eni := ec2.PrimaryInterface(w, node)
	if eni == nil || len(ec2.InterfaceOf(eni).IPv6Prefixes) > 0 {
		return false
	}
	prefix := ec2.FreeIPv6Prefix(w, w.Get(store.SubnetType, ec2.InterfaceOf(eni).Subnet))
	if prefix == "" {
		return false
	}
	eni.Set("ipv6Prefixes", []any{prefix})
	return true
}

// takeIPv6Address assigns the lowest free address of a node's prefix to a pod, "" for a node without a prefix.
func takeIPv6Address(w *store.Account, node *store.Object) string {
	eni := ec2.PrimaryInterface(w, node)
	if eni == nil || len(ec2.InterfaceOf(eni).IPv6Prefixes) == 0 {
		return ""
	}
	used := ec2.InterfaceOf(eni).Pods
	address := netip.MustParsePrefix(ec2.InterfaceOf(eni).IPv6Prefixes[0]).Addr()
	for slices.Contains(used, address.String()) {
		address = address.Next()
	}
	eni.Set("pods", append(slices.Clip(used), address.String()))
	return address.String()
}
