package world

import "net/netip"

// Use holds how many of a subnet's addresses are in use.
type Use struct {
	Range netip.Prefix
	// By are the numbers of addresses by user: eks for a control plane, node, vpc-cni, nat, vpc-endpoint, elb.
	By map[string]int
}

// Total returns the number of addresses in use.
func (u Use) Total() int {
	total := 0
	for _, n := range u.By {
		total += n
	}
	return total
}

// InUse counts the addresses of interfaces in each subnet, including whole prefixes.
func (w *World) InUse() []Use {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Use
	for _, subnet := range w.all(subnetType) {
		u := Use{By: map[string]int{}}
		u.Range, _ = network(subnet.text("cidrBlock"))
		for _, eni := range w.with(interfaceType, "subnetId", subnet.ID) {
			by := eni.Owner
			if by == "eks" && eni.text("instance") != "" {
				by = "node"
			}
			own := len(eni.texts("privateIps")) + prefixSize*len(eni.texts("prefixes"))
			// The CNI's addresses on a node's own interface are for pods too, but its primary address is the node's.
			if by == "node" {
				u.By["vpc-cni"] += own - 1
				own = 1
			}
			u.By[by] += own
		}
		all = append(all, u)
	}
	return all
}
