package cluster

import (
	"net/netip"
	"strings"
	"testing"

	"eksnet/lab/balancer"
	"eksnet/lab/fabric"
)

func testNetwork() *fabric.Spec {
	return &fabric.Spec{Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")},
		Subnets: []fabric.Subnet{{ID: "subnet-a", Range: netip.MustParsePrefix("10.0.0.0/24")}},
		Interfaces: []fabric.Interface{{ID: "eni-1", Primary: netip.MustParseAddr("10.0.0.254"),
			Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.240/28")}}}}
}

func testLoadBalancer(name string) balancer.Spec {
	return balancer.Spec{ID: "arn:" + name, Name: name, Kind: balancer.Network, Zones: []balancer.Zone{{Name: "a", Subnet: "subnet-a"}}}
}

func assignAll(t *testing.T, a *loadBalancerAddresses, all ...balancer.Spec) []balancer.Spec {
	t.Helper()
	network := testNetwork()
	got, err := a.assign(network, all)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(testNetwork().Interfaces) + len(all); len(network.Interfaces) != want {
		t.Errorf("%d network interfaces, want %d", len(network.Interfaces), want)
	}
	return got
}

func TestALoadBalancerHasFreeAddressesThatRemainTheSame(t *testing.T) {
	a := loadBalancerAddresses{}
	first := assignAll(t, &a, testLoadBalancer("m"))[0].Zones[0]
	if want := netip.MustParseAddr("10.0.0.239"); first.Address != want {
		t.Errorf("address %s, want %s: the highest that no interface and no prefix has", first.Address, want)
	}
	if !publicRange.Contains(first.Public) {
		t.Errorf("public address %s is not in %s", first.Public, publicRange)
	}
	later := assignAll(t, &a, testLoadBalancer("b"), testLoadBalancer("m"))
	if got := later[1].Zones[0]; got != first {
		t.Errorf("with another load balancer the addresses are %v, and were %v", got, first)
	}
	if other := later[0].Zones[0]; other.Address == first.Address || other.Public == first.Public {
		t.Errorf("two load balancers have the addresses %v and %v", other, first)
	}
}

func TestALoadBalancerHasTheAddressesThatWereGivenForIt(t *testing.T) {
	given := testLoadBalancer("m")
	given.Zones[0].Address, given.Zones[0].Public = netip.MustParseAddr("10.0.0.9"), netip.MustParseAddr("198.51.100.9")
	if got := assignAll(t, &loadBalancerAddresses{}, given)[0].Zones[0]; got != given.Zones[0] {
		t.Errorf("addresses %v, want %v", got, given.Zones[0])
	}
}

func TestADualStackLoadBalancerHasAFreeIPv6AddressInEachSubnet(t *testing.T) {
	dual := testLoadBalancer("m")
	dual.DualStack = true
	if _, err := (&loadBalancerAddresses{}).assign(testNetwork(), []balancer.Spec{dual}); err == nil || !strings.Contains(err.Error(), "subnet subnet-a has no IPv6 range") {
		t.Errorf("in a subnet without IPv6: %v", err)
	}
	network, a := testNetwork(), loadBalancerAddresses{}
	network.Subnets[0].IPv6 = netip.MustParsePrefix("2001:db8::/64")
	got, err := a.assign(network, []balancer.Spec{dual})
	if err != nil {
		t.Fatal(err)
	}
	if address := got[0].Zones[0].IPv6; !network.Subnets[0].IPv6.Contains(address) || network.Interfaces[1].IPv6 != address {
		t.Errorf("IPv6 address %s, its interface has %s", address, network.Interfaces[1].IPv6)
	}
	other := testLoadBalancer("n")
	other.DualStack = true
	network.Interfaces = network.Interfaces[:1]
	again, err := a.assign(network, []balancer.Spec{dual, other})
	if err != nil || again[0].Zones[0] != got[0].Zones[0] || again[1].Zones[0].IPv6 == got[0].Zones[0].IPv6 {
		t.Errorf("with another load balancer: %v, %v, before %v", again, err, got)
	}
}

func TestAnInternalLoadBalancerHasNoPublicAddress(t *testing.T) {
	internal := testLoadBalancer("m")
	internal.Internal = true
	if got := assignAll(t, &loadBalancerAddresses{}, internal)[0].Zones[0]; got.Public.IsValid() || got.Entry() != got.Address {
		t.Errorf("addresses %v", got)
	}
}

func TestALoadBalancerWithoutSecurityGroupsAcceptsAllPackets(t *testing.T) {
	network := testNetwork()
	deleted := testLoadBalancer("b")
	deleted.SecurityGroups = []string{"sg-deleted"}
	if _, err := (&loadBalancerAddresses{}).assign(network, []balancer.Spec{testLoadBalancer("m"), deleted}); err != nil {
		t.Fatal(err)
	}
	if got := network.Interfaces[1].Groups; len(got) != 1 || got[0] != withoutSecurityGroups {
		t.Errorf("security groups %q", got)
	}
	if got := network.Interfaces[2].Groups; len(got) != 0 {
		t.Errorf("security groups %q of a load balancer whose only one has been deleted", got)
	}
}
