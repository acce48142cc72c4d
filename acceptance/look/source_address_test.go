package look

import (
	"net/netip"
	"testing"

	"eksnet/config"
	"eksnet/path"
)

func TestTheOwnerOfAnAddressIsFoundInBothFamilies(t *testing.T) {
	node := Node{Addresses: []netip.Addr{netip.MustParseAddr("10.0.1.4"), netip.MustParseAddr("2600:1f14:aa00:100::4")}}
	spec := &config.Stack{Network: config.Network{CIDR: "10.0.0.0/16", PodCIDR: "100.64.0.0/18"}}
	v := &view{looker: &looker{Stack: Stack{Spec: spec}, nodes: []Node{node}}}
	for text, want := range map[string]path.Address{
		"10.0.1.4:80": path.Nodes, "[::ffff:10.0.1.4]:80": path.Nodes, "10.0.9.9:80": path.Balancers, "100.64.1.1:80": path.Balancers, "198.51.100.7:80": path.Clients,
		"[2600:1f14:aa00:100::4]:80": path.Nodes, "[2600:1f14:aa00:1ff::9]:80": path.Balancers, "[2600:1f14:aa00:200::9]:80": path.Clients, "[2001:db8::7]:80": path.Clients,
		"10.0.7.7:80": path.Clients, "": path.Address(`no address: ""`),
	} {
		if got := v.ownerOf(text, "10.0.7.7"); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// The last part of an IPv6 address looks like a port, and a port like the last part of an address.
func TestAddressesAreReadAsTheApplicationsWriteThem(t *testing.T) {
	for app, texts := range map[string]map[string]string{
		config.AppNginx: {"10.0.1.4:48363": "10.0.1.4", "2001:db8::fffa:4836": "2001:db8::fffa", "2001:db8:7:1::fffa:48363": "2001:db8:7:1::fffa"},
		config.AppEcho:  {"10.0.1.4:48363": "10.0.1.4", "[2001:db8::fffa]:4836": "2001:db8::fffa", "2001:db8::fffa": "2001:db8::fffa"},
	} {
		v := &view{spec: config.Workload{App: app}}
		for text, want := range texts {
			if got := v.addressIn(text); got != want {
				t.Errorf("%s: %s is read as %s, want %s", app, text, got, want)
			}
		}
	}
}

// A load balancer that has addresses of both families translates the packets of IPv4 clients.
func TestTheExpectedSourceDependsOnTheFamilyOfTheClient(t *testing.T) {
	v := &view{way: path.Path{Source: path.Clients, SourceOfIPv4: path.Balancers}}
	for address, want := range map[string]path.Address{"203.0.113.9": path.Balancers, "2001:db8::9": path.Clients} {
		if got := v.expectedSource(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
