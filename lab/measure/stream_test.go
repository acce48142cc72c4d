package measure

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/config"
	"eksnet/lab/balancer"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
	plan "eksnet/plan/balancer"
)

// serveOnce accepts one connection, and returns its address. After the request, answer responds.
func serveOnce(t *testing.T, answer func(net.Conn)) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		if _, err := http.ReadRequest(bufio.NewReader(connection)); err == nil {
			answer(connection)
		}
	}()
	return listener.Addr().(*net.TCPAddr).AddrPort()
}

// frontAt returns a load balancer whose only zone has an address.
func frontAt(at netip.AddrPort) *front {
	return &front{client: Endpoint{Address: netip.MustParseAddr("127.0.0.1")},
		workload: rehearsed.Workload{Workload: config.Workload{App: config.AppEcho}},
		listener: plan.Listener{Port: int(at.Port()), Protocol: "HTTP"},
		Spec:     balancer.Spec{Zones: []balancer.Zone{{Name: "a", Address: at.Addr()}}}}
}

func TestARequestIsAnsweredByAPodOrLostForAReason(t *testing.T) {
	respond := func(text string) func(net.Conn) {
		return func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 "+text) }
	}
	never := make(chan struct{})
	defer close(never)
	for _, c := range []struct {
		name, pod, lost string
		answer          func(net.Conn)
	}{
		{"a pod answers", "shop-1", "", respond("200 OK\r\nContent-Length: 6\r\n\r\nshop-1")},
		{"the load balancer has no target", "", "status 503", respond("503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")},
		{"the answer is cut off", "", "reset", respond("200 OK\r\nContent-Length: 6\r\n\r\nsho")},
		{"the connection is closed", "", "reset", func(net.Conn) {}},
		{"the connection is reset", "", "reset", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }},
		{"nothing answers", "", "timeout", func(net.Conn) { <-never }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := frontAt(serveOnce(t, c.answer))
			pod, err := f.get(context.Background(), f.Zones[0])
			lost := ""
			if err != nil {
				lost = lossOf(err)
			}
			if pod != c.pod || lost != c.lost {
				t.Errorf("pod %q, lost %q (%v); want pod %q, lost %q", pod, lost, err, c.pod, c.lost)
			}
		})
	}
}

func TestARequestToAClosedPortIsRefused(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := frontAt(listener.Addr().(*net.TCPAddr).AddrPort())
	listener.Close()
	if _, err := f.get(context.Background(), f.Zones[0]); err == nil || lossOf(err) != "refused" {
		t.Errorf("%v, want refused", err)
	}
}

func TestAStreamCountsEachRequestOnce(t *testing.T) {
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "shop-1")
	})}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	f := frontAt(listener.Addr().(*net.TCPAddr).AddrPort())
	closed := f.Zones[0]
	closed.Address = netip.MustParseAddr("127.0.0.2") // nothing listens there
	s := newStream(f, []balancer.Zone{f.Zones[0], closed})
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	s.running.Go(func() { s.sendAll(ctx, 5*time.Millisecond) })
	for s.Sent() < 20 {
		time.Sleep(time.Millisecond)
	}
	c := s.Stop()
	if sent := s.Sent(); c.Answered+c.TotalLost() != sent || c.ByPod["shop-1"] != c.Answered || c.Lost["refused"] != sent/2 {
		t.Errorf("%d sent, counts %+v", sent, c)
	}
}

func TestTheProcessesOfANetworkNamespaceAreFound(t *testing.T) {
	ids, err := processesIn(process.OwnNetwork)
	if err != nil || !slices.Contains(ids, os.Getpid()) {
		t.Errorf("%v (%v), want %d among them", ids, err, os.Getpid())
	}
}

func TestTheNetworkOfAZoneIsCutForBothFamilies(t *testing.T) {
	got := zoneRules([]rehearsed.Subnet{{Zone: "a", CIDR: "10.0.0.0/24"},
		{Zone: "b", CIDR: "10.0.1.0/24", IPv6CIDR: "2001:db8::/64"}}, "b")
	want := []string{"ip saddr 10.0.1.0/24 drop", "ip daddr 10.0.1.0/24 drop", "ip6 saddr 2001:db8::/64 drop", "ip6 daddr 2001:db8::/64 drop"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTheZoneOfATargetIsThatOfItsNodeOrSubnet(t *testing.T) {
	m := &Measurement{Stack: &rehearsed.Stack{Nodes: []rehearsed.Node{{InstanceID: "i-1", Zone: "a"}},
		Network: rehearsed.Network{Subnets: []rehearsed.Subnet{{CIDR: "10.0.0.0/24", Zone: "a"}, {CIDR: "10.0.1.0/24", Zone: "b"}}}}}
	for target, want := range map[string]string{"10.0.1.7": "b", "i-1": "a", "10.0.9.1": ""} {
		if got := m.zoneOfTarget(target); got != want {
			t.Errorf("%s: zone %q, want %q", target, got, want)
		}
	}
}

// named is a network in which the name of each load balancer has given zones.
type named struct {
	Network
	zones []balancer.Zone
}

func (n named) ZonesInDNS(string) []balancer.Zone { return n.zones }

func TestAClientGetsTheZonesOfANameThatAcceptConnectionsAndAllOfThemIfNoneDoes(t *testing.T) {
	first, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	f := frontAt(first.Addr().(*net.TCPAddr).AddrPort())
	silent := balancer.Zone{Name: "silent", Address: netip.MustParseAddr("127.0.0.3")} // nothing listens there
	f.Zones = append(f.Zones, silent)
	for want, zones := range map[string][]balancer.Zone{"a": f.Zones, "a silent": {silent}} {
		m := &Measurement{Network: named{zones: zones}}
		var got []string
		for _, z := range m.resolve(t.Context(), f) {
			got = append(got, z.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("zones %v, want %s", got, want)
		}
	}
}
