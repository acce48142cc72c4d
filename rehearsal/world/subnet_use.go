package world

import "net/netip"

// Use is what of a subnet's addresses is in use.
type Use struct {
	Range netip.Prefix
	// By are the addresses by who holds them: eks for a control plane, node, vpc-cni, nat, vpc-endpoint, elb.
	By map[string]int
}

// Total is the number of addresses in use.
func (u Use) Total() int {
	total := 0
	for _, n := range u.By {
		total += n
	}
	return total
}

// InUse counts the addresses that interfaces hold in each subnet, with whole prefixes.
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
			// What the CNI puts on a node's own interface is for pods too, but the interface's first address is the node's.
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
