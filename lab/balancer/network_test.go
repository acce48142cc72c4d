package balancer

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"eksnet/lab/fabric"
	"eksnet/lab/process"
)

// Addresses of the tests' network. The load balancer has two zones, a and b. one and two are in zone a, three is in b.
const (
	clientAddressText = "203.0.113.7"
	balancerA         = "10.0.0.20"
	balancerB         = "10.0.1.20"
	publicA           = "198.51.100.20"
	publicB           = "198.51.100.21"
)

// patience is the time after which a connection counts as timed out.
const patience = 700 * time.Millisecond

var targetHosts = map[string]string{"one": "10.0.0.31", "two": "10.0.0.32", "three": "10.0.1.33"}

// target zones by host.
var zonesOf = map[string]string{"one": "a", "two": "a", "three": "b"}

// testVPC is a network with a load balancer and its targets.
type testVPC struct {
	*fabric.Network
	t *testing.T
}

func startVPC(t *testing.T, clientAddresses bool) testVPC {
	t.Helper()
	return startNetwork(t, newVPC(clientAddresses))
}

// newVPC returns a VPC with the interfaces of the load balancer and its targets.
func newVPC(clientAddresses bool) fabric.Spec {
	anywhere, ip := netip.MustParsePrefix("0.0.0.0/0"), netip.MustParseAddr
	groups := []string{"sg-all"}
	spec := fabric.Spec{Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")},
		Subnets: []fabric.Subnet{{ID: "subnet-a", Range: netip.MustParsePrefix("10.0.0.0/24"), RouteTable: "rtb-1"},
			{ID: "subnet-b", Range: netip.MustParsePrefix("10.0.1.0/24"), RouteTable: "rtb-1"}},
		RouteTables:     []fabric.RouteTable{{ID: "rtb-1", Routes: []fabric.Route{{Destination: anywhere, Target: "igw-1"}}}},
		InternetGateway: "igw-1",
		SecurityGroups: []fabric.SecurityGroup{{ID: "sg-all", Rules: []fabric.Rule{
			{Protocol: "-1", CIDRs: []netip.Prefix{anywhere}},
			{Egress: true, Protocol: "-1", CIDRs: []netip.Prefix{anywhere}}}}},
		Outside: fabric.Outside{Clients: []netip.Addr{ip(clientAddressText), ip("203.0.113.8")}, Server: ip("203.0.113.80")},
		Interfaces: []fabric.Interface{
			{ID: "eni-lb-a", Subnet: "subnet-a", Host: "lb-test", Primary: ip(balancerA), Public: ip(publicA), Groups: groups,
				Configure: true, ClientAddresses: clientAddresses},
			{ID: "eni-lb-b", Subnet: "subnet-b", Host: "lb-test", DeviceIndex: 1, Primary: ip(balancerB), Public: ip(publicB),
				Groups: groups, Configure: true, ClientAddresses: clientAddresses}}}
	for _, name := range slices.Sorted(maps.Keys(targetHosts)) {
		spec.Interfaces = append(spec.Interfaces, fabric.Interface{ID: "eni-" + name, Subnet: "subnet-" + zonesOf[name],
			Host: name, Primary: ip(targetHosts[name]), Groups: groups})
	}
	return spec
}

func startNetwork(t *testing.T, spec fabric.Spec) testVPC {
	t.Helper()
	skipWithoutNamespaces(t)
	t.Parallel()
	network, err := fabric.Start(t.Context(), t.TempDir()+"/network", spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Stop(); err != nil {
			t.Error(err)
		}
	})
	return testVPC{network, t}
}

func (v testVPC) host(name string) process.NetworkNamespace {
	v.t.Helper()
	host, err := v.Host(name)
	if err != nil {
		v.t.Fatal(err)
	}
	return host
}

// start starts the load balancer and waits until its targets have the states that they keep.
func (v testVPC) start(spec Spec) *Balancer {
	v.t.Helper()
	b, err := Start(v.host("lb-test"), spec)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(b.Stop)
	v.waitUntil("no target is initial", func() bool {
		for _, group := range b.Health() {
			for _, health := range group {
				if health.State == initial {
					return false
				}
			}
		}
		return true
	})
	return b
}

func (v testVPC) waitUntil(what string, is func() bool) {
	v.t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			v.t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func (v testVPC) waitForHealth(b *Balancer, name string, want Health) {
	v.t.Helper()
	v.waitUntil(fmt.Sprintf("%s is %s", name, want), func() bool { return b.Health()["tg"][targetAddress(name)] == want })
}

// listen listens on port 80 of a host.
func (v testVPC) listen(name string) net.Listener {
	v.t.Helper()
	var listener net.Listener
	if err := v.host(name).Do(func() (err error) {
		listener, err = net.Listen("tcp", ":80")
		return err
	}); err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { listener.Close() })
	return listener
}

