package fabric

import (
	"net/netip"
	"strings"
	"testing"

	"eksnet/lab/process"
)

// newIPv6Spec returns the VPC of newSpec with IPv6: web has a route to the internet gateway, app one to an egress-only
// internet gateway and a prefix, and lone none.
func newIPv6Spec() Spec {
	s := newSpec()
	s.Ranges = append(s.Ranges, cidr("2001:db8:0:100::/56"))
	for place, subnet := range []string{"2001:db8:0:100::/64", "2001:db8:0:101::/64", "2001:db8:0:102::/64"} {
		s.Subnets[place].IPv6 = cidr(subnet)
		s.Interfaces[place].IPv6 = cidr(subnet).Addr().Next().Next().Next().Next()
	}
	s.Interfaces[1].Prefixes = []netip.Prefix{cidr("2001:db8:0:101:1::/80")}
	s.EgressOnlyGateway = "eigw-1"
	s.RouteTables[0].Routes = append(s.RouteTables[0].Routes, Route{anywhereIPv6, "igw-1"})
	s.RouteTables[1].Routes = append(s.RouteTables[1].Routes, Route{anywhereIPv6, "eigw-1"})
	everywhere := []netip.Prefix{anywhere, anywhereIPv6}
	s.SecurityGroups = []SecurityGroup{{ID: "sg-all", Rules: []Rule{{Protocol: "-1", CIDRs: everywhere},
		{Egress: true, Protocol: "-1", CIDRs: everywhere}}}}
	s.Outside.Clients = append(s.Outside.Clients, ip("2001:db8:40::7"))
	s.Outside.ServerIPv6 = ip("2001:db8:80::80")
	return s
}

func TestHostsHaveBothFamilies(t *testing.T) {
	n := startNetwork(t, newIPv6Spec())
	for _, host := range []process.NetworkNamespace{n.host("web"), n.host("app"), n.Server()} {
		serve(t, host, ":80")
	}
	n.check("IPv4 in the VPC", n.host("web"), "10.0.1.5:80", "10.0.0.5")
	n.check("IPv6 in the VPC", n.host("web"), "[2001:db8:0:101::4]:80", "2001:db8:0:100::4")
	n.check("IPv4 by a NAT gateway", n.host("app"), "203.0.113.80:80", "198.51.100.9")
	n.check("IPv6 by an internet gateway", n.host("web"), "[2001:db8:80::80]:80", "2001:db8:0:100::4")
	n.check("IPv6 from outside", n.Client(), "[2001:db8:0:100::4]:80", "2001:db8:40::7")
	// The kernel reports the ICMP error of the router after it sent again, which is after patience.
	n.check("an address of the VPC that no interface has", n.host("web"), "[2001:db8:0:101::5]:80", "timeout")
}

func TestAnEgressOnlyInternetGatewayForwardsConnectionsFromInsideAlone(t *testing.T) {
	n := startNetwork(t, newIPv6Spec())
	serve(t, n.host("app"), ":80")
	serve(t, n.Server(), ":80")
	n.check("from inside", n.host("app"), "[2001:db8:80::80]:80", "2001:db8:0:101::4")
	n.check("from outside", n.Client(), "[2001:db8:0:101::4]:80", "timeout")
	n.check("a subnet without a route", n.host("lone"), "[2001:db8:80::80]:80", "timeout")
}

func TestPacketsToAPrefixReachItsInterface(t *testing.T) {
	n := startNetwork(t, newIPv6Spec())
	addAddress(t, n.host("app"), "2001:db8:0:101:1::2")
	serve(t, n.host("app"), "[2001:db8:0:101:1::2]:80")
	serve(t, n.host("web"), ":80")
	n.check("to a pod", n.host("web"), "[2001:db8:0:101:1::2]:80", "2001:db8:0:100::4")
	if got := request(n.host("app"), "2001:db8:0:101:1::2", "[2001:db8:0:100::4]:80"); got != "2001:db8:0:101:1::2" {
		t.Errorf("a pod is seen as %s", got)
	}
	addAddress(t, n.host("app"), "2001:db8:0:101:2::2")
	if got := request(n.host("app"), "2001:db8:0:101:2::2", "[2001:db8:0:100::4]:80"); got != "timeout" {
		t.Errorf("a packet from an address that the interface does not have: %s", got)
	}
}

func TestRulesForARangeOfOneFamilyAllowThatFamilyAlone(t *testing.T) {
	s := newIPv6Spec()
	s.SecurityGroups[0].Rules[0] = Rule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDRs: []netip.Prefix{anywhere}}
	s.SecurityGroups[0].Rules = append(s.SecurityGroups[0].Rules,
		Rule{Protocol: "tcp", FromPort: 90, ToPort: 90, CIDRs: []netip.Prefix{cidr("2001:db8:0:100::/64")}},
		Rule{Protocol: "tcp", FromPort: 91, ToPort: 91, Groups: []string{"sg-all"}})
	n := startNetwork(t, s)
	for _, port := range []string{":80", ":90", ":91"} {
		serve(t, n.host("app"), port)
	}
	n.check("IPv4 range, IPv4 packet", n.host("web"), "10.0.1.5:80", "10.0.0.5")
	n.check("IPv4 range, IPv6 packet", n.host("web"), "[2001:db8:0:101::4]:80", "timeout")
	n.check("IPv6 range, IPv6 packet", n.host("web"), "[2001:db8:0:101::4]:90", "2001:db8:0:100::4")
	n.check("IPv6 range, IPv4 packet", n.host("web"), "10.0.1.5:90", "timeout")
	n.check("outside of the IPv6 range", n.host("lone"), "[2001:db8:0:101::4]:90", "timeout")
	n.check("a group, IPv6 packet", n.host("lone"), "[2001:db8:0:101::4]:91", "2001:db8:0:102::4")
}

func TestProblemsOfIPv6AreNamed(t *testing.T) {
	for _, wrong := range []struct {
		change func(*Spec)
		want   string
	}{
		{func(s *Spec) { s.Subnets[0].IPv6 = cidr("2001:db8:1::/64") }, "subnet subnet-public: IPv6 range 2001:db8:1::/64 is not in the ranges of the VPC"},
		{func(s *Spec) { s.Interfaces[0].IPv6 = ip("2001:db8:0:101::9") }, "network interface eni-web: IPv6 address 2001:db8:0:101::9 is not in subnet subnet-public"},
		{func(s *Spec) { s.RouteTables[1].Routes[1].Target = "nat-1" }, "route table rtb-private: target nat-1 of the route to ::/0 is of the other family"},
		{func(s *Spec) { s.RouteTables[1].Routes[0].Target = "eigw-1" }, "route table rtb-private: target eigw-1 of the route to 0.0.0.0/0 is of the other family"},
		{func(s *Spec) { s.Interfaces[1].IPv6 = netip.Addr{} }, "network interface eni-app: prefix 2001:db8:0:101:1::/80 is not a range of a family"},
		{func(s *Spec) { s.Outside.ServerIPv6 = s.Interfaces[0].IPv6 }, "the server outside: address 2001:db8:0:100::4 belongs to network interface eni-web"},
	} {
		s := newIPv6Spec()
		wrong.change(&s)
		if err := s.validate(); err == nil || !strings.Contains(err.Error(), wrong.want) {
			t.Errorf("%v, want %s", err, wrong.want)
		}
	}
}
