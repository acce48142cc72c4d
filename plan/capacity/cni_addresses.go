package capacity

import (
	"eksnet/internal/awsdata"
)

// A node holds more addresses than its pods use: the CNI keeps some unitsHeld, and takes them by whole interfaces or
// prefixes (github.com/aws/amazon-vpc-cni-k8s, docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md).

// amount is a number of addresses of a subnet: single ones, and those in /28 prefixes.
type amount struct{ single, prefixed int }

func (a amount) sum() int { return a.single + a.prefixed }

func (a amount) times(n int) amount { return amount{a.single * n, a.prefixed * n} }

func (a amount) plus(b amount) amount { return amount{a.single + b.single, a.prefixed + b.prefixed} }

func (a amount) atLeast(b amount) amount {
	return amount{max(a.single, b.single), max(a.prefixed, b.prefixed)}
}

// taken is what a node takes of subnets: of its own, and of that of its pods where they have subnets of their own.
type taken struct{ node, pods amount }

// takes returns what a node with a number of pods takes, at most what its interfaces hold. Pods on the host's network
// do not count.
func (c cni) takes(i awsdata.InstanceType, pods int) taken {
	interfaces, addresses := c.secondary(i, pods)
	if c.custom {
		return taken{node: amount{single: 1}, pods: c.split(i, interfaces, addresses)}
	}
	return taken{node: c.split(i, max(interfaces, 1), addresses)}
}

// split separates the addresses of interfaces from those of pods where the latter come in prefixes.
func (c cni) split(i awsdata.InstanceType, interfaces, addresses int) amount {
	if c.prefixed(i) {
		return amount{single: interfaces, prefixed: addresses}
	}
	return amount{single: interfaces + addresses}
}

// secondary are the interfaces for pods, each with an address of its own, and the addresses for pods on them.
func (c cni) secondary(i awsdata.InstanceType, pods int) (interfaces, addresses int) {
	slots, size := i.AddressesPerInterface-1, 1
	if c.prefixed(i) {
		size = awsdata.AddressesPerPrefix
	}
	most := c.podInterfaces(i) * slots
	if c.warm.IPs > 0 || c.warm.MinimumIPs > 0 {
		wanted := c.warm.MinimumIPs
		if c.grows() {
			wanted = max(wanted, pods+c.warm.IPs)
		}
		units := min(divideUp(wanted, size), most)
		return divideUp(units, slots), units * size
	}
	if c.prefixed(i) {
		units := min(unitsHeld(pods, awsdata.AddressesPerPrefix, c.warm.Prefixes), most)
		return divideUp(units, slots), units * awsdata.AddressesPerPrefix
	}
	interfaces = min(unitsHeld(pods, slots, c.warm.ENIs), c.podInterfaces(i))
	return interfaces, interfaces * slots
}

// unitsHeld returns how many interfaces or prefixes of a size a node holds so that as many as wanted are free, or one
// address at least where none is wanted: the CNI never runs dry by intent.
func unitsHeld(pods, size, warm int) int {
	if warm == 0 {
		return pods/size + 1
	}
	return divideUp(pods, size) + warm
}

func divideUp(n, by int) int { return (n + by - 1) / by }

// most is what a node of any of the types takes at most.
func (c cni) most(types []string, pods int) taken {
	var all taken
	for _, typ := range types {
		t := c.takes(awsdata.InstanceTypes()[typ], pods)
		all.node, all.pods = all.node.atLeast(t.node), all.pods.atLeast(t.pods)
	}
	return all
}
