package fabric

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"eksnet/lab/process"
)

// patience is the time after which a connection counts as timed out. Packets that are not dropped need less than 10 ms.
const patience = 700 * time.Millisecond

// serve accepts TCP connections in a namespace. It sends the address of the client, then everything that the client
// sends, until the test ends.
func serve(t *testing.T, in process.NetworkNamespace, address string) {
	t.Helper()
	var listener net.Listener
	if err := in.Do(func() (err error) {
		listener, err = net.Listen("tcp", address)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				host, _, _ := net.SplitHostPort(connection.RemoteAddr().String())
				fmt.Fprintln(connection, host)
				_, _ = io.Copy(connection, connection)
			}()
		}
	}()
}

// dial returns a connection from a namespace and the address of the client as the server sees it. The source is "" for
// the default.
func dial(in process.NetworkNamespace, source, address string) (connection net.Conn, seen string, err error) {
	dialer := net.Dialer{Timeout: patience}
	if source != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(source)}
	}
	if err := in.Do(func() error {
		connection, err = dialer.Dial("tcp", address)
		return err
	}); err != nil {
		return nil, "", err
	}
	_ = connection.SetDeadline(time.Now().Add(patience))
	buffer := make([]byte, 64)
	read, err := connection.Read(buffer)
	return connection, strings.TrimSpace(string(buffer[:read])), err
}

// request returns the client's address as the server sees it, or "timeout", "refused" or "unreachable".
func request(in process.NetworkNamespace, source, address string) string {
	connection, seen, err := dial(in, source, address)
	if connection != nil {
		connection.Close()
	}
	var timeout net.Error
	switch {
	case err == nil:
		return seen
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "unreachable"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	}
	return err.Error()
}

// checkEcho checks that an open connection carries a message in both directions.
func checkEcho(t *testing.T, connection net.Conn) {
	t.Helper()
	_ = connection.SetDeadline(time.Now().Add(patience))
	buffer := make([]byte, 4)
	_, err := connection.Write([]byte("ping"))
	if err == nil {
		_, err = io.ReadFull(connection, buffer)
	}
	if err != nil || string(buffer) != "ping" {
		t.Errorf("the open connection is interrupted: %q, %v", buffer, err)
	}
}

// testNetwork is a running network in a test.
type testNetwork struct {
	*Network
	t *testing.T
}

func startNetwork(t *testing.T, spec Spec) testNetwork {
	t.Helper()
	skipWithoutNamespaces(t)
	t.Parallel() // most of the time passes while packets are dropped
	n, err := Start(t.Context(), t.TempDir()+"/network", spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
	})
	return testNetwork{n, t}
}

func (n testNetwork) host(name string) process.NetworkNamespace {
	n.t.Helper()
	host, err := n.Host(name)
	if err != nil {
		n.t.Fatal(err)
	}
	return host
}

func (n testNetwork) update(spec Spec) {
	n.t.Helper()
	if err := n.Update(n.t.Context(), spec); err != nil {
		n.t.Fatal(err)
	}
}

// check checks the result of a request.
func (n testNetwork) check(what string, from process.NetworkNamespace, address, want string) {
	n.t.Helper()
	if got := request(from, "", address); got != want {
		n.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func ip(text string) netip.Addr     { return netip.MustParseAddr(text) }
func cidr(text string) netip.Prefix { return netip.MustParsePrefix(text) }
func ips(texts ...string) (all []netip.Addr) {
	for _, text := range texts {
		all = append(all, ip(text))
	}
	return all
}

// allowAll returns a security group without limits.
func allowAll(id string) SecurityGroup {
	everywhere := []netip.Prefix{anywhere}
	return SecurityGroup{ID: id, Rules: []Rule{{Protocol: "-1", CIDRs: everywhere},
		{Egress: true, Protocol: "-1", CIDRs: everywhere}}}
}

// newSpec returns a VPC with a public and two private subnets, of which the second has a route to the other network
// only. web is public, app and lone are private.
func newSpec() Spec {
	return Spec{
		Ranges: []netip.Prefix{cidr("10.0.0.0/16")},
		Subnets: []Subnet{{ID: "subnet-public", Range: cidr("10.0.0.0/24"), RouteTable: "rtb-public"},
			{ID: "subnet-private", Range: cidr("10.0.1.0/24"), RouteTable: "rtb-private"},
			{ID: "subnet-lone", Range: cidr("10.0.2.0/24"), RouteTable: "rtb-lone"}},
		RouteTables: []RouteTable{{"rtb-public", []Route{{anywhere, "igw-1"}}},
			{"rtb-private", []Route{{anywhere, "nat-1"}}}, {"rtb-lone", []Route{{cidr("172.16.0.0/12"), "vgw-1"}}}},
		InternetGateway: "igw-1",
		NATGateways: []NATGateway{{ID: "nat-1", Subnet: "subnet-public", Private: ip("10.0.0.9"),
			Public: ip("198.51.100.9")}},
		Interfaces: []Interface{
			{ID: "eni-web", Subnet: "subnet-public", Host: "web", Primary: ip("10.0.0.5"), Public: ip("198.51.100.5"),
				Groups: []string{"sg-all"}},
			{ID: "eni-app", Subnet: "subnet-private", Host: "app", Primary: ip("10.0.1.5"), Groups: []string{"sg-all"}},
			{ID: "eni-lone", Subnet: "subnet-lone", Host: "lone", Primary: ip("10.0.2.5"), Groups: []string{"sg-all"}},
		},
		SecurityGroups: []SecurityGroup{allowAll("sg-all")},
		Outside:        Outside{Clients: ips("203.0.113.7", "203.0.113.8"), Server: ip("203.0.113.80")},
		Other:          OtherNetwork{Gateway: "vgw-1", Range: cidr("172.16.0.0/12"), Address: ip("172.16.0.10")},
	}
}
