package node

import (
	"slices"
	"strconv"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
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

// readWarmTargets reads the targets. If the add-on's configuration has none of them, the chart sets 1 interface or
// prefix (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/charts/aws-vpc-cni/values.yaml).
func readWarmTargets(env cniEnvironment) warmTargets {
	target := func(text string, otherwise int) int {
		if n, err := strconv.Atoi(text); err == nil && n >= 0 {
			return n
		}
		return otherwise
	}
	return warmTargets{target(env.WarmENIs, 1), target(env.WarmPrefixes, 1), target(env.WarmIPs, 0), target(env.MinimumIPs, 0)}
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

// countPool counts the pool of a node without one of its interfaces, nil for none.
func countPool(w *store.Account, node, without *store.Object) nodePool {
	n := NodeOf(node)
	limits, _ := ec2.TypeOf("", n.Type)
	settings := readCNISettings(w, node.Cluster)
	p := nodePool{prefixed: settings.prefixes && limits.Nitro, warm: settings.warm, slots: limits.Addresses - 1, maxPods: n.MaxPods}
	for _, eni := range podInterfaces(w, node, settings) {
		if eni == without {
			continue
		}
		p.enis = append(p.enis, eni)
		p.total, p.used = p.total+len(podAddresses(eni)), p.used+len(ec2.InterfaceOf(eni).Pods)
		p.unused += len(unusedSlots(eni, prefixes))
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
		return divideUp(max(warm.ips-free, warm.minimum-p.total, 0), p.size())
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
		needed := max(divideUp(p.used+warm.ips, PrefixSize), divideUp(warm.minimum, PrefixSize))
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

func divideUp(n, by int) int { return (n + by - 1) / by }

// WarmAddresses does what the CNI does on a node: it keeps addresses ready beyond those of pods, and releases surplus
// ones.
func WarmAddresses(w *store.Account, item store.Key) (bool, error) {
	node := w.Find(item.Cluster, store.NodeType, item.ID)
	if node == nil || !NodeOf(node).Ready || !cniWorks(w, node) {
		return false, nil
	}
	given := !eks.IsIPv6(w, node.Cluster) && shrinkPool(w, node)
	taken, err := GrowAddressPool(w, node)
	return given || taken, err
}

// GrowAddressPool allocates what a node's pool needs, on one of its interfaces or a new one, and returns why it can't.
func GrowAddressPool(w *store.Account, node *store.Object) (bool, error) {
	if eks.IsIPv6(w, node.Cluster) {
		return assignIPv6Prefix(w, node), nil
	}
	p := countPool(w, node, nil)
	short := p.short()
	if short == 0 {
		return false, nil
	}
	for _, eni := range p.enis {
		if open := p.slots - slotsTaken(eni); open > 0 {
			return assignSlots(w, eni, min(short, open), p.prefixed)
		}
	}
	return addInterface(w, node, min(short, p.slots), p.prefixed)
}

// slotKind is the property of an interface that lists what is in its slots: its addresses, the primary one first, or
// its prefixes.
type slotKind string

const (
	singles  slotKind = "privateIps"
	prefixes slotKind = "prefixes"
)

// of returns the addresses or the prefixes of an interface.
func (k slotKind) of(eni *store.Object) []string {
	if k == prefixes {
		return ec2.InterfaceOf(eni).Prefixes
	}
	return ec2.InterfaceOf(eni).PrivateIPs
}

// slotsTaken returns the addresses and prefixes of an interface besides its primary address.
func slotsTaken(eni *store.Object) int {
	return len(singles.of(eni)) - 1 + len(prefixes.of(eni))
}

// assignSlots assigns a number of addresses or prefixes to an interface; if the subnet has fewer, the CNI tries a
// single one.
func assignSlots(w *store.Account, eni *store.Object, n int, prefixed bool) (bool, error) {
	subnet := w.Get(store.SubnetType, ec2.InterfaceOf(eni).Subnet)
	kind, rule, take := singles, SinglesFree, ec2.RoomIn(w, subnet).Singles
	if prefixed {
		kind, rule, take = prefixes, PrefixesFree, ec2.RoomIn(w, subnet).Blocks
	}
	taken := take(n)
	if len(taken) < n {
		taken = taken[:min(len(taken), 1)]
	}
	eni.Set(string(kind), slices.Concat(kind.of(eni), taken))
	return len(taken) > 0, rule.When(len(taken) == 0, subnet.ID)
}

// addInterface creates a further interface of a node with addresses or prefixes: EC2 assigns all or none of them.
func addInterface(w *store.Account, node *store.Object, count int, prefixed bool) (bool, error) {
	n := NodeOf(node)
	limits, _ := ec2.TypeOf("", n.Type)
	attached := ec2.InterfacesOn(w, node)
	settings, most := readCNISettings(w, node.Cluster), limits.Interfaces
	if keepsTrunkSlot(w, node, settings) {
		most--
	}
	if len(attached) == 0 || len(attached) >= most {
		return false, store.Explain("%s has the %d interfaces that %s takes, and they have no free slots", n.Name, most, n.Type)
	}
	subnets, groups := podSubnets(w, node, attached[0], settings)
	if len(subnets) == 0 {
		return false, store.Explain("no ENIConfig names a subnet of %s, and no other subnet is for interfaces of pods", n.Zone)
	}
	var err error
	for _, subnet := range subnets {
		room, lacks := ec2.RoomIn(w, subnet), false
		if prefixed {
			lacks = room.Free() < 1 || len(room.Blocks(count)) < count
		} else {
			lacks = room.Free() < 1+count
		}
		if err = InterfaceSpace.When(lacks, subnet.ID); err != nil || lacks {
			continue
		}
		eni := ec2.AttachInterface(w, ec2.InterfaceSpec{Subnet: subnet, Owner: "vpc-cni", Description: "aws-K8S-" + n.Instance, Groups: groups, Instance: n.Instance,
			Tags: map[string]any{"node.k8s.amazonaws.com/instance_id": n.Instance, "cluster.k8s.amazonaws.com/name": node.Cluster}})
		_, err := assignSlots(w, eni, count, prefixed)
		return true, err
	}
	return false, err
}

// shrinkPool releases what a node has beyond its targets: addresses or prefixes of the other kind than the CNI uses
// now, surplus ones, and interfaces without pods that the targets do not need.
func shrinkPool(w *store.Account, node *store.Object) bool {
	p := countPool(w, node, nil)
	kind, other := singles, prefixes
	if p.prefixed {
		kind, other = other, kind
	}
	over := p.over()
	for _, eni := range slices.Backward(p.enis) {
		if n := releaseSlots(eni, kind, over); n+releaseSlots(eni, other, len(unusedSlots(eni, other))) > 0 {
			return true
		}
		without := countPool(w, node, eni)
		if eni.Owner == "vpc-cni" && len(ec2.InterfaceOf(eni).Pods) == 0 && without.short() == 0 {
			w.Drop(eni)
			return true
		}
	}
	return false
}

// releaseSlots releases at most n of the prefixes or secondary addresses of an interface that no pod uses.
func releaseSlots(eni *store.Object, kind slotKind, n int) int {
	free := unusedSlots(eni, kind)
	free = free[len(free)-min(n, len(free)):]
	eni.Set(string(kind), slices.DeleteFunc(slices.Clone(kind.of(eni)), func(held string) bool { return slices.Contains(free, held) }))
	return len(free)
}

// unusedSlots returns the prefixes or secondary addresses of an interface that no pod uses.
func unusedSlots(eni *store.Object, kind slotKind) []string {
	used, held := ec2.InterfaceOf(eni).Pods, slices.Clone(kind.of(eni))
	if kind == singles {
		return slices.DeleteFunc(held[1:], func(address string) bool { return slices.Contains(used, address) })
	}
	return slices.DeleteFunc(held, func(prefix string) bool {
		return slices.ContainsFunc(AddressesOf(prefix), func(address string) bool { return slices.Contains(used, address) })
	})
}

// podAddresses returns the addresses of an interface for pods.
func podAddresses(eni *store.Object) []string {
	addresses := slices.Clone(singles.of(eni)[1:])
	for _, prefix := range prefixes.of(eni) {
		addresses = append(addresses, AddressesOf(prefix)...)
	}
	return addresses
}

// AddressesOf returns the addresses of a prefix.
func AddressesOf(prefix string) []string {
	var addresses []string
	p, _ := ec2.ParseNetwork(prefix)
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		addresses = append(addresses, a.String())
	}
	return addresses
}
