package node

import (
	"slices"
	"strconv"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

// PrefixSize is the number of addresses in a /28 prefix.
const PrefixSize = 16

var (
	PrefixesFree = store.NewRule("a prefix is a whole /28 of its subnet without an address in use",
		"operation error EC2: AssignPrivateIpAddresses, api error InsufficientCidrBlocks: There are not enough free cidr blocks in the specified subnet to satisfy the request. (%s)",
		"https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html")
	SinglesFree = store.NewRule("an interface's secondary addresses are free in its subnet",
		"operation error EC2: AssignPrivateIpAddresses, api error InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request. (%s)",
		"https://github.com/aws/amazon-vpc-cni-k8s/pull/1773")
	InterfaceSpace = store.NewRule("a network interface is created with all its addresses or prefixes, or not at all",
		"operation error EC2: CreateNetworkInterface, api error InvalidParameterValue: There aren't sufficient free Ipv4 addresses or prefixes (%s)",
		"https://github.com/aws/amazon-vpc-cni-k8s/issues/3105")
)

// warmTargets are the numbers of addresses that the CNI keeps ready, from the add-on's environment.
type warmTargets struct{ enis, prefixes, ips, minimum int }

// warmOf reads the targets. If the add-on's configuration has none of them, the chart sets 1 interface or prefix
// (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/charts/aws-vpc-cni/values.yaml).
func warmOf(env map[string]any) warmTargets {
	target := func(name string, otherwise int) int {
		text, _ := env[name].(string)
		if n, err := strconv.Atoi(text); err == nil && n >= 0 {
			return n
		}
		return otherwise
	}
	return warmTargets{target("WARM_ENI_TARGET", 1), target("WARM_PREFIX_TARGET", 1), target("WARM_IP_TARGET", 0), target("MINIMUM_IP_TARGET", 0)}
}

// nodePool holds the counts of a node's CNI. The CNI assigns and releases as ipamd does
// (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/pkg/ipamd/ipamd.go: isDatastorePoolTooLow,
// datastoreTargetState, getPrefixesNeeded, shouldRemoveExtraENIs), but releases at once what ipamd keeps for half a
// minute or more.
type nodePool struct {
	enis     []*store.Object // those whose addresses pods get
	prefixed bool            // whether it takes prefixes
	warm     warmTargets
	slots    int // addresses or prefixes of an interface, besides its own address
	maxPods  int
	total    int // addresses
	used     int // by pods
	unused   int // prefixes without a pod
}

// poolOf counts the pool of a node without one of its interfaces, nil for none.
func poolOf(w *store.Account, node, without *store.Object) nodePool {
	n := NodeOf(node)
	limits, _ := ec2.TypeOf("", n.Type)
	settings := readCNISettings(w, node.Cluster)
	p := nodePool{prefixed: settings.prefixes && limits.Nitro, warm: settings.warm, slots: limits.Addresses - 1, maxPods: n.MaxPods}
	for _, eni := range podInterfaces(w, node, settings) {
		if eni == without {
			continue
		}
		p.enis = append(p.enis, eni)
		p.total, p.used = p.total+len(podAddresses(eni)), p.used+len(eni.Texts("pods"))
		p.unused += len(unusedSlots(eni, "prefixes"))
	}
	return p
}

// size returns how many addresses the CNI allocates at once.
func (p nodePool) size() int {
	if p.prefixed {
		return PrefixSize
	}
	return 1
}

// short returns how many addresses or prefixes the CNI needs beyond the node's current ones. The warm number of
// addresses takes precedence over that of interfaces or prefixes, and a node with an address for each of its pods needs
// none.
func (p nodePool) short() int {
	free, warm := p.total-p.used, p.warm
	target, each := warm.enis, p.slots
	if p.prefixed {
		target, each = warm.prefixes, PrefixSize
	}
	switch {
	case p.total >= p.maxPods:
		return 0
	case warm.ips > 0 || warm.minimum > 0:
		return ceil(max(warm.ips-free, warm.minimum-p.total, 0), p.size())
	case free >= max(target*each, 1):
		return 0
	case p.prefixed:
		return max(warm.prefixes-p.unused, 1)
	}
	return p.slots
}

// over returns how many free addresses or prefixes the node has beyond its targets. Single addresses are released one
// by one only if there is a target for their number; else whole interfaces are.
func (p nodePool) over() int {
	warm := p.warm
	byNumber := warm.ips > 0 || warm.minimum > 0
	switch {
	case p.prefixed && byNumber:
		needed := max(ceil(p.used+warm.ips, PrefixSize), ceil(warm.minimum, PrefixSize))
		return max(min(p.unused, p.total/PrefixSize-needed), 0)
	case p.prefixed:
		spare := warm.prefixes
		if p.total-p.used == PrefixSize*p.unused {
			spare = max(spare, 1) // the CNI keeps at least one
		}
		return max(p.unused-spare, 0)
	case byNumber:
		return max(min(p.total-p.used-warm.ips, p.total-warm.minimum), 0)
	}
	return 0
}

func ceil(n, by int) int { return (n + by - 1) / by }

// WarmAddresses does what the CNI does on a node: it keeps addresses ready beyond those of pods, and releases surplus
// ones.
func WarmAddresses(w *store.Account, item store.Key) (bool, error) {
	node := w.Find(item.Cluster, store.NodeType, item.ID)
	if node == nil || !NodeOf(node).Ready || !cniWorks(w, node) {
		return false, nil
	}
	given := shrink(w, node)
	taken, err := Grow(w, node)
	return given || taken, err
}

// Grow allocates what a node's pool needs, on one of its interfaces or a new one, and returns why it can't.
func Grow(w *store.Account, node *store.Object) (bool, error) {
	p := poolOf(w, node, nil)
	short := p.short()
	if short == 0 {
		return false, nil
	}
	for _, eni := range p.enis {
		if open := p.slots - slotsTaken(eni); open > 0 {
			return assign(w, eni, min(short, open), p.prefixed)
		}
	}
	return addInterface(w, node, min(short, p.slots), p.prefixed)
}

// slotsTaken returns the addresses and prefixes of an interface besides its primary address.
func slotsTaken(eni *store.Object) int {
	return len(eni.Texts("privateIps")) - 1 + len(eni.Texts("prefixes"))
}

// assign assigns a number of addresses or prefixes to an interface; if the subnet has fewer, the CNI tries a single
// one.
func assign(w *store.Account, eni *store.Object, n int, prefixed bool) (bool, error) {
	subnet := w.Get(store.SubnetType, eni.Text("subnetId"))
	property, rule, take := "privateIps", SinglesFree, ec2.RoomIn(w, subnet).Singles
	if prefixed {
		property, rule, take = "prefixes", PrefixesFree, ec2.RoomIn(w, subnet).Blocks
	}
	taken := take(n)
	if len(taken) < n {
		taken = taken[:min(len(taken), 1)]
	}
	eni.Set(property, store.AnyOf(append(eni.Texts(property), taken...)))
	return len(taken) > 0, rule.When(len(taken) == 0, subnet.ID)
}

// addInterface creates a further interface of a node with addresses or prefixes: EC2 assigns all or none of them.
func addInterface(w *store.Account, node *store.Object, count int, prefixed bool) (bool, error) {
	n := NodeOf(node)
	limits, _ := ec2.TypeOf("", n.Type)
	attached := ec2.InterfacesOn(w, node)
	if len(attached) == 0 || len(attached) >= limits.Interfaces {
		return false, store.Explain("%s has the %d interfaces that %s takes, and they have no free slots", n.Name, limits.Interfaces, n.Type)
	}
	subnet, groups := podSubnet(w, node, attached[0], readCNISettings(w, node.Cluster))
	if subnet == nil {
		return false, store.Explain("no ENIConfig names a subnet of %s", n.Zone)
	}
	room, lacks := ec2.RoomIn(w, subnet), false
	if prefixed {
		lacks = room.Free() < 1 || len(room.Blocks(count)) < count
	} else {
		lacks = room.Free() < 1+count
	}
	if err := InterfaceSpace.When(lacks, subnet.ID); err != nil || lacks {
		return false, err
	}
	eni := ec2.Attach(w, ec2.NetworkInterface{Subnet: subnet, Owner: "vpc-cni", Description: "aws-K8S-" + n.Instance, Groups: groups, Instance: n.Instance,
		Tags: map[string]any{"node.k8s.amazonaws.com/instance_id": n.Instance, "cluster.k8s.amazonaws.com/name": node.Cluster}})
	_, err := assign(w, eni, count, prefixed)
	return true, err
}

// shrink releases what a node has beyond its targets: addresses or prefixes of the other kind than the CNI uses now,
// surplus ones, and interfaces without pods that the targets do not need.
func shrink(w *store.Account, node *store.Object) bool {
	p := poolOf(w, node, nil)
	kind, other := "privateIps", "prefixes"
	if p.prefixed {
		kind, other = other, kind
	}
	over := p.over()
	for _, eni := range slices.Backward(p.enis) {
		if n := release(eni, kind, over); n+release(eni, other, len(unusedSlots(eni, other))) > 0 {
			return true
		}
		without := poolOf(w, node, eni)
		if eni.Owner == "vpc-cni" && len(eni.Texts("pods")) == 0 && without.short() == 0 {
			w.Drop(eni)
			return true
		}
	}
	return false
}

// release releases at most n of the prefixes or secondary addresses of an interface that no pod uses.
func release(eni *store.Object, property string, n int) int {
	free := unusedSlots(eni, property)
	free = free[len(free)-min(n, len(free)):]
	eni.Set(property, store.AnyOf(slices.DeleteFunc(eni.Texts(property), func(held string) bool { return slices.Contains(free, held) })))
	return len(free)
}

// unusedSlots returns the prefixes or secondary addresses of an interface that no pod uses.
func unusedSlots(eni *store.Object, property string) []string {
	used, held := eni.Texts("pods"), eni.Texts(property)
	if property == "privateIps" {
		return slices.DeleteFunc(held[1:], func(address string) bool { return slices.Contains(used, address) })
	}
	return slices.DeleteFunc(held, func(prefix string) bool {
		return slices.ContainsFunc(AddressesOf(prefix), func(address string) bool { return slices.Contains(used, address) })
	})
}

// podAddresses returns the addresses of an interface for pods.
func podAddresses(eni *store.Object) []string {
	addresses := slices.Clone(eni.Texts("privateIps")[1:])
	for _, prefix := range eni.Texts("prefixes") {
		addresses = append(addresses, AddressesOf(prefix)...)
	}
	return addresses
}

// AddressesOf returns the addresses of a prefix.
func AddressesOf(prefix string) []string {
	var addresses []string
	p, _ := ec2.Network(prefix)
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		addresses = append(addresses, a.String())
	}
	return addresses
}
