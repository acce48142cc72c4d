package measure

import (
	"net/netip"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/lab/balancer"
	"eksnet/lab/fabric"
	"eksnet/lab/rehearsed"
	"eksnet/path"
	plan "eksnet/plan/balancer"
)

func TestAnIPv6ClientsAddressIsReadFromTheRequest(t *testing.T) {
	client := netip.MustParseAddrPort("[2001:db8:40::7]:4000")
	from, to := client.Addr().As16(), netip.MustParseAddr("2001:db8::1").As16()
	v2 := "\r\n\r\n\x00\r\nQUIT\n\x21\x21\x00\x24" + string(from[:]) + string(to[:]) + "\x0f\xa0\x00\x50"
	get := "GET /?WORD HTTP/1.1\r\nHost: lab\r\n"
	for opening, want := range map[string]string{v2 + get: path.ProxyProtocolV2, "PROXY TCP6 2001:db8:40::7 2001:db8::1 4000 80\r\n" + get: path.ProxyProtocolV1,
		strings.Replace(v2, "\x0f\xa0", "\x0f\xa1", 1): "a proxy protocol header with source 2001:db8:40::7:4001"} {
		if got := clientAddressIn(delivery{client: client, opening: opening}); got != want {
			t.Errorf("%q: %q, want %q", opening, got, want)
		}
	}
	if got := clientAddressIn(delivery{client: client, request: get + "X-Forwarded-For: 2001:db8:40::7\r\n\r\n"}); got != path.ForwardedForHeader {
		t.Errorf("%q", got)
	}
}

func TestAWorkloadOfADualStackLoadBalancerHasAPathForEachFamilyOfClients(t *testing.T) {
	m := &Measurement{Network: dualStackNetwork{}}
	dual := path.Path{Balancer: &path.Balancer{DualStack: true}, Source: path.Clients, SourceOfIPv4: path.Balancers}
	paths := m.byFamily(dual)
	if len(paths) != 2 || !isOverIPv6(paths[0]) || paths[0].Source != path.Clients || isOverIPv6(paths[1]) || paths[1].Source != path.Balancers {
		t.Errorf("paths %+v", paths)
	}
	dual.Clients = []string{"192.0.2.0/24", "2001:db8:99::/48"}
	if paths := m.byFamily(dual); len(paths) != 1 || isOverIPv6(paths[0]) {
		t.Errorf("paths without an allowed IPv6 client %+v", paths)
	}
	if paths := m.byFamily(path.Path{Balancer: &path.Balancer{}, Source: path.Clients}); len(paths) != 1 || isOverIPv6(paths[0]) {
		t.Errorf("paths of an IPv4 load balancer %+v", paths)
	}
}

// dualStackNetwork is a network with a dual-stack load balancer and a node of an IPv6 cluster.
type dualStackNetwork struct{ drawnNetwork }

func (dualStackNetwork) Outside() []Endpoint {
	return []Endpoint{{Address: netip.MustParseAddr("192.0.2.10")}, {Address: netip.MustParseAddr("2001:db8:40::7")}}
}

func (dualStackNetwork) Interfaces() []fabric.Interface {
	return []fabric.Interface{
		{ID: "eni-lb", Host: "lb", Primary: netip.MustParseAddr("10.0.0.10"), IPv6: netip.MustParseAddr("2001:db8::10")},
		{ID: "eni-node", Host: "node", Primary: netip.MustParseAddr("10.0.0.20"), IPv6: netip.MustParseAddr("2001:db8::20"), Prefixes: []netip.Prefix{netip.MustParsePrefix("2001:db8:0:0:1::/80")}},
	}
}

func TestHopsToAnIPv6PodChangeTheSourceOfClientsOfTheOtherFamilyAlone(t *testing.T) {
	for client, want := range map[string]string{
		"192.0.2.10:4000": "client eth0 out 192.0.2.10:4000 > 203.0.113.1:80; internet client in 192.0.2.10:4000 > 203.0.113.1:80; " +
			"internet vpc out 192.0.2.10:4000 > 10.0.0.10:80; vpc internet in 192.0.2.10:4000 > 10.0.0.10:80; " +
			"vpc lb out 192.0.2.10:4000 > 10.0.0.10:80; lb eth0 in 192.0.2.10:4000 > 10.0.0.10:80; " + hopsToIPv6Pod("[2001:db8::10]:*"),
		"[2001:db8:40::7]:4000": "client eth0 out [2001:db8:40::7]:4000 > [2001:db8::10]:80; internet client in [2001:db8:40::7]:4000 > [2001:db8::10]:80; " +
			"internet vpc out [2001:db8:40::7]:4000 > [2001:db8::10]:80; vpc internet in [2001:db8:40::7]:4000 > [2001:db8::10]:80; " +
			"vpc lb out [2001:db8:40::7]:4000 > [2001:db8::10]:80; lb eth0 in [2001:db8:40::7]:4000 > [2001:db8::10]:80; " + hopsToIPv6Pod("[2001:db8:40::7]:4000"),
	} {
		from, preserves := netip.MustParseAddrPort(client), true
		m := &Measurement{Network: dualStackNetwork{}}
		f := &front{listener: plan.Listener{Port: 80}, client: Endpoint{Network: "/net/client", Address: from.Addr()},
			workload:  rehearsed.Workload{Workload: config.Workload{Kind: config.KindNLB, PreserveClientAddress: &preserves}},
			predicted: path.Path{Pod: path.Pod{Port: 8080}, Target: &path.Target{Type: config.TargetIP}, KubeProxy: path.NoHop}}
		c := choices{client: from, pod: ipv6Pod,
			zone: balancer.Zone{Address: netip.MustParseAddr("10.0.0.10"), Public: netip.MustParseAddr("203.0.113.1"), IPv6: netip.MustParseAddr("2001:db8::10")}}
		made, err := m.toLoadBalancer(f, c)
		if err == nil {
			err = m.toPod(t.Context(), f, c, made)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := hopsText(made); got != want {
			t.Errorf("client %s\n got %s\nwant %s", client, got, want)
		}
	}
}

var ipv6Pod = pod{workload: "shop", name: "shop-1", node: "node", Endpoint: Endpoint{Address: netip.MustParseAddr("2001:db8:0:0:1::2")}}

// hopsToIPv6Pod returns the hops from the load balancer to the pod.
func hopsToIPv6Pod(source string) string {
	addresses := source + " > [2001:db8::1:0:0:2]:8080"
	return strings.NewReplacer("ADDRESSES", addresses, "VETH", podDevice(ipv6Pod)).Replace("lb eth0 out ADDRESSES; vpc lb in ADDRESSES; vpc node out ADDRESSES; " +
		"node eth0 in ADDRESSES; node VETH out ADDRESSES; shop-1 eth0 in ADDRESSES")
}
