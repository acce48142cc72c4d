package ec2

import (
	"net/netip"
	"slices"
	"time"

	"eksnet/rehearsal/world/store"
)

// Interface is a network interface.
type Interface struct {
	VPC          string   `json:"vpcId"`
	Subnet       string   `json:"subnetId"`
	PrivateIP    string   `json:"privateIp"`  // the primary address
	PrivateIPs   []string `json:"privateIps"` // all addresses, the primary one first
	Prefixes     []string `json:"prefixes"`
	PublicIP     string   `json:"publicIp"`
	IPv6         []string `json:"ipv6Addresses"`
	IPv6Prefixes []string `json:"ipv6Prefixes"`
	Groups       []string `json:"securityGroups"`
	Description  string   `json:"description"`
	Instance     string   `json:"instance"`      // that it is attached to, "" for none
	Kind         string   `json:"interfaceType"` // interface, nat_gateway, vpc_endpoint, network_load_balancer …
	Managed      bool     `json:"requesterManaged"`
	Status       string   `json:"status"`
	Pods         []string `json:"pods"` // the addresses that the CNI assigned to pods

	// Trunk is the trunk interface that a branch interface is associated with, "" for other interfaces, and Strict the
	// enforcing mode of its pod.
	Trunk  string `json:"trunkInterfaceId"`
	Strict bool   `json:"strict"`

	// Facts of an interface that AWS deletes automatically, see Linger.
	Lingers     *float64 `json:"lingers"` // seconds
	LingersType string   `json:"lingersType"`
	LingersID   string   `json:"lingersID"`
}

// InterfaceOf returns the properties of a network interface.
func InterfaceOf(o *store.Object) *Interface { return store.Decode[Interface](o) }

// PrimaryInterface returns a node's first network interface, nil if it is deleted.
func PrimaryInterface(w *store.Account, node *store.Object) *store.Object {
	for _, eni := range InterfacesOn(w, node) {
		return eni
	}
	return nil
}

// AllowsTCP reports whether one interface may open a TCP connection to another.
func AllowsTCP(w *store.Account, from, to *store.Object, port int) bool {
	return GroupsAllowTCP(w, from, InterfaceOf(to).Groups, len(InterfaceOf(to).IPv6) > 0, port)
}

// GroupsAllowTCP reports whether an interface may open a TCP connection to one with some security groups, which may
// have an IPv6 address.
func GroupsAllowTCP(w *store.Account, from *store.Object, groups []string, ipv6 bool, port int) bool {
	source, addresses := InterfaceOf(from), []string{InterfaceOf(from).PrivateIP}
	if ipv6 {
		addresses = append(addresses, source.IPv6...)
	}
	for _, group := range groups {
		// The security group that EKS creates for a cluster allows traffic from itself.
		if o := w.Get(store.SecurityGroupType, group); o != nil && o.Owner == "eks" && slices.Contains(source.Groups, group) {
			return true
		}
		for _, r := range ingressRules(w, group) {
			if !r.includes(port) {
				continue
			}
			if slices.ContainsFunc(r.peers(), func(peer string) bool {
				p, ok := ParseNetwork(peer)
				return slices.Contains(source.Groups, peer) || ok && slices.ContainsFunc(addresses, func(text string) bool {
					address, err := netip.ParseAddr(text)
					return err == nil && p.Contains(address)
				})
			}) {
				return true
			}
		}
	}
	return false
}

// InterfacesOn returns a node's interfaces, the first one first, then those of the CNI and the trunk interface.
func InterfacesOn(w *store.Account, node *store.Object) []*store.Object {
	enis := w.With(store.InterfaceType, "instance", node.Text("instanceId"))
	later := []string{"vpc-cni", store.ResourceControllerOwner}
	slices.SortStableFunc(enis, func(a, b *store.Object) int { return slices.Index(later, a.Owner) - slices.Index(later, b.Owner) })
	return enis
}

