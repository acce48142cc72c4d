package world

import (
	"net/netip"

	appsv1 "k8s.io/api/apps/v1"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// CountNodes returns the number of ready nodes of a node group, which is identified as for ScaleNodeGroup.
func (w *World) CountNodes(cluster, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := 0
	for _, node := range nodepkg.ReadyNodes(w.Account, cluster) {
		if nodepkg.NodeOf(node).Group == cluster+":"+name {
			count++
		}
	}
	return count
}

// CountPods returns the number of ready pods of a Deployment.
func (w *World) CountPods(cluster, namespace, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.Find(cluster, store.DeploymentType, kube.ObjectID(namespace, name)); o != nil {
		d := kube.Live[appsv1.Deployment](o)
		return int(d.Status.AvailableReplicas)
	}
	return 0
}

// FewestPods returns the minimum number of ready pods of a Deployment since it first had all replicas.
func (w *World) FewestPods(cluster, namespace, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.Find(cluster, store.DeploymentType, kube.ObjectID(namespace, name)); o != nil {
		return kube.FewestPods(o)
	}
	return 0
}

// CountCNIInterfaces returns the number of network interfaces that the VPC CNI created.
func (w *World) CountCNIInterfaces() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := 0
	for _, o := range w.All(store.InterfaceType) {
		if o.Owner == "vpc-cni" {
			count++
		}
	}
	return count
}

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
	for _, subnet := range w.All(store.SubnetType) {
		u := Use{Range: ec2.SubnetOf(subnet).CIDR.Prefix, By: map[string]int{}}
		for _, o := range w.With(store.InterfaceType, "subnetId", subnet.ID) {
			eni, by := ec2.InterfaceOf(o), o.Owner
			if by == "eks" && eni.Instance != "" {
				by = "node"
			}
			own := len(eni.PrivateIPs) + nodepkg.PrefixSize*len(eni.Prefixes)
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
