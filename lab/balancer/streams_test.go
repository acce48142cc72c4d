package balancer

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
)

func TestANetworkLoadBalancerStaysInTheZoneWithoutCrossZone(t *testing.T) {
	v := startVPC(t, false)
	v.serve()
	spec := newSpec(Network, "TCP")
	b := v.start(spec)
	if got := v.count(20, publicA+":80"); got["one"] == 0 || got["two"] == 0 || got["one"]+got["two"] != 20 {
		t.Errorf("targets of zone a: %v", got)
	}
	if got := v.count(5, publicB+":80"); got["three"] != 5 {
		t.Errorf("targets of zone b: %v", got)
	}
	var order strings.Builder
	for range 20 {
		name, _ := v.request(publicA + ":80")
		order.WriteString(name + " ")
	}
	if got := order.String(); strings.Contains("one "+got, strings.Repeat("one two ", 10)) {
		t.Errorf("the targets take turns: %s", got)
	}
	for address, want := range map[string]string{publicA: balancerA, publicB: balancerB} {
		if _, seen := v.request(address + ":80"); seen != want {
			t.Errorf("the target of %s sees %s", address, seen)
		}
	}
	spec.CrossZone = true
	if err := b.Update(spec); err != nil {
		t.Fatal(err)
	}
	if got := v.count(40, publicB+":80"); len(got) != 3 || got["one"]+got["two"]+got["three"] != 40 {
		t.Errorf("with cross-zone: %v", got)
	}
	off := false
	if err := b.Update(spec.change(func(g *TargetGroup) { g.CrossZone = &off })); err != nil {
		t.Fatal(err)
	}
	if got := v.count(5, publicB+":80"); got["three"] != 5 {
		t.Errorf("a target group without cross-zone: %v", got)
	}
}

func TestTargetsSeeTheClientIfANetworkLoadBalancerPreservesIt(t *testing.T) {
	v := startVPC(t, true)
	v.serve()
	spec := newSpec(Network, "TCP").change(func(g *TargetGroup) { g.PreserveClient = true })
	spec.CrossZone = true
	v.start(spec)
	reached := map[string]bool{}
	for i := range 30 {
		name, seen := v.request([]string{publicA, publicB}[i%2] + ":80")
		reached[name] = true
		if seen != clientAddressText {
			t.Fatalf("%s sees %s", name, seen)
		}
	}
	if len(reached) != 3 {
		t.Errorf("targets are %v", reached)
	}
	v.checkRoute("eth0", "10.0.0.1")
	v.checkRoute("eth1", "10.0.1.1")
}

func TestATargetCannotReachItselfIfItsAddressIsPreserved(t *testing.T) {
	v := startVPC(t, true)
	v.serve("one")
	spec := newSpec(Network, "TCP", "one")
	b := v.start(spec)
	for _, preserves := range []bool{false, true} {
		if err := b.Update(spec.change(func(g *TargetGroup) { g.PreserveClient = preserves })); err != nil {
			t.Fatal(err)
		}
		_, line, err := v.dialFrom(v.host("one"), balancerA+":80")
		if answered := strings.HasPrefix(line, "one "+balancerA+":"); answered == preserves || preserves && !isTimeout(err) {
			t.Errorf("preserved %t: %q, %v", preserves, line, err)
		}
	}
}

// checkRoute checks that connections with a client's address leave an interface by the gateway of its subnet.
func (v testVPC) checkRoute(device, want string) {
	v.t.Helper()
	if err := v.host("lb-test").Do(func() error {
		options := &netlink.RouteGetOptions{Oif: device}
		routes, err := netlink.RouteGetWithOptions(net.ParseIP("172.16.0.10"), options)
		if err == nil && (len(routes) != 1 || routes[0].Gw.String() != want) {
			v.t.Errorf("the route by %s is %v, want %s", device, routes, want)
		}
		return err
	}); err != nil {
		v.t.Error(err)
	}
}

func TestAClassicLoadBalancerTakesTurns(t *testing.T) {
	v := startVPC(t, false)
	v.serve()
	spec := newSpec(Classic, "TCP")
	spec.CrossZone = true
	v.start(spec)
	if got := v.count(9, publicA+":80"); got["one"] != 3 || got["two"] != 3 || got["three"] != 3 {
		t.Errorf("connections: %v", got)
	}
}

func TestWithoutAHealthyTargetOnlyAClassicLoadBalancerRefusesConnections(t *testing.T) {
	for kind, want := range map[string]string{Classic: "reset", Network: "one"} {
		t.Run(kind, func(t *testing.T) {
			v := startVPC(t, false)
			v.serve("one")
			spec := newSpec(kind, "TCP", "one").change(func(g *TargetGroup) { g.Check.Port = 81 })
			b := v.start(spec)
			if got := b.Health()["tg"][targetAddress("one")]; got != (Health{unhealthy, failedHealthChecks}) {
				t.Errorf("health is %s", got)
			}
			if got, _ := v.request(publicA + ":80"); got != want {
				t.Errorf("a request: %s, want %s", got, want)
			}
			if got, _ := v.request(publicB + ":80"); got != "reset" {
				t.Errorf("a request in a zone without targets: %s", got)
			}
		})
	}
}

