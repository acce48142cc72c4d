package fabric

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// object is an object of the kernel in a namespace of the network. Its value has all its properties: a changed object
// is another one.
type object interface {
	add(*Network) error
	// remove removes the object. One that does not exist is no error.
	remove(*Network) error
	// on reports whether the object ends with a link.
	on(link) bool
	fmt.Stringer
}

// link is a veth pair between a router and a host, with a permanent neighbor entry for each other, so that no packet
// waits for ARP.
type link struct {
	router, name string
	host, peer   string
	id           string // the alias of the router's end
	mtu          int
	mac          string // of the host's end
	// address is the host's address, gateway its default route; routed is the address under which the router has routes
	// to the host. The first two are absent where others configure the host's end.
	address netip.Prefix
	gateway netip.Addr
	routed  netip.Addr
	// ipv6 reports whether the link carries IPv6. Both ends then have the neighbors routerIPv6 and hostIPv6, and a host
	// with a default route has one for IPv6.
	ipv6 bool
}

func (l link) String() string { return fmt.Sprintf("link of %s (%s of %s)", l.id, l.peer, l.host) }
func (l link) on(link) bool   { return false }

func (l link) add(n *Network) error {
	mac, err := net.ParseMAC(l.mac)
	if err != nil {
		return err
	}
	router, host := n.namespaces[l.router], n.namespaces[l.host]
	attributes := netlink.NewLinkAttrs()
	attributes.Name, attributes.MTU, attributes.Flags = l.name, l.mtu, net.FlagUp
	attributes.HardwareAddr = routerMAC(l.id)
	pair := netlink.NewVeth(attributes)
	pair.PeerName, pair.PeerHardwareAddr, pair.PeerNamespace = l.peer, mac, netlink.NsFd(host.file.Fd())
	if err := router.handle.LinkAdd(pair); err != nil {
		return err
	}
	end, err := router.handle.LinkByName(l.name)
	if err != nil {
		return err
	}
	other, err := host.handle.LinkByName(l.peer)
	if err != nil {
		return err
	}
	router.indexes[l.name], host.indexes[l.peer] = end.Attrs().Index, other.Attrs().Index
	return errors.Join(router.handle.LinkSetAlias(end, l.id), host.handle.LinkSetUp(other), l.setNeighbors(router, host, mac),
		l.setProxyDelay(router), l.configureHost(host))
}

// routerMAC returns the MAC address of the router's end of a link.
func routerMAC(id string) net.HardwareAddr { return newMAC("router of " + id) }

// setNeighbors adds the permanent neighbors. The host's end of a network interface has none: ARP is answered by the
// router, as in a VPC, also on addresses that others configure.
func (l link) setNeighbors(router, host *namespace, mac net.HardwareAddr) error {
	err := setNeighbor(router, l.name, l.routed, mac)
	if l.gateway == outsideGateway {
		err = errors.Join(err, setNeighbor(host, l.peer, l.gateway, routerMAC(l.id)))
	}
	if l.ipv6 {
		err = errors.Join(err, setNeighbor(router, l.name, hostIPv6, mac), setNeighbor(host, l.peer, routerIPv6, routerMAC(l.id)))
	}
	return err
}

func setNeighbor(n *namespace, device string, address netip.Addr, mac net.HardwareAddr) error {
	return n.handle.NeighSet(&netlink.Neigh{LinkIndex: n.indexes[device], State: netlink.NUD_PERMANENT,
		IP: address.AsSlice(), HardwareAddr: mac})
}

// setProxyDelay removes the delay of up to 0.8 s of ARP answers. A new link does not have the default of its namespace.
func (l link) setProxyDelay(router *namespace) error {
	return router.setSysctls(map[string]string{"net/ipv4/neigh/" + l.name + "/proxy_delay": "0"})
}

func (l link) configureHost(host *namespace) error {
	if !l.address.IsValid() {
		return nil
	}
	peer := &netlink.Dummy{LinkAttrs: netlink.LinkAttrs{Index: host.indexes[l.peer]}}
	if err := host.handle.AddrReplace(peer, &netlink.Addr{IPNet: ipNet(l.address)}); err != nil {
		return err
	}
	if !l.gateway.IsValid() {
		return nil
	}
	err := host.handle.RouteReplace(&netlink.Route{LinkIndex: host.indexes[l.peer], Gw: l.gateway.AsSlice(),
		Dst: ipNet(anywhere), Flags: int(netlink.FLAG_ONLINK), Src: l.address.Addr().AsSlice()})
	if l.ipv6 {
		err = errors.Join(err, host.handle.RouteReplace(&netlink.Route{LinkIndex: host.indexes[l.peer],
			Gw: routerIPv6.AsSlice(), Dst: ipNet(anywhereIPv6), Flags: int(netlink.FLAG_ONLINK)}))
	}
	return err
}

func (l link) remove(n *Network) error {
	router := n.namespaces[l.router]
	end, err := router.handle.LinkByName(l.name)
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return nil
	}
	if err != nil {
		return err
	}
	return unlessGone(router.handle.LinkDel(end))
}

