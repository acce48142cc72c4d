package account

import (
	"net/netip"

	"eksnet/lab/rehearsed"
)

// addPodAddresses adds addresses for pods to a node up to its limit of pods, from the end of the subnet of its first
// interface. The CNI of the rehearsal requests addresses for the pods of its own cluster alone, and that of a lab which
// follows it has other pods, for which ipamd would request further ones
// (github.com/aws/amazon-vpc-cni-k8s, docs/eni-and-ip-target.md).
func addPodAddresses(n *Node, subnet netip.Prefix, taken map[string]bool) {
	address := rehearsed.LastAddress(subnet) // it is reserved (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html)
	for address = address.Prev(); len(n.PodIPs) < n.MaxPods && subnet.Contains(address); address = address.Prev() {
		if text := address.String(); !taken[text] {
			taken[text] = true
			n.PodIPs = append(n.PodIPs, text)
		}
	}
}

// subnetOf returns the range of the subnet of a node's first interface, invalid without one.
func subnetOf(s *rehearsed.Stack, n rehearsed.Node) netip.Prefix {
	for _, subnet := range s.Network.Subnets {
		if len(n.Interfaces) > 0 && subnet.ID == n.Interfaces[0].Subnet {
			prefix, _ := netip.ParsePrefix(subnet.CIDR)
			return prefix
		}
	}
	return netip.Prefix{}
}

// takenAddresses returns the addresses of all network interfaces of the stack's nodes.
func takenAddresses(s *rehearsed.Stack) map[string]bool {
	taken := map[string]bool{}
	for _, n := range s.Nodes {
		for _, i := range n.Interfaces {
			taken[i.PrivateIP] = true
			for _, address := range i.PodIPs {
				taken[address] = true
			}
		}
	}
	return taken
}
