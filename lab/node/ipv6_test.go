package node

import (
	"net/netip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"eksnet/lab/fabric"
	"eksnet/lab/process"
)

// ipv6Node is a node of an IPv6 cluster in a private subnet with both families, and a pod on it.
type ipv6Node struct {
	vpc
	network *fabric.Network
	cni     CNI
	egress  egress
	pod     PodAddress
}

const (
	ipv6Sandbox = "sandbox-of-front"
	natAddress  = "198.51.100.9"
)

func startIPv6Node(t *testing.T) *ipv6Node {
	t.Helper()
	program := cniProgram(t)
	ip, cidr := netip.MustParseAddr, netip.MustParsePrefix
	anywhere, anywhereIPv6 := cidr("0.0.0.0/0"), cidr("::/0")
	everything := []netip.Prefix{anywhere, anywhereIPv6}
	network, err := fabric.Start(t.Context(), filepath.Join(t.TempDir(), "network"), fabric.Spec{
		Ranges: []netip.Prefix{cidr("10.0.0.0/16"), cidr("2001:db8:0:100::/56")},
		Subnets: []fabric.Subnet{{ID: "subnet-public", Range: cidr("10.0.0.0/24"), RouteTable: "rtb-public"},
			{ID: "subnet-private", Range: cidr("10.0.1.0/24"), RouteTable: "rtb-private", IPv6: cidr("2001:db8:0:101::/64")}},
		RouteTables: []fabric.RouteTable{{ID: "rtb-public", Routes: []fabric.Route{{Destination: anywhere, Target: "igw-1"}}},
			{ID: "rtb-private", Routes: []fabric.Route{{Destination: anywhere, Target: "nat-1"}, {Destination: anywhereIPv6, Target: "eigw-1"}}}},
		InternetGateway: "igw-1", EgressOnlyGateway: "eigw-1",
		NATGateways:    []fabric.NATGateway{{ID: "nat-1", Subnet: "subnet-public", Private: ip("10.0.0.9"), Public: ip(natAddress)}},
		SecurityGroups: []fabric.SecurityGroup{{ID: "sg-all", Rules: []fabric.Rule{{Protocol: "-1", CIDRs: everything}, {Egress: true, Protocol: "-1", CIDRs: everything}}}},
		Interfaces: []fabric.Interface{
			{ID: "eni-node", Subnet: "subnet-private", Host: "node", Primary: ip("10.0.1.5"), IPv6: ip("2001:db8:0:101::5"),
				Prefixes: []netip.Prefix{cidr("2001:db8:0:101:1::/80")}, Groups: []string{"sg-all"}},
			{ID: "eni-peer", Subnet: "subnet-private", Host: "peer", Primary: ip("10.0.1.6"), IPv6: ip("2001:db8:0:101::6"), Groups: []string{"sg-all"}}},
		Outside: fabric.Outside{Server: ip("203.0.113.80"), ServerIPv6: ip("2001:db8:f000::80")},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Stop(); err != nil {
			t.Error(err)
		}
	})
	n := &ipv6Node{vpc: vpc{t: t, network: network.Router()}, network: network}
	host := n.host("node")
	n.cni = CNI{Program: program, Network: host}
	n.egress = egress{program: filepath.Join(filepath.Dir(program), egressPlugin), network: host, address: ip("10.0.1.5"), dir: t.TempDir()}
	var mac string
	n.do(host, func() error {
		link, err := netlink.LinkByName("eth0")
		if err == nil {
			mac = link.Attrs().HardwareAddr.String()
		}
		return err
	})
	if err := n.cni.SetUpNode(t.Context(), ENI{MAC: mac, Address: ip("2001:db8:0:101::5")}, []netip.Prefix{cidr("2001:db8:0:100::/56")}); err != nil {
		t.Fatal(err)
	}
	n.pod = PodAddress{"shop", "front", ip("2001:db8:0:101:1::"), 0, createNetwork(t)}
	hostInterface, err := n.cni.AddPod(t.Context(), n.pod)
	if err == nil {
		err = n.egress.add(t.Context(), ipv6Sandbox, n.pod, hostInterface)
	}
	if err != nil {
		t.Fatal(err)
	}
	n.serve(n.pod.Network)
	n.serve(n.host("peer"))
	n.serve(network.Server())
	return n
}

func (n *ipv6Node) host(name string) process.NetworkNamespace {
	host, err := n.network.Host(name)
	if err != nil {
		n.t.Fatal(err)
	}
	return host
}

func TestAPodOfAnIPv6ClusterHasItsOwnAddressOverIPv6AndThatOfItsNodeOverIPv4(t *testing.T) {
	n := startIPv6Node(t)
	for server, want := range map[string]string{"2001:db8:0:101::6": n.pod.Address.String(), "2001:db8:f000::80": n.pod.Address.String(),
		"10.0.1.6": "10.0.1.5", "203.0.113.80": natAddress} {
		expectSource(t, n.pod, netip.MustParseAddr(server), netip.MustParseAddr(want))
	}
	peer := PodAddress{Name: "none, but another host", Network: n.host("peer")}
	expectSource(t, peer, n.pod.Address, netip.MustParseAddr("2001:db8:0:101::6"))
}

func TestRulesForIPv4EgressEndWithTheirPod(t *testing.T) {
	n := startIPv6Node(t)
	rules := func() string {
		var text strings.Builder
		n.do(n.host("node"), func() error {
			command := exec.Command("iptables", "-t", "nat", "-S")
			command.Stdout = &text
			return command.Run()
		})
		return text.String()
	}
	if got := rules(); !strings.Contains(got, "--to-source 10.0.1.5") {
		t.Errorf("no rule translates to the node's address:\n%s", got)
	}
	if err := n.egress.remove(t.Context(), ipv6Sandbox, n.pod.Network); err != nil {
		t.Fatal(err)
	}
	if got := rules(); strings.Contains(got, "--to-source") {
		t.Errorf("rules of a deleted pod are left:\n%s", got)
	}
}

func TestIPv4EgressIsOffWithItsVariable(t *testing.T) {
	for env, want := range map[string]bool{"ENABLE_V4_EGRESS=false": false, "ENABLE_V4_EGRESS=true": true, "PATH=/bin": true} {
		if got := (&egress{env: []string{env}}).isEnabled(); got != want {
			t.Errorf("with %s it is enabled: %t", env, got)
		}
	}
}
