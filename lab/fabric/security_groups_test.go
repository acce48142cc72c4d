package fabric

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"eksnet/lab/process"
)

// groupSpec returns a VPC whose server is in sg-server. Clients are web in sg-client, and app in sg-all.
func groupSpec(rules ...Rule) Spec {
	spec := newSpec()
	spec.SecurityGroups = append(spec.SecurityGroups, SecurityGroup{ID: "sg-server", Rules: rules},
		SecurityGroup{ID: "sg-client", Rules: allowAll("").Rules})
	spec.Interfaces = append(spec.Interfaces, Interface{ID: "eni-server", Subnet: "subnet-private", Host: "server",
		Primary: ip("10.0.1.80"), Groups: []string{"sg-server"}})
	spec.Interfaces[0].Groups = []string{"sg-client"}
	return spec
}

func TestSecurityGroupsOpenPortsToRangesAndGroups(t *testing.T) {
	n := startNetwork(t, groupSpec(Rule{Protocol: "tcp", FromPort: 80, ToPort: 81, Groups: []string{"sg-client"}},
		Rule{Protocol: "6", FromPort: 90, ToPort: 90, CIDRs: []netip.Prefix{cidr("10.0.1.0/24"), cidr("0.0.0.0/8")}}))
	for _, port := range []string{":80", ":81", ":82", ":90"} {
		serve(t, n.host("server"), port)
	}
	n.check("a source group", n.host("web"), "10.0.1.80:80", "10.0.0.5")
	n.check("the last port of a rule", n.host("web"), "10.0.1.80:81", "10.0.0.5")
	n.check("a closed port", n.host("web"), "10.0.1.80:82", "timeout")
	n.check("a host of another group", n.host("app"), "10.0.1.80:80", "timeout")
	n.check("a source range", n.host("app"), "10.0.1.80:90", "10.0.1.5")
	n.check("a host outside of the range", n.host("web"), "10.0.1.80:90", "timeout")
	serve(t, n.host("web"), ":80")
	n.check("no egress rule", n.host("server"), "10.0.0.5:80", "timeout")
}

func TestSecurityGroupsLimitEgress(t *testing.T) {
	n := startNetwork(t, groupSpec(Rule{Egress: true, Protocol: "tcp", FromPort: 80, ToPort: 80,
		Groups: []string{"sg-client"}}, Rule{Egress: true, Protocol: "tcp", FromPort: 90, ToPort: 90,
		CIDRs: []netip.Prefix{cidr("10.0.1.5/32")}}))
	for _, host := range []string{"web", "app"} {
		serve(t, n.host(host), ":80")
		serve(t, n.host(host), ":90")
	}
	n.check("a destination group", n.host("server"), "10.0.0.5:80", "10.0.1.80")
	n.check("a host of another group", n.host("server"), "10.0.1.5:80", "timeout")
	n.check("a destination range", n.host("server"), "10.0.1.5:90", "10.0.1.80")
	n.check("a host outside of the range", n.host("server"), "10.0.0.5:90", "timeout")
}

func TestASecurityGroupIsASourceOfItself(t *testing.T) {
	spec := groupSpec(append(allowAll("").Rules[1:], Rule{Protocol: "-1", Groups: []string{"sg-server"}})...)
	spec.Interfaces[1].Groups = []string{"sg-all", "sg-server"}
	n := startNetwork(t, spec)
	serve(t, n.host("server"), ":80")
	n.check("the same group", n.host("app"), "10.0.1.80:80", "10.0.1.5")
	n.check("another group", n.host("web"), "10.0.1.80:80", "timeout")
}

// sendDatagram sends an UDP datagram in a namespace. It returns whether it was answered.
func sendDatagram(t *testing.T, from process.NetworkNamespace, address string) bool {
	t.Helper()
	var connection net.Conn
	if err := from.Do(func() (err error) {
		connection, err = net.Dial("udp4", address)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_, _ = connection.Write([]byte("ping"))
	_ = connection.SetDeadline(time.Now().Add(patience))
	_, err := connection.Read(make([]byte, 64))
	return err == nil
}

func TestAnUDPRuleDoesNotOpenTCP(t *testing.T) {
	n := startNetwork(t, groupSpec(Rule{Protocol: "udp", FromPort: 0, ToPort: 65535,
		CIDRs: []netip.Prefix{anywhere}}))
	var server net.PacketConn
	if err := n.host("server").Do(func() (err error) {
		server, err = net.ListenPacket("udp4", ":53")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		buffer := make([]byte, 64)
		for {
			length, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(buffer[:length], from)
		}
	}()
	serve(t, n.host("server"), ":53")
	if !sendDatagram(t, n.host("web"), "10.0.1.80:53") {
		t.Error("no answer by UDP")
	}
	n.check("TCP", n.host("web"), "10.0.1.80:53", "timeout")
}

func TestOpenConnectionsRemainWhenRulesChange(t *testing.T) {
	open := Rule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDRs: []netip.Prefix{anywhere}}
	n := startNetwork(t, groupSpec(open))
	serve(t, n.host("server"), ":80")
	connection, _, err := dial(n.host("web"), "", "10.0.1.80:80")
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	n.update(groupSpec())
	checkEcho(t, connection)
	n.check("a new connection without the rule", n.host("web"), "10.0.1.80:80", "timeout")
	n.update(groupSpec(open))
	n.check("a new connection with the rule", n.host("web"), "10.0.1.80:80", "10.0.0.5")
	moved := groupSpec(open)
	moved.Interfaces[3].Groups = []string{"sg-client", "sg-all"}
	moved.SecurityGroups[2].Rules, moved.SecurityGroups[0].Rules = nil, nil
	n.update(moved)
	n.check("an interface with other groups", n.host("web"), "10.0.1.80:80", "timeout")
	checkEcho(t, connection)
}

func TestRulesAreNFTExpressions(t *testing.T) {
	for want, r := range map[string]Rule{
		"":                        {Protocol: "-1"},
		"meta l4proto tcp":        {Protocol: "tcp", FromPort: 0, ToPort: 65535},
		"udp dport 53-53":         {Protocol: "17", FromPort: 53, ToPort: 53},
		"meta l4proto icmp":       {Protocol: "icmp", FromPort: -1, ToPort: -1},
		"icmp type 8":             {Protocol: "icmp", FromPort: 8, ToPort: -1},
		"icmp type 3 icmp code 4": {Protocol: "icmp", FromPort: 3, ToPort: 4},
		"meta l4proto 50":         {Protocol: "50"},
	} {
		if got, err := r.protocolMatch(); got != want || err != nil {
			t.Errorf("%+v: %q, %v, want %q", r, got, err, want)
		}
	}
	if _, err := (Rule{Protocol: "quic"}).protocolMatch(); err == nil {
		t.Error("no error for protocol quic")
	}
}
