package cluster

import (
	"net/netip"
	"testing"

	"eksnet/lab/balancer"
)

func TestANameOfALoadBalancerHasTheAddressesThatClientsUse(t *testing.T) {
	inside, outside := testLoadBalancer("inside"), testLoadBalancer("outside")
	inside.DNSName, outside.DNSName = "inside.elb", "outside.elb"
	inside.Zones[0].Address = netip.MustParseAddr("10.0.0.9")
	outside.Zones[0].Address, outside.Zones[0].Public = netip.MustParseAddr("10.0.0.8"), netip.MustParseAddr("203.0.113.1")
	outside.Zones = append(outside.Zones, balancer.Zone{Name: "b", Public: netip.MustParseAddr("203.0.113.2"), IPv6: netip.MustParseAddr("2001:db8::2")})
	got := hostNames(map[string][]netip.Addr{outside.DNSName: entriesOf(outside.Zones), inside.DNSName: entriesOf(inside.Zones)})
	if want := "10.0.0.9 inside.elb\n2001:db8::2 outside.elb\n203.0.113.1 outside.elb\n203.0.113.2 outside.elb\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
