package capacity

import (
	"eksnet/internal/awsdata"
)

// A node holds more addresses than its pods use: the CNI keeps some free (warm targets), and it gets addresses by whole
// interfaces or prefixes unless the targets are numbers of addresses (github.com/aws/amazon-vpc-cni-k8s,
// docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md).

// addressCount is a number of addresses in a subnet: single ones, and those in /28 prefixes.
type addressCount struct{ single, prefixed int }

func (a addressCount) total() int { return a.single + a.prefixed }

func (a addressCount) times(n int) addressCount { return addressCount{a.single * n, a.prefixed * n} }

func (a addressCount) plus(b addressCount) addressCount {
	return addressCount{a.single + b.single, a.prefixed + b.prefixed}
}

func (a addressCount) atLeast(b addressCount) addressCount {
	return addressCount{max(a.single, b.single), max(a.prefixed, b.prefixed)}
}

// nodeDemand is the number of addresses that a node holds in its own subnet and, if there is one, in the pod subnet.
type nodeDemand struct{ node, pods addressCount }

// nodeAddresses returns the addresses that a node holds for a number of pods, at most as many as its network interfaces
// can hold. Pods that use the host network do not count. They are IPv4 addresses: a node of an IPv6 cluster has one.
func (c cni) nodeAddresses(i awsdata.InstanceType, pods int) nodeDemand {
	if c.ipv6 {
		return nodeDemand{node: addressCount{single: 1}}
	}
	return c.withTrunk(i, c.poolAddresses(i, pods))
}

// poolAddresses returns the addresses that a node holds without its trunk interface.
func (c cni) poolAddresses(i awsdata.InstanceType, pods int) nodeDemand {
	interfaces, addresses := c.podAddresses(i, pods)
	if c.custom {
		return nodeDemand{node: addressCount{single: 1}, pods: c.countAddresses(i, interfaces, addresses)}
	}
	if c.discovery && interfaces > 1 {
		// The first interface is full before there is a second one.
		first := min(addresses, c.interfaceAddresses(i))
		return nodeDemand{node: c.countAddresses(i, 1, first), pods: c.countAddresses(i, interfaces-1, addresses-first)}
	}
	return nodeDemand{node: c.countAddresses(i, max(interfaces, 1), addresses)}
}

// interfaceAddresses returns how many addresses for pods an interface has room for.
func (c cni) interfaceAddresses(i awsdata.InstanceType) int {
	slots := i.AddressesPerInterface - 1
	if c.prefixed(i) {
		return slots * awsdata.AddressesPerPrefix
	}
	return slots
}

// countAddresses counts one single address for each interface. Addresses for pods count as prefixed if the instance
// gets prefixes, and otherwise as single.
func (c cni) countAddresses(i awsdata.InstanceType, interfaces, addresses int) addressCount {
	if c.prefixed(i) {
		return addressCount{single: interfaces, prefixed: addresses}
	}
	return addressCount{single: interfaces + addresses}
}

// podAddresses returns how many network interfaces a node holds for pods, and how many addresses for pods they have.
// The own address of each interface is not included.
func (c cni) podAddresses(i awsdata.InstanceType, pods int) (interfaces, addresses int) {
	slots, size := i.AddressesPerInterface-1, 1
	if c.prefixed(i) {
		size = awsdata.AddressesPerPrefix
	}
	most := c.podInterfaces(i) * slots
	if c.warm.IPs > 0 || c.warm.MinimumIPs > 0 {
		wanted := c.warm.MinimumIPs
		if c.growsWithPods() {
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

// unitsHeld returns how many interfaces or prefixes, each with size addresses, a node holds so that warm of them are
// free. With a target of 0, at least one address stays free.
func unitsHeld(pods, size, warm int) int {
	if warm == 0 {
		return pods/size + 1
	}
	return divideUp(pods, size) + warm
}

// divideUp divides and rounds up.
func divideUp(n, by int) int { return (n + by - 1) / by }

// maxNodeAddresses returns the largest number of addresses that a node of any of the types holds for a number of pods.
func (c cni) maxNodeAddresses(types []string, pods int) nodeDemand {
	var all nodeDemand
	for _, typ := range types {
		t := c.nodeAddresses(awsdata.InstanceTypes()[typ], pods)
		all.node, all.pods = all.node.atLeast(t.node), all.pods.atLeast(t.pods)
	}
	return all
}
