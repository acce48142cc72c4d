package rehearsed

import (
	"net/netip"
	"slices"
)

// nodes returns the nodes whose instances exist.
func (w *World) nodes() []Node {
	var nodes []Node
	for _, o := range w.All("kubernetes:core/v1:Node") {
		n := Node{Name: o.Text("metadata.name"), Group: o.Text("nodeGroup"), InstanceID: o.Text("instanceId"), InstanceType: o.Text("instanceType"),
			Zone: o.Text("zone"), Labels: o.Map("metadata.labels"), MaxPods: o.Number("maxPods")}
		for _, taint := range o.Items("spec.taints") {
			t := Object{Outputs: taint}
			n.Taints = append(n.Taints, Taint{t.Text("key"), t.Text("value"), t.Text("effect")})
		}
		instance := w.Find(instanceType, n.InstanceID)
		if instance == nil {
			continue
		}
		n.Tags, n.Interfaces = instance.Map("tags"), w.interfaces(instance)
		nodes = append(nodes, n)
	}
	return nodes
}

// interfaces returns an instance's network interfaces, the primary one first. The lab's own VPC resource controller
// creates the trunk interface.
func (w *World) interfaces(instance *Object) []Interface {
	var found []Interface
	for _, o := range w.All(NetworkInterface, func(o *Object) bool { return o.Text("instance") == instance.ID && o.Owner != ResourceController }) {
		i := Interface{ID: o.ID, Subnet: o.Text("subnetId"), PrivateIP: o.Text("privateIp"), PublicIP: o.Text("publicIp"), IPv6: ownIPv6(o),
			SecurityGroups: o.Texts("securityGroups"), Tags: o.Map("tags")}
		for _, address := range o.Texts("privateIps") {
			if address != i.PrivateIP {
				i.PodIPs = append(i.PodIPs, address)
			}
		}
		for _, prefix := range o.Texts("prefixes") {
			i.PodIPs = append(i.PodIPs, addressesIn(prefix)...)
		}
		if prefixes := o.Texts("ipv6Prefixes"); len(prefixes) > 0 {
			i.IPv6Prefix = prefixes[0]
		}
		if o.ID == instance.Text("primaryNetworkInterfaceId") {
			found = slices.Insert(found, 0, i)
		} else {
			found = append(found, i)
		}
	}
	return found
}

// ownIPv6 returns the IPv6 address of a network interface, "" for none.
func ownIPv6(networkInterface *Object) string {
	for _, address := range networkInterface.Texts("ipv6Addresses") {
		return address
	}
	return ""
}

// FirstPodIPs returns the first addresses of the interface's IPv6 prefix, which the CNI assigns to pods in this order.
func (i *Interface) FirstPodIPs(count int) (addresses []string) {
	prefix, err := netip.ParsePrefix(i.IPv6Prefix)
	if err != nil {
		return nil // the CNI has not assigned it yet
	}
	address := prefix.Addr()
	for range count {
		addresses = append(addresses, address.String())
		address = address.Next()
	}
	return addresses
}

// addressesIn returns all addresses of a prefix, including the first and the last, which pods may get too.
func addressesIn(prefix string) (addresses []string) {
	p, err := netip.ParsePrefix(prefix)
	if err != nil {
		return nil
	}
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		addresses = append(addresses, a.String())
	}
	return addresses
}