// address is an address of a link.
type address struct {
	namespace, device string
	prefix            netip.Prefix
}

func (a address) String() string { return fmt.Sprintf("address %s of %s", a.prefix, a.namespace) }
func (a address) on(l link) bool { return l.has(a.namespace, a.device) }

func (a address) request(n *Network) (*netlink.Handle, netlink.Link, *netlink.Addr) {
	namespace := n.namespaces[a.namespace]
	device := &netlink.Dummy{LinkAttrs: netlink.LinkAttrs{Index: namespace.indexes[a.device]}}
	request := &netlink.Addr{IPNet: ipNet(a.prefix)}
	if a.prefix.Addr().Is6() {
		request.Flags = unix.IFA_F_NODAD // a tentative address would send nothing for a second
	}
	return namespace.handle, device, request
}

func (a address) add(n *Network) error {
	handle, device, request := a.request(n)
	if err := handle.AddrReplace(device, request); err != nil || a.prefix.Addr().Is4() {
		return err
	}
	return waitForAddress(handle, a.prefix.Addr())
}

// waitForAddress returns when the kernel accepts packets to a new IPv6 address. It adds the route to it in the
// background, which takes longer while it deletes namespaces.
func waitForAddress(handle *netlink.Handle, a netip.Addr) error {
	local := &netlink.Route{Table: unix.RT_TABLE_LOCAL, Dst: ipNet(single(a))}
	for late := time.After(linkPatience); ; {
		found, err := handle.RouteListFiltered(netlink.FAMILY_V6, local, netlink.RT_FILTER_TABLE|netlink.RT_FILTER_DST)
		if len(found) > 0 || err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
			return err
		}
		select {
		case <-late:
			return fmt.Errorf("no packets after %s", linkPatience)
		case <-time.After(time.Millisecond):
		}
	}
}

func (a address) remove(n *Network) error {
	handle, device, request := a.request(n)
	return unlessGone(handle.AddrDel(device, request))
}

// route is a route by a gateway whose address needs no route of its own. Without a device the destination is
// unreachable.
type route struct {
	namespace   string
	table       int
	destination netip.Prefix
	device      string
	gateway     netip.Addr
}

func (r route) String() string {
	return fmt.Sprintf("route to %s by %s in table %d of %s", r.destination, r.device, r.table, r.namespace)
}

func (r route) on(l link) bool { return l.has(r.namespace, r.device) }

func (r route) request(n *Network) (*netlink.Handle, *netlink.Route) {
	namespace := n.namespaces[r.namespace]
	request := &netlink.Route{Table: r.table, Dst: ipNet(r.destination)}
	if r.device == "" {
		request.Type = unix.RTN_UNREACHABLE
	} else {
		request.LinkIndex, request.Gw = namespace.indexes[r.device], r.gateway.AsSlice()
		request.Flags = int(netlink.FLAG_ONLINK)
	}
	return namespace.handle, request
}

func (r route) add(n *Network) error {
	handle, request := r.request(n)
	return handle.RouteReplace(request)
}

// remove removes this route, and not one to the same destination that replaced it.
func (r route) remove(n *Network) error {
	handle, request := r.request(n)
	return unlessGone(handle.RouteDel(request))
}

// rule selects a routing table by the link that received a packet, by its mark or its source; all packets without any.
type rule struct {
	namespace       string
	priority, table int
	device          string
	mark            int
	source          netip.Addr
	ipv6            bool // for packets of IPv6
}

func (r rule) String() string {
	return fmt.Sprintf("rule for table %d with priority %d of %s", r.table, r.priority, r.namespace)
}

// on returns false: a rule remains without its link.
func (r rule) on(link) bool { return false }

func (r rule) request(n *Network) (*netlink.Handle, *netlink.Rule) {
	request := netlink.NewRule()
	request.Family, request.Priority, request.Table = netlink.FAMILY_V4, r.priority, r.table
	if r.ipv6 {
		request.Family = netlink.FAMILY_V6
	}
	request.IifName, request.Mark = r.device, uint32(r.mark)
	if r.source.IsValid() {
		request.Src = ipNet(netip.PrefixFrom(r.source, r.source.BitLen()))
	}
	return n.namespaces[r.namespace].handle, request
}

func (r rule) add(n *Network) error {
	handle, request := r.request(n)
	if err := handle.RuleAdd(request); !errors.Is(err, unix.EEXIST) {
		return err
	}
	return nil
}

func (r rule) remove(n *Network) error {
	handle, request := r.request(n)
	return unlessGone(handle.RuleDel(request))
}

// has reports whether a device of a namespace is an end of the link.
func (l link) has(namespace, device string) bool {
	return l.router == namespace && l.name == device || l.host == namespace && l.peer == device
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// unlessGone returns an error of a removal, nil if the object did not exist.
func unlessGone(err error) error {
	for _, gone := range []error{unix.ESRCH, unix.ENOENT, unix.ENODEV, unix.EADDRNOTAVAIL} {
		if errors.Is(err, gone) {
			return nil
		}
	}
	return err
}
