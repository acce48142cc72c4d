package measure

import (
	"net/netip"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/lab/balancer"
	"eksnet/lab/fabric"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
	"eksnet/path"
	plan "eksnet/plan/balancer"
)

// drawnNetwork is a network with a load balancer and a node, whose second interface has the addresses of pods.
type drawnNetwork struct{ Network }

func (drawnNetwork) Router() process.NetworkNamespace          { return "/net/vpc" }
func (drawnNetwork) InternetGateway() process.NetworkNamespace { return "/net/internet" }
func (drawnNetwork) Client() Endpoint                          { return Endpoint{Network: "/net/hosts/vpc-client"} }
func (drawnNetwork) Other() Endpoint                           { return Endpoint{Network: "/net/other"} }
func (drawnNetwork) Interfaces() []fabric.Interface {
	return []fabric.Interface{
		{ID: "eni-lb", Host: "lb", Primary: netip.MustParseAddr("10.0.0.10")},
		{ID: "eni-node", Host: "node", Primary: netip.MustParseAddr("10.0.0.20")},
		{ID: "eni-pods", Host: "node", DeviceIndex: 1, Primary: netip.MustParseAddr("10.0.1.20"), Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.1.32/28")}},
	}
}

func TestTheHopsOfARequestAreDerivedFromTheLoadBalancerAndItsTarget(t *testing.T) {
	const there = "client eth0 out 192.0.2.10:4000 > 203.0.113.1:80; internet client in 192.0.2.10:4000 > 203.0.113.1:80; " +
		"internet vpc out 192.0.2.10:4000 > 10.0.0.10:80; vpc internet in 192.0.2.10:4000 > 10.0.0.10:80; " +
		"vpc lb out 192.0.2.10:4000 > 10.0.0.10:80; lb eth0 in 192.0.2.10:4000 > 10.0.0.10:80; "
	const toPod = "lb eth0 out SOURCE > 10.0.1.33:8080; vpc lb in SOURCE > 10.0.1.33:8080; vpc pods out SOURCE > 10.0.1.33:8080; " +
		"node eth1 in SOURCE > 10.0.1.33:8080; node VETH out SOURCE > 10.0.1.33:8080; shop-1 eth0 in SOURCE > 10.0.1.33:8080"
	to := pod{workload: "shop", name: "shop-1", node: "node", Endpoint: Endpoint{Address: netip.MustParseAddr("10.0.1.33")}}
	for preserves, source := range map[bool]string{false: "10.0.0.10:*", true: "192.0.2.10:4000"} {
		m := &Measurement{Network: drawnNetwork{}}
		f := &front{listener: plan.Listener{Port: 80}, client: Endpoint{Network: "/net/client"},
			workload:  rehearsed.Workload{Workload: config.Workload{Kind: config.KindNLB, PreserveClientAddress: &preserves}},
			predicted: path.Path{Pod: path.Pod{Port: 8080}, Target: &path.Target{Type: config.TargetIP}, KubeProxy: path.NoHop}}
		c := choices{client: netip.MustParseAddrPort("192.0.2.10:4000"), pod: to,
			zone: balancer.Zone{Address: netip.MustParseAddr("10.0.0.10"), Public: netip.MustParseAddr("203.0.113.1")}}
		made, err := m.toLoadBalancer(f, c)
		if err == nil {
			err = m.toPod(t.Context(), f, c, made)
		}
		if err != nil {
			t.Fatal(err)
		}
		want := there + strings.NewReplacer("SOURCE", source, "VETH", podDevice(to)).Replace(toPod)
		if got := hopsText(made); got != want {
			t.Errorf("preserves the client's address: %t\n got %s\nwant %s", preserves, got, want)
		}
	}
}

func TestTheNodeReplacesTheSourceOfARequestToItsNodePortUnlessThePolicyIsLocal(t *testing.T) {
	to := netip.MustParseAddrPort("10.0.1.33:8080")
	newTrail := func() *trail {
		return &trail{source: netip.MustParseAddrPort("10.0.0.10:4000"), destination: netip.MustParseAddrPort("10.0.0.20:30000")}
	}
	p := pod{workload: "shop", name: "shop-1", node: "node"}
	local := newTrail()
	local.fromLocalNodePort(to)
	local.enterPod(p)
	sameNode, otherNode := newTrail(), newTrail()
	m := &Measurement{Network: drawnNetwork{}}
	for made, isOnNode := range map[*trail]bool{sameNode: true, otherNode: false} {
		if err := m.fromNodePort(made, to, isOnNode); err != nil {
			t.Fatal(err)
		}
		made.enterPod(p)
	}
	for want, made := range map[string]*trail{
		"node, shop-1: 10.0.0.10:4000 > 10.0.1.33:8080":                    local,
		"node, shop-1: 10.0.0.20:* > 10.0.1.33:8080":                       sameNode,
		"node, vpc, vpc, node, node, shop-1: 10.0.0.20:* > 10.0.1.33:8080": otherNode,
	} {
		var hosts []string
		for _, h := range made.hops {
			hosts = append(hosts, h.Host)
		}
		if got := strings.Join(hosts, ", ") + ": " + addressesText(made.hops[0]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// hopsText returns the hops of a trail in one line.
func hopsText(t *trail) string {
	var hops []string
	for _, h := range t.hops {
		hops = append(hops, strings.Join([]string{h.Host, h.Interface, directionText(h), addressesText(h)}, " "))
	}
	return strings.Join(hops, "; ")
}
