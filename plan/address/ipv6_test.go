package address

import (
	"net/netip"
	"testing"

	"eksnet/config"
)

func TestAZoneThatIsAppendedMovesNoIPv6Subnet(t *testing.T) {
	zones := []string{"a", "b", "c", "d"}
	var before []Zone
	for n := 1; n <= len(zones); n++ {
		s := &config.Stack{Network: config.Network{CIDR: "10.0.0.0/16", Zones: zones[:n], IPFamily: config.IPv6}}
		planned := ComputeZones(s)
		for i, zone := range before {
			if planned[i].IPv6 != zone.IPv6 {
				t.Errorf("with %d zones, %s has %v, before %v", n, zone.Name, planned[i].IPv6, zone.IPv6)
			}
		}
		before = planned
	}
}

func TestSubnetsHaveSeparatePartsOfTheVPCsIPv6Range(t *testing.T) {
	vpc, seen := netip.MustParsePrefix("2001:db8:1:200::/56"), map[netip.Prefix]string{}
	for i := range MostZones {
		indexes := ipv6Indexes(i)
		for kind, index := range map[string]int{"private": indexes.Private, "public": indexes.Public, "control plane": indexes.ControlPlane} {
			subnet := IPv6Subnet(vpc, index)
			if subnet.Bits() != 64 || !vpc.Contains(subnet.Addr()) || subnet != subnet.Masked() {
				t.Errorf("%s is not a /64 of %s", subnet, vpc)
			}
			if other := seen[subnet]; other != "" {
				t.Errorf("%s of the %s subnet %d is also that of the %s subnet", subnet, kind, i, other)
			}
			seen[subnet] = kind
		}
	}
	if got := IPv6Subnet(vpc, 65); got != netip.MustParsePrefix("2001:db8:1:241::/64") {
		t.Errorf("index 65 is %s", got)
	}
}
