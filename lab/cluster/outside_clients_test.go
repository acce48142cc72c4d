package cluster

import (
	"net/netip"
	"slices"
	"testing"

	"eksnet/config"
	"eksnet/lab/rehearsed"
	"eksnet/path"
)

func TestEachWorkloadOnTheInternetHasAClientThatItAllows(t *testing.T) {
	public := func(clients ...string) path.Path {
		return path.Path{Balancer: &path.Balancer{Scheme: config.InternetFacing}, Clients: clients}
	}
	s := &rehearsed.Stack{Paths: []path.Path{public("0.0.0.0/0", "::/0"), public("203.0.113.0/24", "2001:db8:40::/48")}}
	if got := outsideClients(s); !slices.Equal(got, []netip.Addr{internetClient, netip.MustParseAddr("203.0.113.254")}) {
		t.Errorf("clients %v", got)
	}
	s.Cluster.IPv6 = true
	want := []netip.Addr{internetClient, netip.MustParseAddr("203.0.113.254"), internetClientIPv6, netip.MustParseAddr("2001:db8:40::fffe")}
	if got := outsideClients(s); !slices.Equal(got, want) {
		t.Errorf("clients of both families %v, want %v", got, want)
	}
}
