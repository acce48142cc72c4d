package fabric

import (
	"bytes"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"eksnet/lab/process"
)

// addAddress adds an address to the loopback interface of a host, as a pod's address behind a network interface.
func addAddress(t *testing.T, to process.NetworkNamespace, text string) {
	t.Helper()
	if err := to.Do(func() error {
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		a := ip(text)
		if err := netlink.AddrAdd(lo, &netlink.Addr{IPNet: ipNet(single(a))}); err != nil || a.Is4() {
			return err
		}
		handle, err := netlink.NewHandle()
		if err != nil {
			return err
		}
		defer handle.Close()
		return waitForAddress(handle, a)
	}); err != nil {
		t.Fatal(err)
	}
}

// receiveFrom sends an UDP datagram from each source in turn, and returns the source of the first one that arrives.
func receiveFrom(t *testing.T, in, from process.NetworkNamespace, address string, sources ...string) (source string) {
	t.Helper()
	var receiver net.PacketConn
	if err := in.Do(func() (err error) {
		receiver, err = net.ListenPacket("udp4", address)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	for _, source := range sources {
		if err := from.Do(func() error {
			dialer := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(source)}}
			connection, err := dialer.Dial("udp4", address)
			if err != nil {
				return err
			}
			defer connection.Close()
			_, err = connection.Write([]byte("ping"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	_ = receiver.SetReadDeadline(time.Now().Add(patience))
	_, sender, err := receiver.ReadFrom(make([]byte, 64))
	if err != nil {
		t.Fatal(err)
	}
	source, _, _ = net.SplitHostPort(sender.String())
	return source
}

func TestSecondaryAddressesAndPrefixesBelongToTheInterface(t *testing.T) {
	spec := newSpec()
	spec.Interfaces[1].Secondary, spec.Interfaces[1].Prefixes = ips("10.0.1.6"), []netip.Prefix{cidr("10.0.1.32/28")}
	n := startNetwork(t, spec)
	serve(t, n.host("app"), ":80")
	serve(t, n.host("web"), ":80")
	for _, own := range []string{"10.0.1.6", "10.0.1.33"} {
		addAddress(t, n.host("app"), own)
		n.check("to "+own, n.host("web"), own+":80", "10.0.0.5")
		if got := request(n.host("app"), own, "10.0.0.5:80"); got != own {
			t.Errorf("from %s: %s", own, got)
		}
	}
	addAddress(t, n.host("app"), "10.0.1.50")
	if got := request(n.host("app"), "10.0.1.50", "10.0.0.5:80"); got != "timeout" {
		t.Errorf("a source that is not the interface's: %s", got)
	}
	if source := receiveFrom(t, n.host("web"), n.host("app"), "10.0.0.5:53", "10.0.1.50", "10.0.1.6"); source != "10.0.1.6" {
		t.Errorf("the first datagram that arrives is from %s", source)
	}
	spec.Interfaces[1].Secondary = ips("10.0.1.50")
	n.update(spec)
	n.check("a removed address", n.host("web"), "10.0.1.6:80", "unreachable")
	n.check("an added address", n.host("web"), "10.0.1.50:80", "10.0.0.5")
	if got := request(n.host("app"), "10.0.1.50", "10.0.0.5:80"); got != "10.0.1.50" {
		t.Errorf("from an added address: %s", got)
	}
}

func TestHostsHaveTheDevicesOfTheirInterfaces(t *testing.T) {
	spec := newSpec()
	mac, _ := net.ParseMAC("02:00:00:00:00:07")
	spec.Interfaces = append(spec.Interfaces, Interface{ID: "eni-0123456789abcdef0", Subnet: "subnet-private",
		Host: "app", DeviceIndex: 1, MAC: mac, Primary: ip("10.0.1.7")})
	n := startNetwork(t, spec)
	var devices []string
	describe := func() error {
		devices = nil
		all, err := net.Interfaces()
		for _, device := range all {
			addresses, _ := device.Addrs()
			text := device.Name + " " + device.Flags.String()[:2]
			for _, address := range addresses {
				if ip, is := address.(*net.IPNet); is && ip.IP.To4() != nil {
					text += " " + ip.String()
				}
			}
			if device.Name == "eth1" {
				text += " " + device.HardwareAddr.String()
			}
			devices = append(devices, text)
		}
		return err
	}
	if err := n.host("app").Do(describe); err != nil {
		t.Fatal(err)
	}
	want := "lo up 127.0.0.1/8, eth0 up 10.0.1.5/24, eth1 up 02:00:00:00:00:07"
	if got := strings.Join(devices, ", "); got != want {
		t.Errorf("devices are %s, want %s", got, want)
	}
	spec.Interfaces = spec.Interfaces[:3]
	n.update(spec)
	if err := n.host("app").Do(describe); err != nil || len(devices) != 2 {
		t.Errorf("devices after detaching are %q, %v", devices, err)
	}
}

func TestChangesDoNotInterruptOtherConnections(t *testing.T) {
	spec := newSpec()
	n := startNetwork(t, spec)
	serve(t, n.Server(), ":80")
	serve(t, n.host("web"), ":80")
	var open []net.Conn
	for _, from := range []struct {
		host    process.NetworkNamespace
		address string
	}{{n.host("app"), "203.0.113.80:80"}, {n.host("web"), "203.0.113.80:80"}, {n.host("app"), "10.0.0.5:80"},
		{n.Client(), "198.51.100.5:80"}} {
		connection, _, err := dial(from.host, "", from.address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		open = append(open, connection)
	}
	spec.Interfaces = append(spec.Interfaces[:2:2], Interface{ID: "eni-new", Subnet: "subnet-public", Host: "new",
		Primary: ip("10.0.0.6"), Public: ip("198.51.100.6"), Groups: []string{"sg-all"}})
	spec.SecurityGroups = append(spec.SecurityGroups, allowAll("sg-more"))
	spec.Subnets[2].RouteTable = "rtb-public"
	n.update(spec)
	for _, connection := range open {
		checkEcho(t, connection)
	}
	serve(t, n.host("new"), ":80")
	n.check("an attached interface", n.Client(), "198.51.100.6:80", "203.0.113.7")
	if _, err := n.Host("lone"); err == nil {
		t.Error("a host without interfaces exists")
	}
	n.check("a detached interface", n.host("web"), "10.0.2.5:80", "unreachable")
}

// newNamespace returns a namespace that ends with the test.
func newNamespace(t *testing.T) process.NetworkNamespace {
	t.Helper()
	skipWithoutNamespaces(t)
	made, err := process.CreateNetworkNamespace(t.TempDir() + "/namespace")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { made.Delete() })
	return made
}

func TestAHostThatExistsKeepsItsNamespace(t *testing.T) {
	const own = process.NetworkNamespace("") // that of this process
	for _, existing := range []process.NetworkNamespace{newNamespace(t), own} {
		spec := newSpec()
		spec.Interfaces[1].Host = "control-plane"
		spec.Hosts = map[string]process.NetworkNamespace{"control-plane": existing}
		started, err := Start(t.Context(), t.TempDir()+"/network", spec)
		if err != nil {
			t.Fatal(err)
		}
		n := testNetwork{started, t}
		serve(t, existing, ":443")
		n.check("the existing host", n.host("web"), "10.0.1.5:443", "10.0.0.5")
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
		if err := existing.Do(func() error { _, err := net.InterfaceByName("eth0"); return err }); err == nil {
			t.Error("eth0 is left in the namespace")
		}
	}
}

func TestAFailedUpdateContinuesLater(t *testing.T) {
	spec := newSpec()
	existing := newNamespace(t)
	spec.Interfaces[1].Host, spec.Hosts = "taken", map[string]process.NetworkNamespace{"taken": existing}
	n := startNetwork(t, spec)
	taken := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "eth1"}, PeerName: "other"}
	if err := existing.Do(func() error { return netlink.LinkAdd(taken) }); err != nil {
		t.Fatal(err)
	}
	spec.Interfaces = append(spec.Interfaces,
		Interface{ID: "eni-more", Subnet: "subnet-private", Host: "taken", DeviceIndex: 1, Primary: ip("10.0.1.6")},
		Interface{ID: "eni-last", Subnet: "subnet-public", Host: "last", Primary: ip("10.0.0.6"),
			Groups: []string{"sg-all"}})
	for range 2 {
		if err := n.Update(t.Context(), spec); err == nil || !strings.Contains(err.Error(), "eni-more (eth1 of hosts/taken)") {
			t.Errorf("with an eth1 of others: %v", err)
		}
	}
	if err := existing.Do(func() error { return netlink.LinkDel(taken) }); err != nil {
		t.Fatal(err)
	}
	n.update(spec)
	serve(t, n.host("last"), ":80")
	n.check("an interface after the failed one", n.host("web"), "10.0.0.6:80", "10.0.0.5")
}

// A host with an interface in each subnet, as a load balancer with two zones.
func TestAnswersLeaveByTheInterfaceOfTheirAddress(t *testing.T) {
	spec := newSpec()
	spec.Interfaces = append(spec.Interfaces,
		Interface{ID: "eni-b0", Subnet: "subnet-private", Host: "balancer", Primary: ip("10.0.1.20"), Configure: true,
			Groups: []string{"sg-all"}, Secondary: ips("10.0.1.21")},
		Interface{ID: "eni-b1", Subnet: "subnet-public", Host: "balancer", DeviceIndex: 1, Primary: ip("10.0.0.20"),
			Public: ip("198.51.100.20"), Groups: []string{"sg-all"}, Configure: true, Secondary: ips("10.0.0.21")})
	n := startNetwork(t, spec)
	serve(t, n.host("balancer"), ":80")
	for _, address := range []string{"10.0.1.20", "10.0.1.21", "10.0.0.20", "10.0.0.21"} {
		n.check(address, n.host("web"), address+":80", "10.0.0.5")
	}
	n.check("from outside", n.Client(), "198.51.100.20:80", "203.0.113.7")
}

// A balancer opens a connection with the address of its client. The answers must return to it, not to the client.
func TestAnswersReturnToABalancerThatKeepsTheClientsAddress(t *testing.T) {
	spec := groupSpec(Rule{Protocol: "tcp", FromPort: 80, ToPort: 80, Groups: []string{"sg-balancer"}})
	spec.SecurityGroups = append(spec.SecurityGroups, SecurityGroup{ID: "sg-balancer", Rules: allowAll("").Rules})
	spec.Interfaces = append(spec.Interfaces, Interface{ID: "eni-balancer", Subnet: "subnet-public", Host: "balancer",
		Primary: ip("10.0.0.20"), Groups: []string{"sg-balancer"}, ClientAddresses: true})
	n := startNetwork(t, spec)
	serve(t, n.host("server"), ":80")
	addAddress(t, n.host("balancer"), "203.0.113.7")
	if got := request(n.host("balancer"), "203.0.113.7", "10.0.1.80:80"); got != "203.0.113.7" {
		t.Errorf("the server sees %s", got)
	}
	n.check("the client itself", n.Client(), "10.0.1.80:80", "timeout")
	spec.Interfaces[4].ClientAddresses = false
	n.update(spec)
	if got := request(n.host("balancer"), "203.0.113.7", "10.0.1.80:80"); got != "timeout" {
		t.Errorf("without client addresses the server sees %s", got)
	}
}

func TestAWrongRouteIsNoticed(t *testing.T) {
	spec := newSpec()
	spec.RouteTables[1].Routes[0].Target = "igw-1"
	n := startNetwork(t, spec)
	serve(t, n.Server(), ":80")
	n.check("a private subnet with a route to the internet gateway", n.host("app"), "203.0.113.80:80", "timeout")
	spec.RouteTables[1].Routes[0].Target = "eni-web"
	n.update(spec)
	n.check("a route to a host that forwards nothing", n.host("app"), "203.0.113.80:80", "timeout")
	spec.RouteTables[1].Routes[0].Target = "nat-1"
	n.update(spec)
	n.check("the route to the NAT gateway", n.host("app"), "203.0.113.80:80", "198.51.100.9")
}

func TestAllProblemsOfASpecAreReportedAndNothingIsLeft(t *testing.T) {
	skipWithoutNamespaces(t)
	spec := newSpec()
	spec.Interfaces[0].Subnet, spec.Interfaces[1].Primary = "subnet-none", ip("10.0.2.6")
	spec.Interfaces[2].Groups, spec.RouteTables[0].Routes[0].Target = []string{"sg-none"}, "igw-2"
	spec.NATGateways[0].Public = ip("203.0.113.7")
	dir := t.TempDir() + "/network"
	_, err := Start(t.Context(), dir, spec)
	for _, want := range []string{"network interface eni-web: there is no subnet subnet-none",
		"network interface eni-app: address 10.0.2.6 is not an address of hosts in subnet subnet-private (10.0.1.0/24)",
		"network interface eni-lone: there is no security group sg-none", `the target "igw-2" of the route to 0.0.0.0/0`,
		"the client outside: address 203.0.113.7 belongs to NAT gateway nat-1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	spec = newSpec()
	existing := newNamespace(t)
	taken := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "eth0"}, PeerName: "other"}
	if err := existing.Do(func() error { return netlink.LinkAdd(taken) }); err != nil {
		t.Fatal(err)
	}
	spec.Hosts = map[string]process.NetworkNamespace{"lone": existing}
	if _, err := Start(t.Context(), dir, spec); err == nil || !strings.Contains(err.Error(), "link of eni-lone (eth0 of") {
		t.Errorf("a host that has an eth0: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
	if mounts, _ := exec.Command("cat", "/proc/self/mounts").Output(); bytes.Contains(mounts, []byte(dir)) {
		t.Errorf("mounts below %s are left", dir)
	}
}
