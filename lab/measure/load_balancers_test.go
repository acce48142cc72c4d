package measure

import (
	"net/netip"
	"strings"
	"testing"

	"eksnet/lab/balancer"
	"eksnet/lab/rehearsed"
	"eksnet/path"
)

func TestWhereTheClientsAddressIsIsReadFromTheRequest(t *testing.T) {
	client := netip.MustParseAddrPort("192.0.2.10:4000")
	v2 := "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x0a\x0a\x00\x00\x01\x0f\xa0\x00\x50"
	get := "GET /?WORD HTTP/1.1\r\nHost: lab\r\n"
	for _, c := range []struct{ opening, request, want string }{
		{get + "\r\n", get + "\r\n", ""},
		{"", get + "X-Forwarded-For: 198.51.100.1, 192.0.2.10\r\n\r\n", path.ForwardedForHeader},
		{"", get + "X-Forwarded-For: 192.0.2.10, 10.0.0.1\r\n\r\n", ""},
		{"PROXY TCP4 192.0.2.10 10.0.0.9 4000 80\r\n" + get + "\r\n", get + "\r\n", path.ProxyProtocolV1},
		{"PROXY TCP4 10.0.0.7 10.0.0.9 4000 80\r\n" + get + "\r\n", get + "\r\n", ""},
		{v2 + get + "\r\n", get + "\r\n", path.ProxyProtocolV2},
		{strings.Replace(v2, "\x0f\xa0", "\x0f\xa1", 1), "", "a proxy protocol header with source 192.0.2.10:4001"},
	} {
		if got := clientAddressIn(delivery{client: client, opening: c.opening, request: c.request}); got != c.want {
			t.Errorf("%q: %q, want %q", c.opening+c.request, got, c.want)
		}
	}
}

// twoZones returns a load balancer in two zones, with a node and a pod in each, and a request to zone a.
func twoZones(predicted path.Path) (*Measurement, *front, delivery) {
	m := &Measurement{Stack: &rehearsed.Stack{Nodes: []rehearsed.Node{
		{Name: "n1", Zone: "a", Interfaces: []rehearsed.Interface{{PrivateIP: "10.0.0.1"}}},
		{Name: "n2", Zone: "b", Interfaces: []rehearsed.Interface{{PrivateIP: "10.0.1.1"}}}}}}
	f := &front{predicted: predicted, zones: map[string]string{"n1": "a", "n2": "b"}, client: Endpoint{Address: netip.MustParseAddr("192.0.2.10")},
		pods: []pod{{name: "p1", node: "n1"}, {name: "p2", node: "n2"}},
		Spec: balancer.Spec{Zones: []balancer.Zone{{Name: "a", Address: netip.MustParseAddr("10.0.0.254")}, {Name: "b", Address: netip.MustParseAddr("10.0.1.254")}}}}
	return m, f, delivery{at: f.pods[0], source: f.Zones[0].Address, zone: f.Zones[0], client: netip.MustParseAddrPort("192.0.2.10:4000")}
}

func TestRequestsThroughALoadBalancerAreComparedWithThePrediction(t *testing.T) {
	kept := path.Path{KubeProxy: path.NoHop, Source: path.Balancers}
	m, f, first := twoZones(kept)
	second := first
	second.at, second.zone, second.source = f.pods[1], f.Zones[1], f.Zones[1].Address
	if lines := f.compare(m, []delivery{first, second}); len(lines) != 0 {
		t.Errorf("as predicted: %q", lines)
	}
	for name, c := range map[string]struct {
		change func(*path.Path, *delivery)
		want   string
	}{
		"another source":       {func(_ *path.Path, d *delivery) { d.source = netip.MustParseAddr("10.0.0.7") }, "source 10.0.0.7, predicted the load balancer's in the zone, 10.0.0.254"},
		"the client expected":  {func(p *path.Path, _ *delivery) { p.Source = path.Clients }, "source 10.0.0.254, predicted the client's, 192.0.2.10"},
		"a node expected":      {func(p *path.Path, _ *delivery) { p.Source = path.Nodes }, "predicted a node's"},
		"a header expected":    {func(p *path.Path, _ *delivery) { p.ClientAddressIn = path.ForwardedForHeader }, `in "", predicted "the header X-Forwarded-For"`},
		"another zone":         {func(_ *path.Path, d *delivery) { d.at = f.pods[1] }, "from the load balancer to the target: true, predicted false"},
		"a node port":          {func(_ *path.Path, d *delivery) { d.target = "n1" }, "kube-proxy: local pods, predicted none"},
		"another node's port":  {func(_ *path.Path, d *delivery) { d.target = "n2" }, "kube-proxy: any pod, predicted none"},
		"a node's zone":        {func(_ *path.Path, d *delivery) { d.target = "n2" }, "from the node to the pod: true, predicted false"},
		"no other zone":        {func(p *path.Path, _ *delivery) { p.Zones.ToTarget = true }, "from the load balancer to the target: false, predicted true"},
		"no request for a pod": {func(_ *path.Path, d *delivery) { d.at = f.pods[1] }, "none of 2 requests arrived at pod /p1"},
	} {
		changed := first
		f.predicted = kept
		c.change(&f.predicted, &changed)
		if lines := strings.Join(f.compare(m, []delivery{changed, second}), "\n"); !strings.Contains(lines, c.want) {
			t.Errorf("%s: %q, want %q", name, lines, c.want)
		}
	}
}

func TestAZoneWithoutATargetNeedNotAnswer(t *testing.T) {
	_, f, _ := twoZones(path.Path{KubeProxy: path.LocalPod})
	f.pods = f.pods[:1]
	if !f.hasTargetIn("a") || f.hasTargetIn("b") {
		t.Error("with policy Local, zone a with a pod must answer, and zone b without one need not")
	}
	f.predicted.KubeProxy = path.AnyPod
	if !f.hasTargetIn("b") {
		t.Error("with policy Cluster, zone b with a node must answer")
	}
	f.predicted.Zones.ToTarget, f.predicted.KubeProxy = true, path.NoHop
	if !f.hasTargetIn("b") {
		t.Error("with cross-zone balancing, all zones must answer")
	}
}

func TestEachWrongFieldOfAPredictionIsNoticed(t *testing.T) {
	for _, right := range []path.Path{
		{KubeProxy: path.NoHop, Source: path.Balancers},
		{KubeProxy: path.LocalPod, Source: path.Clients, ClientAddressIn: path.ForwardedForHeader},
	} {
		m, f, first := twoZones(right)
		second := first
		second.at, second.zone, second.source = f.pods[1], f.Zones[1], f.Zones[1].Address
		arrived := []delivery{first, second}
		if right.KubeProxy == path.LocalPod {
			for i := range arrived {
				arrived[i].target, arrived[i].source = arrived[i].at.node, f.client.Address
				arrived[i].request = "GET / HTTP/1.1\r\nX-Forwarded-For: 192.0.2.10\r\n\r\n"
			}
		}
		if lines := f.compare(m, arrived); len(lines) > 0 {
			t.Errorf("as predicted: %q", lines)
		}
		for field, wrong := range wrongPredictions(right) {
			if f.predicted = wrong; len(f.compare(m, arrived)) == 0 {
				t.Errorf("kube-proxy %s: %s is not noticed", right.KubeProxy, field)
			}
		}
	}
}