// serve accepts TCP connections on port 80 of hosts, or of all targets. It sends the name of the host and the address
// of its client, then everything that the client sends.
func (v testVPC) serve(names ...string) {
	v.t.Helper()
	if names == nil {
		names = []string{"one", "two", "three"}
	}
	for _, name := range names {
		listener := v.listen(name)
		go func() {
			for {
				connection, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					defer connection.Close()
					fmt.Fprintf(connection, "%s %s\n", name, connection.RemoteAddr())
					_, _ = io.Copy(connection, connection)
				}()
			}
		}()
	}
}

// serveHTTP serves requests on port 80 of hosts.
func (v testVPC) serveHTTP(handler func(name string, w http.ResponseWriter, r *http.Request), names ...string) {
	v.t.Helper()
	for _, name := range names {
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handler(name, w, r)
		})}
		listener := v.listen(name)
		go func() { _ = server.Serve(listener) }()
		v.t.Cleanup(func() { server.Close() })
	}
}

// dial connects from the client in the internet, and returns the first line that the target sends.
func (v testVPC) dial(address string) (connection net.Conn, line string, err error) {
	return v.dialFrom(v.Client(), address)
}

func (v testVPC) dialFrom(from process.NetworkNamespace, address string) (connection net.Conn, line string, err error) {
	dialer := net.Dialer{Timeout: patience}
	if err := from.Do(func() (err error) {
		connection, err = dialer.Dial("tcp", address)
		return err
	}); err != nil {
		return nil, "", err
	}
	v.t.Cleanup(func() { connection.Close() })
	line, err = readLine(connection)
	return connection, line, err
}

func readLine(connection net.Conn) (string, error) {
	_ = connection.SetDeadline(time.Now().Add(patience))
	defer connection.SetDeadline(time.Time{})
	var line []byte
	for one := make([]byte, 1); ; line = append(line, one[0]) {
		if _, err := connection.Read(one); err != nil || one[0] == '\n' {
			return string(line), err
		}
	}
}

// request returns the name of the target and the address that it sees, or "timeout", "reset" or "refused".
func (v testVPC) request(address string) (name, seen string) {
	connection, line, err := v.dial(address)
	if connection != nil {
		connection.Close()
	}
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused", ""
	case errors.Is(err, syscall.ECONNRESET):
		return "reset", ""
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout", ""
	case err != nil:
		return err.Error(), ""
	}
	name, seen, _ = strings.Cut(line, " ")
	host, _, _ := net.SplitHostPort(seen)
	return name, host
}

// count returns the number of connections by target.
func (v testVPC) count(times int, address string) map[string]int {
	counts := map[string]int{}
	for range times {
		name, _ := v.request(address)
		counts[name]++
	}
	return counts
}

// checkEcho checks whether an open connection carries a message in both directions.
func (v testVPC) checkEcho(what string, connection net.Conn, want bool) {
	v.t.Helper()
	_, err := connection.Write([]byte("ping\n"))
	var line string
	if err == nil {
		line, err = readLine(connection)
	}
	if (line == "ping") != want {
		v.t.Errorf("%s: %q, %v", what, line, err)
	}
}

func targetAddress(name string) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(targetHosts[name]), 80)
}

// newSpec returns a load balancer with one listener on port 80 and hosts as targets, by default all.
func newSpec(kind, protocol string, names ...string) Spec {
	if names == nil {
		names = []string{"one", "two", "three"}
	}
	group := TargetGroup{ID: "tg", Protocol: protocol, DeregistrationDelay: 300 * time.Millisecond,
		Check: HealthCheck{Protocol: "TCP", Interval: 50 * time.Millisecond, Timeout: 300 * time.Millisecond, Healthy: 2,
			Unhealthy: 2}}
	for _, name := range names {
		group.Targets = append(group.Targets, Target{targetAddress(name), zonesOf[name]})
	}
	return Spec{ID: "test", Name: "test", Kind: kind,
		Zones: []Zone{{Name: "a", Subnet: "subnet-a", Address: netip.MustParseAddr(balancerA), Public: netip.MustParseAddr(publicA)},
			{Name: "b", Subnet: "subnet-b", Address: netip.MustParseAddr(balancerB), Public: netip.MustParseAddr(publicB)}},
		Listeners:    []Listener{{Port: 80, Protocol: protocol, Default: Action{Forward: map[string]int{"tg": 1}}}},
		TargetGroups: map[string]TargetGroup{"tg": group}}
}

// change changes the target group of a Spec, and returns another Spec.
func (s Spec) change(set func(*TargetGroup)) Spec {
	group := s.TargetGroups["tg"]
	group.Targets = slices.Clone(group.Targets)
	set(&group)
	s.TargetGroups = map[string]TargetGroup{"tg": group}
	return s
}

// without returns a Spec without a target.
func (s Spec) without(name string) Spec {
	return s.change(func(g *TargetGroup) {
		g.Targets = slices.DeleteFunc(g.Targets, func(t Target) bool { return t.Address == targetAddress(name) })
	})
}
