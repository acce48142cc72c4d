package balancer

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Routing tables and priorities of rules of a load balancer that preserves addresses of clients. A table of an
// interface is interfaceTable and the index of the interface.
const (
	arrivalTable      = 900
	interfaceTable    = 1000
	arrivalPriority   = 90
	departurePriority = 91
)

// prepareNetwork returns the names of the zones' network interfaces by address. For a Network Load Balancer it also
// adds the routes that connections with addresses of clients need.
func (b *Balancer) prepareNetwork(spec Spec) (devices map[netip.Addr]string, err error) {
	devices = map[netip.Addr]string{}
	err = b.network.Do(func() error {
		all, err := net.Interfaces()
		if err != nil {
			return fmt.Errorf("interfaces of load balancer %s: %w", spec.Name, err)
		}
		var failed []error
		for _, z := range spec.Zones {
			device := findDevice(all, z.Address)
			if device == nil {
				failed = append(failed, fmt.Errorf("load balancer %s: zone %s: no interface of its namespace has the address %s",
					spec.Name, z.Name, z.Address))
				continue
			}
			devices[z.Address] = device.Name
			if spec.Kind != Network {
				continue
			}
			for _, a := range z.Addresses() {
				failed = append(failed, addClientRoutes(*device, familyOf(a)))
			}
		}
		return errors.Join(failed...)
	})
	return devices, err
}

func findDevice(all []net.Interface, address netip.Addr) *net.Interface {
	for _, device := range all {
		addresses, _ := device.Addrs()
		for _, a := range addresses {
			if prefix, is := a.(*net.IPNet); is && prefix.IP.Equal(address.AsSlice()) {
				return &device
			}
		}
	}
	return nil
}

// addClientRoutes accepts all packets that arrive at an interface, because answers of targets have the address of a
// client as their destination, and sends packets of sockets that are bound to the interface out of it: rules for the
// source address do not apply to them.
func addClientRoutes(device net.Interface, f family) error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	gateway, err := findGateway(device, f)
	if err != nil {
		return err
	}
	_, anywhere, _ := net.ParseCIDR(f.anywhere)
	table := interfaceTable + device.Index
	return errors.Join(
		addRoute(netlink.Route{LinkIndex: lo.Attrs().Index, Dst: anywhere, Table: arrivalTable,
			Type: unix.RTN_LOCAL, Scope: unix.RT_SCOPE_HOST}),
		addRoute(netlink.Route{LinkIndex: device.Index, Dst: anywhere, Table: table, Gw: gateway,
			Flags: int(netlink.FLAG_ONLINK)}),
		addRule(f, func(r *netlink.Rule) { r.IifName, r.Table, r.Priority = device.Name, arrivalTable, arrivalPriority }),
		addRule(f, func(r *netlink.Rule) { r.OifName, r.Table, r.Priority = device.Name, table, departurePriority }))
}

// family is a family of addresses.
type family struct {
	number   int
	anywhere string
}

func familyOf(a netip.Addr) family {
	if a.Is6() {
		return family{netlink.FAMILY_V6, "::/0"}
	}
	return family{netlink.FAMILY_V4, "0.0.0.0/0"}
}

// findGateway returns the gateway of the interface's default route, whichever routing table has it.
func findGateway(device net.Interface, f family) (net.IP, error) {
	filter := &netlink.Route{LinkIndex: device.Index, Table: unix.RT_TABLE_UNSPEC}
	routes, err := netlink.RouteListFiltered(f.number, filter, netlink.RT_FILTER_OIF|netlink.RT_FILTER_TABLE)
	if err != nil {
		return nil, fmt.Errorf("routes of %s: %w", device.Name, err)
	}
	for _, r := range routes {
		if r.Gw != nil && (r.Dst == nil || r.Dst.IP.IsUnspecified()) {
			return r.Gw, nil
		}
	}
	return nil, fmt.Errorf("%s has no default route", device.Name)
}

func addRoute(r netlink.Route) error {
	if err := netlink.RouteReplace(&r); err != nil {
		return fmt.Errorf("route in table %d: %w", r.Table, err)
	}
	return nil
}

func addRule(f family, set func(*netlink.Rule)) error {
	r := netlink.NewRule()
	r.Family = f.number
	set(r)
	if err := netlink.RuleAdd(r); err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("rule for table %d: %w", r.Table, err)
	}
	return nil
}
