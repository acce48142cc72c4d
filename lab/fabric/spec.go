package fabric

import (
	"net"
	"net/netip"
	"slices"

	"eksnet/lab/process"
)

// Spec describes a VPC and the networks around it. Addresses are IPv4 addresses unless a field says otherwise.
type Spec struct {
	// Ranges holds the CIDR blocks of the VPC, IPv4 and IPv6.
	Ranges      []netip.Prefix
	Subnets     []Subnet
	RouteTables []RouteTable
	// InternetGateway is the ID of the attached internet gateway, "" for none.
	InternetGateway string
	// EgressOnlyGateway is the ID of the egress-only internet gateway, "" for none.
	EgressOnlyGateway string
	NATGateways       []NATGateway
	Interfaces        []Interface
	SecurityGroups    []SecurityGroup
	Outside           Outside
	// Other is another network that is connected to the VPC. It is optional.
	Other OtherNetwork
	// Hosts holds the namespaces of hosts that exist already, by name. The others are created and deleted.
	Hosts map[string]process.NetworkNamespace
	// MTU is the MTU of network interfaces, 0 for 9001 as in EC2
	// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html). That of the internet is 1500.
	MTU int
}

// Subnet is a subnet of the VPC. Its first address is the default gateway of its hosts.
type Subnet struct {
	ID    string
	Range netip.Prefix
	// RouteTable is the ID of the route table, "" for one that has only the local route.
	RouteTable string
	// IPv6 is the subnet's IPv6 range, invalid for none.
	IPv6 netip.Prefix
}

// RouteTable is a route table without its local route.
type RouteTable struct {
	ID     string
	Routes []Route
}

// Route is a route for IPv4 or IPv6 to the ID of an internet gateway, an egress-only internet gateway, a NAT gateway, a
// network interface or the gateway of the other network. Without a target its destination is unreachable, as when the
// target was deleted.
type Route struct {
	Destination netip.Prefix
	Target      string
}

// NATGateway is a NAT gateway.
type NATGateway struct {
	ID, Subnet string
	Private    netip.Addr
	// Public is not set for a private NAT gateway.
	Public netip.Addr
}

// Interface is a network interface that is attached to a host.
type Interface struct {
	ID, Subnet, Host string
	// DeviceIndex is the number n of the name ethn in the namespace of the host.
	DeviceIndex int
	// MAC is optional. The default depends on the ID alone.
	MAC net.HardwareAddr
	// Primary is the primary private address. Public is its public address if it has one.
	Primary, Public netip.Addr
	// IPv6 is its own IPv6 address, invalid for none.
	IPv6 netip.Addr
	// Secondary holds further addresses, Prefixes the delegated prefixes, IPv4 and IPv6. Packets to them reach the
	// interface, but they are not addresses of the link unless Configure is set.
	Secondary []netip.Addr
	Prefixes  []netip.Prefix
	// Groups holds the IDs of its security groups.
	Groups []string
	// Configure also configures the secondary addresses, and interfaces other than eth0, with a routing table for each
	// so that answers leave by the interface of their address. AWS's CNI does that on nodes.
	Configure bool
	// ClientAddresses reports whether the host sends packets with addresses of its clients, as a Network Load Balancer
	// does that preserves them. Its source addresses are not checked, and answers return to this interface.
	ClientAddresses bool
}

// SecurityGroup is a security group with all its rules: without an egress rule, no connection can leave.
type SecurityGroup struct {
	ID    string
	Rules []Rule
}

// Rule is a rule of a security group.
type Rule struct {
	Egress bool
	// Protocol is tcp, udp, icmp, icmpv6, -1 for all, or a number as in the IP header.
	Protocol string
	// FromPort and ToPort are the first and the last port. For ICMP and ICMPv6 they are the type and the code, -1 for all.
	FromPort, ToPort int
	// CIDRs, IPv4 and IPv6, and Groups hold the sources of an ingress rule, the destinations of an egress rule. A group
	// matches packets of its interfaces.
	CIDRs  []netip.Prefix
	Groups []string
}

// Outside has the public addresses of hosts in the internet.
type Outside struct {
	// Clients holds the addresses of the client, IPv4 and IPv6. It uses the first one of a family unless a socket is bound
	// to another. The first of all is an IPv4 address.
	Clients []netip.Addr
	Server  netip.Addr
	// ServerIPv6 is the server's IPv6 address, invalid for none.
	ServerIPv6 netip.Addr
}

// OtherNetwork is another network, for example a company's behind a VPN. It has one host.
type OtherNetwork struct {
	// Gateway is the ID of the gateway that connects it to the VPC, such as vgw-0123456789abcdef0, "" for no network.
	Gateway string
	Range   netip.Prefix
	Address netip.Addr
}

// isIPv6 reports whether the VPC has an IPv6 range.
func (s *Spec) isIPv6() bool {
	return slices.ContainsFunc(s.Ranges, func(r netip.Prefix) bool { return r.Addr().Is6() })
}

// gateway returns the default gateway of the subnet's hosts.
func (s Subnet) gateway() netip.Addr { return s.Range.Masked().Addr().Next() }

// find returns the element of a list with an ID, nil for none.
func find[T any](list []T, id string, idOf func(T) string) *T {
	for i := range list {
		if idOf(list[i]) == id {
			return &list[i]
		}
	}
	return nil
}

func (s *Spec) subnet(id string) *Subnet {
	return find(s.Subnets, id, func(s Subnet) string { return s.ID })
}

// isTarget reports whether a route can have the target.
func (s *Spec) isTarget(id string) bool {
	return id != "" && (id == s.InternetGateway || id == s.EgressOnlyGateway || id == s.Other.Gateway || s.natGateway(id) != nil ||
		s.networkInterface(id) != nil)
}

func (s *Spec) natGateway(id string) *NATGateway {
	return find(s.NATGateways, id, func(g NATGateway) string { return g.ID })
}

func (s *Spec) networkInterface(id string) *Interface {
	return find(s.Interfaces, id, func(i Interface) string { return i.ID })
}
