package look

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/path"
)

// lastEntry returns the last entry of a list with commas, which is the one that the load balancer wrote.
func lastEntry(text string) string {
	return strings.TrimSpace(text[strings.LastIndexByte(text, ',')+1:])
}

// addressIn returns the address in an address with a port, as the application writes it: nginx writes no brackets
// around an IPv6 address.
func (v *view) addressIn(text string) string {
	if i := strings.LastIndexByte(text, ':'); i >= 0 && v.spec.App == config.AppNginx {
		return text[:i]
	}
	return hostOf(text)
}

// isClient reports whether an address is that of the client, as far as it can be known: its own, or one outside of the
// VPC, if the network of the client translates its address.
func (v *view) isClient(address, client string) bool {
	return address != "" && v.ownerOf(address, client) == path.Clients
}

// ownerOf returns whose address it is.
func (v *view) ownerOf(text, client string) path.Address {
	text = hostOf(text)
	address, err := netip.ParseAddr(text)
	switch address = address.Unmap(); {
	case err != nil:
		return path.Address(fmt.Sprintf("no address: %q", text))
	case address.String() == client:
		return path.Clients
	case slices.ContainsFunc(v.nodes, func(n Node) bool { return slices.Contains(n.Addresses, address) }):
		return path.Nodes
	case v.isInVPC(address):
		return path.Balancers
	default:
		return path.Clients
	}
}

// isInVPC reports whether an address is in the VPC. Its IPv6 range is not in the stack file: it is the /56 of the nodes
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
func (v *view) isInVPC(address netip.Addr) bool {
	for _, text := range []string{v.Spec.Network.CIDR, v.Spec.Network.PodCIDR} {
		if prefix, err := netip.ParsePrefix(text); err == nil && prefix.Contains(address) {
			return true
		}
	}
	for _, node := range v.nodes {
		for _, own := range node.Addresses {
			if prefix, err := own.Prefix(56); err == nil && own.Is6() && prefix.Contains(address) {
				return true
			}
		}
	}
	return false
}
