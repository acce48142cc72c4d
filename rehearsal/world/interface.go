package world

import (
	"net/netip"
	"slices"
)

// interfaceType are network interfaces. No program makes them: EKS, NAT gateways, endpoints, nodes, the CNI and load balancers do.
const interfaceType = "aws:ec2/networkInterface:NetworkInterface"

// networkInterface is what is asked for when one is made.
type networkInterface struct {
	subnet      *Object
	owner       string // the actor
	description string
	groups      []string
	public      string // the public address, "" for none
	instance    string // the instance it is attached to, "" for none
	kind        string // AWS's InterfaceType: interface, nat_gateway, vpc_endpoint, network_load_balancer …
	managed     bool   // by the service that asked for it, so that nobody else can delete it
	tags        map[string]any
}

// attach makes a network interface with one address of its subnet. It is nil where the subnet has no address left.
func (w *World) attach(spec networkInterface) *Object {
	address := w.freeAddress(spec.subnet)
	if address == "" {
		return nil
	}
	o := &Object{Type: interfaceType, ID: w.newID("eni-"), Owner: spec.owner}
	o.Outputs = Properties{
		"vpcId": spec.subnet.text("vpcId"), "subnetId": spec.subnet.ID, "privateIp": address, "privateIps": []any{address},
		"description": spec.description, "securityGroups": anyOf(spec.groups), "publicIp": spec.public, "instance": spec.instance,
		"interfaceType": orText(spec.kind, "interface"), "requesterManaged": spec.managed, "status": "in-use",
		"prefixes": []any{}, "pods": []any{}, "tags": spec.tags,
	}
	w.put(o)
	return o
}

// addressesIn are the addresses of a subnet that something holds, whole prefixes included.
func (w *World) addressesIn(subnet *Object) map[netip.Addr]bool {
	held := map[netip.Addr]bool{}
	for _, eni := range w.all(interfaceType, where("subnetId", subnet.ID)) {
		for _, text := range eni.texts("privateIps") {
			if a, err := netip.ParseAddr(text); err == nil {
				held[a] = true
			}
		}
		for _, text := range eni.texts("prefixes") {
			p, _ := network(text)
			for a := p.Addr(); p.Contains(a); a = a.Next() {
				held[a] = true
			}
		}
	}
	return held
}

// freeAddress is the lowest address of a subnet that nothing holds, "" where there is none. The first four and the last are
// AWS's (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
func (w *World) freeAddress(subnet *Object) string {
	p, ok := network(subnet.text("cidrBlock"))
	if !ok {
		return ""
	}
	held := w.addressesIn(subnet)
	a := p.Addr().Next().Next().Next().Next()
	for ; p.Contains(a.Next()); a = a.Next() {
		if !held[a] {
			return a.String()
		}
	}
	return ""
}

// freePrefix is the lowest /28 of a subnet in which nothing is held, "" where there is none.
func (w *World) freePrefix(subnet *Object) string {
	p, ok := network(subnet.text("cidrBlock"))
	if !ok || p.Bits() > 27 {
		return ""
	}
	held := w.addressesIn(subnet)
	last := lastAddress(p)
	for start := netip.PrefixFrom(p.Addr(), 28); p.Contains(start.Addr()); start = netip.PrefixFrom(lastAddress(start).Next(), 28) {
		if start.Addr() != p.Addr() && !start.Contains(last) && !anyHeld(held, start) {
			return start.String()
		}
	}
	return ""
}

func lastAddress(p netip.Prefix) netip.Addr {
	bytes := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(bytes)
}

func anyHeld(held map[netip.Addr]bool, p netip.Prefix) bool {
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		if held[a] {
			return true
		}
	}
	return false
}

// usesGroup tells whether an interface wears a security group.
func usesGroup(group string) func(*Object) bool {
	return func(o *Object) bool { return slices.Contains(o.texts("securityGroups"), group) }
}

// interfacesOf are the interfaces with a description, as one finds those of a service.
func (w *World) interfacesOf(description string) []*Object {
	return w.all(interfaceType, where("description", description))
}
