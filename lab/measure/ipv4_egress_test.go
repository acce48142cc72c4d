package measure

import (
	"net/netip"
	"testing"

	"eksnet/lab/fabric"
	"eksnet/lab/rehearsed"
	"eksnet/path"
)

// egressNetwork is a dual-stack VPC with a node in a private subnet, another host, a NAT gateway and hosts outside.
type egressNetwork struct{ drawnNetwork }

func (egressNetwork) Other() Endpoint {
	return Endpoint{Network: "/net/other", Address: netip.MustParseAddr("198.18.0.10")}
}

func (egressNetwork) Internet() Endpoint {
	return Endpoint{Network: "/net/server", Address: netip.MustParseAddr("203.0.113.80")}
}

func (egressNetwork) Interfaces() []fabric.Interface {
	return []fabric.Interface{
		{ID: "eni-peer", Host: "peer", Primary: netip.MustParseAddr("10.0.0.10"), Subnet: "private"},
		{ID: "eni-node", Host: "node", Primary: netip.MustParseAddr("10.0.0.20"), Subnet: "private", Prefixes: []netip.Prefix{netip.MustParsePrefix("2001:db8:0:0:1::/80")}},
		{ID: "nat", Host: "nat", Primary: netip.MustParseAddr("10.0.9.9"), Subnet: "public"},
	}
}

func TestHopsOfAnIPv6PodToIPv4HostsHaveTheNodesAddressBeyondTheNode(t *testing.T) {
	stack := &rehearsed.Stack{
		Paths: []path.Path{{Out: path.Out{VPC: path.Pods, IPv4: &path.Out{VPC: path.Nodes, Networks: path.Nodes, Internet: []path.Address{path.Gateways}, Translated: true}}}},
		Nodes: []rehearsed.Node{{Name: "node", Interfaces: []rehearsed.Interface{{PrivateIP: "10.0.0.20", IPv6: "2001:db8::20", IPv6Prefix: "2001:db8:0:0:1::/80"}}}},
		Network: rehearsed.Network{VPC: rehearsed.VPC{CIDR: "10.0.0.0/16", IPv6CIDR: "2001:db8::/56"},
			NATGateways: []rehearsed.NATGateway{{ID: "nat", Subnet: "public", Allocation: "eipalloc", PrivateIP: "10.0.9.9"}},
			RouteTables: []rehearsed.RouteTable{{Subnets: []string{"private"}, NATGateway: "nat"}}},
		ElasticIPs: []rehearsed.Address{{ID: "eipalloc", PublicIP: "203.0.113.9"}},
	}
	m := &Measurement{Stack: stack, Network: egressNetwork{}}
	for to, want := range map[string]string{
		"10.0.0.10:80":   "node eth0 out 10.0.0.20:* > 10.0.0.10:80; vpc node in 10.0.0.20:* > 10.0.0.10:80; vpc peer out 10.0.0.20:* > 10.0.0.10:80; peer eth0 in 10.0.0.20:* > 10.0.0.10:80",
		"10.0.0.20:22":   "",
		"198.18.0.10:80": "node eth0 out 10.0.0.20:* > 198.18.0.10:80; vpc node in 10.0.0.20:* > 198.18.0.10:80; vpc other out 10.0.0.20:* > 198.18.0.10:80; other eth0 in 10.0.0.20:* > 198.18.0.10:80",
		"203.0.113.80:80": "node eth0 out 10.0.0.20:* > 203.0.113.80:80; vpc node in 10.0.0.20:* > 203.0.113.80:80; " +
			"vpc nat out 10.0.0.20:* > 203.0.113.80:80; nat eth0 in 10.0.0.20:* > 203.0.113.80:80; " +
			"nat eth0 out 10.0.9.9:* > 203.0.113.80:80; vpc nat in 10.0.9.9:* > 203.0.113.80:80; " +
			"vpc internet out 10.0.9.9:* > 203.0.113.80:80; internet vpc in 10.0.9.9:* > 203.0.113.80:80; " +
			"internet server out 203.0.113.9:* > 203.0.113.80:80; server eth0 in 203.0.113.9:* > 203.0.113.80:80",
	} {
		made := &trail{source: netip.MustParseAddrPort("169.254.172.7:4000"), destination: netip.MustParseAddrPort(to)}
		if err := m.fromNodeOverIPv4(ipv6Pod, made); err != nil {
			t.Fatal(err)
		}
		if got := hopsText(made); got != want {
			t.Errorf("to %s\n got %s\nwant %s", to, got, want)
		}
	}
	stack.Paths[0].Out.IPv4 = nil
	made := &trail{destination: netip.MustParseAddrPort("10.0.0.10:80")}
	if err := m.fromNodeOverIPv4(ipv6Pod, made); err == nil {
		t.Error("hops are derived without a predicted egress")
	}
}

func TestOnlyConnectionsOfIPv6PodsToIPv4HostsUseTheInterfaceForIPv4(t *testing.T) {
	ipv4Pod := pod{Endpoint: Endpoint{Address: netip.MustParseAddr("10.0.1.33")}}
	for _, c := range []struct {
		from pod
		to   string
		want bool
	}{{ipv6Pod, "10.0.0.10:80", true}, {ipv6Pod, "[2001:db8::10]:80", false}, {ipv4Pod, "10.0.0.10:80", false}} {
		if got := isIPv4Egress(c.from, netip.MustParseAddrPort(c.to)); got != c.want {
			t.Errorf("from %s to %s: %t", c.from.Address, c.to, got)
		}
	}
}
