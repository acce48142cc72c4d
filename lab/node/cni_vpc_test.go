package node

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"eksnet/lab/process"
)

// vpc is a router between the interfaces of nodes. As in EC2, it accepts packets of an interface only if they have an
// address of that interface.
type vpc struct {
	t       *testing.T
	network process.NetworkNamespace
}

var (
	vpcRange = netip.MustParsePrefix("10.0.0.0/16")
	// inVPC and outside are addresses of servers in the VPC and in another network.
	inVPC, outside = netip.MustParseAddr("10.0.77.7"), netip.MustParseAddr("192.0.2.7")
)

const serverPort = 8080

func startVPC(t *testing.T) vpc {
	v := vpc{t, createNetwork(t)}
	v.do(v.network, func() error {
		for _, address := range []netip.Addr{inVPC, outside} {
			if err := addAddress("lo", netip.PrefixFrom(address, 32)); err != nil {
				return err
			}
		}
		return errors.Join(setParameter("ip_forward", "1"), setParameter("conf/all/rp_filter", "1"))
	})
	v.serve(v.network)
	return v
}

// attach connects an interface of a node with all addresses that belong to it. It returns its MAC address.
func (v vpc) attach(node process.NetworkNamespace, name string, gateway netip.Addr,
	addresses ...netip.Addr) (mac string) {
	outer := fmt.Sprintf("r%d", addresses[0].As4()[3])
	v.do(v.network, func() error {
		file, err := os.Open(string(node))
		if err != nil {
			return err
		}
		defer file.Close()
		attributes := netlink.LinkAttrs{Name: outer, MTU: 9001}
		pair := &netlink.Veth{LinkAttrs: attributes, PeerName: name, PeerMTU: 9001}
		pair.PeerNamespace = netlink.NsFd(file.Fd())
		if err := netlink.LinkAdd(pair); err != nil {
			return err
		}
		if err := netlink.LinkSetUp(pair); err != nil {
			return err
		}
		link, err := netlink.LinkByName(outer)
		if err != nil {
			return err
		}
		if err := addAddress(outer, netip.PrefixFrom(gateway, 32)); err != nil {
			return err
		}
		for i, address := range addresses {
			route := &netlink.Route{LinkIndex: link.Attrs().Index, Dst: ipNet(netip.PrefixFrom(address, 32))}
			if i == 0 {
				route.Scope = netlink.SCOPE_LINK
			} else {
				route.Gw = addresses[0].AsSlice()
			}
			if err := netlink.RouteAdd(route); err != nil {
				return fmt.Errorf("route to %s: %w", address, err)
			}
		}
		return nil
	})
	v.do(node, func() error {
		link, err := netlink.LinkByName(name)
		if err == nil {
			mac = link.Attrs().HardwareAddr.String()
		}
		return err
	})
	return mac
}

// startNode returns a node with a primary interface, whose address ends in .10 and whose pods' addresses are given.
func (v vpc) startNode(program string, subnet netip.Prefix, pods ...netip.Addr) (CNI, ENI) {
	gateway := subnet.Addr().Next()
	bytes := subnet.Addr().As4()
	bytes[3] = 10 + bytes[2]
	primary := ENI{Address: netip.AddrFrom4(bytes), Subnet: subnet}
	node := createNetwork(v.t)
	primary.MAC = v.attach(node, "eth0", gateway, append([]netip.Addr{primary.Address}, pods...)...)
	v.do(node, func() error {
		if err := addAddress("eth0", netip.PrefixFrom(primary.Address, subnet.Bits())); err != nil {
			return err
		}
		link, err := netlink.LinkByName("eth0")
		if err == nil {
			err = netlink.LinkSetUp(link)
		}
		if err == nil {
			err = netlink.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Gw: gateway.AsSlice()})
		}
		return err
	})
	return CNI{Program: program, Network: node}, primary
}

// addPod connects a pod, which answers each connection with the address of the client.
func (v vpc) addPod(cni CNI, name string, address netip.Addr, device int) PodAddress {
	pod := PodAddress{"shop", name, address, device, createNetwork(v.t)}
	if _, err := cni.AddPod(v.t.Context(), pod); err != nil {
		v.t.Fatal(err)
	}
	v.serve(pod.Network)
	return pod
}

// do calls a function in a network namespace.
func (v vpc) do(network process.NetworkNamespace, call func() error) {
	v.t.Helper()
	if err := network.Do(call); err != nil {
		v.t.Fatal(err)
	}
}

// serve answers each connection with the address of the client.
func (v vpc) serve(network process.NetworkNamespace) {
	var listener net.Listener
	v.do(network, func() (err error) {
		listener, err = net.Listen("tcp", fmt.Sprintf(":%d", serverPort))
		return err
	})
	v.t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			host, _, _ := net.SplitHostPort(connection.RemoteAddr().String())
			fmt.Fprint(connection, host)
			connection.Close()
		}
	}()
}

// source returns the address that a server sees of a client in a network namespace, or the error.
func source(client process.NetworkNamespace, server netip.Addr) string {
	var seen [64]byte
	n := 0
	err := client.Do(func() error {
		connection, err := net.DialTimeout("tcp", netip.AddrPortFrom(server, serverPort).String(), 3*time.Second)
		if err != nil {
			return err
		}
		defer connection.Close()
		if err := connection.SetDeadline(time.Now().Add(3 * time.Second)); err != nil {
			return err
		}
		n, err = connection.Read(seen[:])
		return err
	})
	if err != nil {
		return err.Error()
	}
	return string(seen[:n])
}

// rulesOf returns the rules of a node as the command ip rule prints them.
func (v vpc) rulesOf(node process.NetworkNamespace) string {
	var text strings.Builder
	v.do(node, func() error {
		rules, err := netlink.RuleList(netlink.FAMILY_V4)
		for _, r := range rules {
			line := fmt.Sprintf("%d: from %s", r.Priority, networkText(r.Src))
			if r.Dst != nil {
				line += " to " + networkText(r.Dst)
			}
			if r.Mark != 0 {
				line += fmt.Sprintf(" fwmark %#x/%#x", r.Mark, *r.Mask)
			}
			fmt.Fprintf(&text, "%s lookup %d\n", line, r.Table)
		}
		return err
	})
	return text.String()
}

// routesOf returns the routes of a table.
func (v vpc) routesOf(node process.NetworkNamespace, table int) string {
	var text strings.Builder
	v.do(node, func() error {
		routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Table: table}, netlink.RT_FILTER_TABLE)
		for _, r := range routes {
			link, err := netlink.LinkByIndex(r.LinkIndex)
			if err != nil {
				return err
			}
			fmt.Fprintf(&text, "%s via %v dev %s\n", r.Dst, r.Gw, link.Attrs().Name)
		}
		return err
	})
	return text.String()
}

func networkText(n *net.IPNet) string {
	if n == nil {
		return "all"
	}
	return n.IP.String()
}

func createNetwork(t *testing.T) process.NetworkNamespace {
	t.Helper()
	network, err := process.CreateNetworkNamespace(filepath.Join(t.TempDir(), "network"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Delete(); err != nil {
			t.Error(err)
		}
	})
	return network
}

func addAddress(name string, address netip.Prefix) error {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return err
	}
	return netlink.AddrAdd(link, &netlink.Addr{IPNet: ipNet(address)})
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), 32)}
}

func setParameter(name, value string) error {
	return os.WriteFile("/proc/sys/net/ipv4/"+name, []byte(value), 0)
}

func addresses(texts ...string) []netip.Addr {
	var all []netip.Addr
	for _, text := range texts {
		all = append(all, netip.MustParseAddr(text))
	}
	return all
}
