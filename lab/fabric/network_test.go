package fabric

import (
	"net/netip"
	"testing"
	"time"
)

func TestHostsOfTheVPCSeeEachOthersAddress(t *testing.T) {
	n := startNetwork(t, newSpec())
	serve(t, n.host("app"), ":80")
	n.check("another subnet", n.host("web"), "10.0.1.5:80", "10.0.0.5")
	n.check("an address that no interface has, in another subnet", n.host("web"), "10.0.1.77:80", "unreachable")
	n.check("a port without a server", n.host("web"), "10.0.1.5:81", "refused")
}

func TestTrafficToTheInternetHasPublicAddresses(t *testing.T) {
	n := startNetwork(t, newSpec())
	serve(t, n.Server(), ":80")
	n.check("a public subnet", n.host("web"), "203.0.113.80:80", "198.51.100.5")
	n.check("a private subnet", n.host("app"), "203.0.113.80:80", "198.51.100.9")
	n.check("a subnet without a route", n.host("lone"), "203.0.113.80:80", "unreachable")
}

func TestClientsOutsideReachPublicAddressesOnly(t *testing.T) {
	n := startNetwork(t, newSpec())
	serve(t, n.host("web"), ":80")
	serve(t, n.host("app"), ":80")
	n.check("a public address", n.Client(), "198.51.100.5:80", "203.0.113.7")
	if got := request(n.Client(), "203.0.113.8", "198.51.100.5:80"); got != "203.0.113.8" {
		t.Errorf("the client's second address: %s", got)
	}
	n.check("a private address", n.Client(), "10.0.0.5:80", "timeout")
	n.check("a NAT gateway", n.Client(), "198.51.100.9:80", "timeout")
	n.check("a public address from inside", n.host("app"), "198.51.100.5:80", "198.51.100.9")
}

func TestTheOtherNetworkNeedsARoute(t *testing.T) {
	spec := newSpec()
	n := startNetwork(t, spec)
	for _, name := range []string{"lone", "app"} {
		serve(t, n.host(name), ":80")
	}
	serve(t, n.Other(), ":80")
	n.check("from a subnet with a route", n.host("lone"), "172.16.0.10:80", "10.0.2.5")
	n.check("to a subnet with a route", n.Other(), "10.0.2.5:80", "172.16.0.10")
	n.check("to a subnet without a route", n.Other(), "10.0.1.5:80", "timeout")
	n.check("from a subnet without a route", n.host("app"), "172.16.0.10:80", "unreachable")
	spec.RouteTables[1].Routes = append(spec.RouteTables[1].Routes, Route{cidr("172.16.0.0/12"), "vgw-1"})
	n.update(spec)
	n.check("with an added route", n.host("app"), "172.16.0.10:80", "10.0.1.5")
}

func TestAHundredInterfacesStartInASecond(t *testing.T) {
	spec := newSpec()
	spec.Interfaces = nil
	for i := range 100 {
		host := string(rune('a'+i/10)) + string(rune('a'+i%10))
		a := cidr("10.0.1.0/24").Addr().As4()
		a[3] = byte(i + 10)
		spec.Interfaces = append(spec.Interfaces, Interface{ID: "eni-" + host, Subnet: "subnet-private", Host: host,
			Primary: netip.AddrFrom4(a), Groups: []string{"sg-all"}})
	}
	skipWithoutNamespaces(t)
	fastest := time.Hour
	for range 3 { // the machine may be busy
		began := time.Now()
		started, err := Start(t.Context(), t.TempDir()+"/network", spec)
		if err != nil {
			t.Fatal(err)
		}
		took, n := time.Since(began), testNetwork{started, t}
		fastest = min(fastest, took)
		began = time.Now()
		n.update(spec)
		unchanged := time.Since(began)
		serve(t, n.host("jj"), ":80")
		n.check("the last host", n.host("aa"), "10.0.1.109:80", "10.0.1.10")
		began = time.Now()
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
		t.Logf("100 interfaces: %s, an update without a change: %s, stop: %s", took, unchanged, time.Since(began))
		if took < time.Second {
			return
		}
	}
	t.Errorf("100 interfaces started in %s", fastest)
}