func TestARemovedTargetKeepsItsConnectionsForTheDeregistrationDelay(t *testing.T) {
	for _, terminates := range []bool{true, false} {
		t.Run(fmt.Sprint(terminates), func(t *testing.T) {
			v := startVPC(t, false)
			v.serve()
			spec := newSpec(Network, "TCP", "one", "two").change(func(g *TargetGroup) { g.TerminateDeregistered = terminates })
			b := v.start(spec)
			open := map[string]net.Conn{}
			for len(open) < 2 {
				connection, line, err := v.dial(publicA + ":80")
				if err != nil {
					t.Fatal(err)
				}
				name, _, _ := strings.Cut(line, " ")
				open[name] = connection
			}
			if err := b.Update(spec.without("one")); err != nil {
				t.Fatal(err)
			}
			if got := b.Health()["tg"][targetAddress("one")]; got != (Health{draining, deregistrationInProgress}) {
				t.Errorf("health is %s", got)
			}
			v.checkEcho("the removed target during the delay", open["one"], true)
			if got := v.count(10, publicA+":80"); got["two"] != 10 {
				t.Errorf("new connections: %v", got)
			}
			v.waitUntil("the target is removed", func() bool { return len(b.Health()["tg"]) == 1 })
			time.Sleep(20 * time.Millisecond)
			v.checkEcho("the removed target after the delay", open["one"], !terminates)
			v.checkEcho("the target that stays", open["two"], true)
		})
	}
}

func TestARemovedListenerOrZoneClosesItsConnectionsOnly(t *testing.T) {
	v := startVPC(t, false)
	v.serve()
	spec := newSpec(Network, "TCP")
	b := v.start(spec)
	inA, _, err := v.dial(publicA + ":80")
	if err != nil {
		t.Fatal(err)
	}
	inB, _, err := v.dial(publicB + ":80")
	if err != nil {
		t.Fatal(err)
	}
	spec.Zones = spec.Zones[:1]
	if err := b.Update(spec); err != nil {
		t.Fatal(err)
	}
	v.checkEcho("the zone that stays", inA, true)
	v.checkEcho("the removed zone", inB, false)
	if got, _ := v.request(publicB + ":80"); got != "refused" {
		t.Errorf("a request to the removed zone: %s", got)
	}
	if got := b.Health()["tg"][targetAddress("three")]; got != (Health{unused, notInUse}) {
		t.Errorf("the target in the removed zone is %s", got)
	}
	b.Stop()
	v.checkEcho("a stopped load balancer", inA, false)
}

func TestTheEndOfOneDirectionDoesNotEndTheOther(t *testing.T) {
	v := startVPC(t, false)
	v.serve("one")
	v.start(newSpec(Network, "TCP", "one"))
	connection, _, err := v.dial(publicA + ":80")
	if err != nil {
		t.Fatal(err)
	}
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	go func() {
		_, _ = connection.Write(sent)
		_ = connection.(*net.TCPConn).CloseWrite()
	}()
	_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
	got, err := io.ReadAll(connection)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("received %d of %d bytes, %v", len(got), len(sent), err)
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	v := startVPC(t, false)
	v.serve("one")
	spec := newSpec(Classic, "TCP", "one")
	spec.IdleTimeout = 300 * time.Millisecond
	v.start(spec)
	connection, _, err := v.dial(publicA + ":80")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		time.Sleep(150 * time.Millisecond)
		v.checkEcho("an active connection", connection, true)
	}
	time.Sleep(400 * time.Millisecond)
	v.checkEcho("an idle connection", connection, false)
}

func TestTargetsGetTheHeaderOfTheProxyProtocol(t *testing.T) {
	for version, kind := range map[int]string{1: Classic, 2: Network} {
		t.Run(kind, func(t *testing.T) {
			v := startVPC(t, false)
			v.serve("one") // it sends back what it receives
			v.start(newSpec(kind, "TCP", "one").change(func(g *TargetGroup) { g.ProxyProtocol = version }))
			connection, _, err := v.dial(publicA + ":80")
			if err != nil {
				t.Fatal(err)
			}
			port := connection.LocalAddr().(*net.TCPAddr).Port
			want := fmt.Sprintf("PROXY TCP4 %s %s %d 80\r\n", clientAddressText, balancerA, port)
			if version == 2 {
				fixed, _ := hex.DecodeString("0d0a0d0a000d0a515549540a" + "2111000c" + "cb007107" + "0a000014")
				want = string(fixed) + string([]byte{byte(port >> 8), byte(port), 0, 80})
			}
			got := make([]byte, len(want))
			_ = connection.SetDeadline(time.Now().Add(patience))
			if _, err := io.ReadFull(connection, got); err != nil || string(got) != want {
				t.Errorf("the target got %q, %v, want %q", got, err, want)
			}
		})
	}
}

func TestAnUpdateWithAnErrorIsTriedAgain(t *testing.T) {
	v := startVPC(t, false)
	v.serve()
	spec := newSpec(Network, "TCP")
	b := v.start(spec)
	wrong := spec
	wrong.Zones = append(spec.Zones[:1:1], Zone{Name: "b", Address: netip.MustParseAddr("10.0.1.99")})
	wrong.Listeners = append(spec.Listeners[:1:1], Listener{Port: 81, Protocol: "GENEVE"})
	err := b.Update(wrong)
	for _, part := range []string{"zone b", "10.0.1.99", "listener 81", `"GENEVE"`, "TCP_UDP"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
	if got, _ := v.request(publicA + ":80"); got != "one" && got != "two" {
		t.Errorf("the zone without an error: %s", got)
	}
	if err := b.Update(spec); err != nil {
		t.Error(err)
	}
	if got, _ := v.request(publicB + ":80"); got != "three" {
		t.Errorf("the corrected zone: %s", got)
	}
	if _, err := Start(v.host("lb-test"), wrong); err == nil {
		t.Error("a load balancer with an error starts")
	}
}