// InterfaceSpec holds the parameters of a new network interface.
type InterfaceSpec struct {
	Subnet      *store.Object
	Owner       string // the actor that creates it
	Description string
	Groups      []string
	Public      string // the public address, "" for none
	Instance    string // the instance it is attached to, "" for none
	Kind        string // AWS's InterfaceType: interface, nat_gateway, vpc_endpoint, network_load_balancer …
	IPv6        bool   // with an IPv6 address, if the subnet has an IPv6 network
	Managed     bool   // by an AWS service, so that only the service can delete it
	Trunk       string // the trunk interface of a branch interface
	Tags        map[string]any
}

// AttachInterface creates a network interface with one address of its subnet. It returns nil if the subnet has no free
// address.
func AttachInterface(w *store.Account, spec InterfaceSpec) *store.Object {
	free := RoomIn(w, spec.Subnet).Singles(1)
	if len(free) == 0 {
		return nil
	}
	s, address := SubnetOf(spec.Subnet), free[0]
	o := &store.Object{Type: store.InterfaceType, ID: w.NewID("eni-"), Owner: spec.Owner}
	o.Outputs = store.Properties{
		"vpcId": s.VPC, "subnetId": spec.Subnet.ID, "privateIp": address, "privateIps": []any{address},
		"description": spec.Description, "securityGroups": store.AnyOf(spec.Groups), "publicIp": spec.Public, "instance": spec.Instance,
		"interfaceType": store.OrText(spec.Kind, "interface"), "requesterManaged": spec.Managed, "status": "in-use",
		"prefixes": []any{}, "pods": []any{}, "tags": spec.Tags,
	}
	if block, ok := ParseNetwork(s.IPv6CIDR); ok && spec.IPv6 {
		o.Outputs["ipv6Addresses"] = []any{freeIPv6Address(w, spec.Subnet, block)}
	}
	if spec.Trunk != "" {
		o.Outputs["trunkInterfaceId"] = spec.Trunk
	}
	w.Put(o)
	return o
}

// InterfacesOf returns the interfaces with a description, by which those of a service are found.
func InterfacesOf(w *store.Account, description string) []*store.Object {
	return w.With(store.InterfaceType, "description", description)
}

// NodeDomain returns the domain of a region's instances
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html).
func NodeDomain(region string) string {
	if region == "us-east-1" {
		return "ec2.internal"
	}
	return region + ".compute.internal"
}

var InterfaceDetached = store.NewRule("an interface is detached before it is deleted",
	"operation error EC2: DeleteNetworkInterface, api error InvalidParameterValue: Network interface '%s' is currently in use.",
	"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html")

// KeepLingering keeps an interface that AWS deletes automatically after a time.
func KeepLingering(w *store.Account, eni *store.Object, took time.Duration) {
	eni.Learn("lingers", took.Seconds())
	eni.Learn("lingersType", w.At.Typ)
	eni.Learn("lingersID", w.At.ID)
	for _, address := range w.With(store.EipType, "networkInterface", eni.ID) {
		disassociate(w, address)
	}
}

// KeepLingered keeps an interface that AWS would have deleted: what deletes it cannot do so any longer.
func KeepLingered(eni *store.Object) {
	eni.Learn("lingers", nil)
	eni.Learn("lingersType", nil)
	eni.Learn("lingersID", nil)
}

// IsLingering reports whether AWS deletes an interface automatically.
func IsLingering(o *store.Object) bool { return o.Facts["lingers"] != nil }

// waitForDeletion returns which of the resources in the way remain after the call has waited for those that AWS deletes
// automatically.
func waitForDeletion(w *store.Account, inTheWay []*store.Object) []*store.Object {
	var left []*store.Object
	longest := store.Wait{}
	for _, o := range inTheWay {
		if !IsLingering(o) {
			left = append(left, o)
			continue
		}
		eni := InterfaceOf(o)
		if *eni.Lingers > longest.Seconds {
			longest = store.Wait{Type: w.At.Typ, ID: w.At.ID, What: "interfaces of " + eni.Description + " linger", Seconds: *eni.Lingers}
			if eni.LingersType != w.At.Typ || eni.LingersID != w.At.ID {
				longest.SinceType, longest.SinceID = eni.LingersType, eni.LingersID
			}
		}
		w.Drop(o)
	}
	if longest.Seconds > 0 {
		w.Waits = append(w.Waits, longest)
	}
	return left
}
