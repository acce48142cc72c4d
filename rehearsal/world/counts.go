package world

import (
	"net/netip"
	"slices"

	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// Unreachable lists the target groups, and the classic load balancers, that have nothing to send to, or nothing that
// they can reach or that is healthy; targets in zones where their load balancer has no subnet; and the pods that do not
// wait for their targets where they should.
func (w *World) Unreachable() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, o := range w.All(store.TargetGroupType) {
		target := elb.TargetGroupOf(o)
		switch {
		case target.Problem != "":
			lines = append(lines, target.Name+": "+target.Problem)
		case len(target.Targets) == 0:
			lines = append(lines, target.Name+": no targets")
		case elb.Failing(w.Account, o) != "":
			lines = append(lines, target.Name+": no healthy target: "+target.HealthCheck.String()+": "+elb.Failing(w.Account, o))
		}
	}
	for _, o := range w.All(store.ClassicType) {
		balancer := elb.ClassicLoadBalancerOf(o)
		if len(balancer.Instances) == 0 {
			lines = append(lines, balancer.Name+": no instances")
		} else if why := elb.ClassicFailing(w.Account, o); why != "" {
			lines = append(lines, balancer.Name+": no healthy instance: "+balancer.HealthCheck.Target+": "+why)
		}
	}
	return slices.Concat(lines, elb.OutsideZones(w.Account), lbc.Ungated(w.Account))
}

// Events returns what the load balancer controller and the cloud controller report for Services and Ingresses that they
// cannot reconcile: the warnings that `kubectl events` shows. The load balancers do not change meanwhile.
func (w *World) Events() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, eks := range w.All(store.ClusterType) {
		c := lbc.ControllerOf(w.Account, eks.ID)
		for _, o := range kube.In(w.Account, eks.ID, store.ServiceType) {
			if _, err := ccm.Balance(w.Account, o); err != nil {
				lines = append(lines, "Service "+o.ID+": "+err.Error())
			}
			if _, err := c.Reconcile(o); err != nil {
				lines = append(lines, "Service "+o.ID+": "+err.Error())
			}
		}
		for _, id := range c.Groups() {
			if _, err := c.ReconcileGroup(id); err != nil {
				lines = append(lines, id.Stack().Title()+": "+err.Error())
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// CountNodes returns the number of ready nodes of a node group, which is identified as for ScaleNodeGroup.
func (w *World) CountNodes(cluster, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := 0
	for _, node := range nodepkg.ReadyNodes(w.Account, cluster) {
		if node.Text("nodeGroup") == cluster+":"+name {
			count++
		}
	}
	return count
}

// CountPods returns the number of ready pods of a Deployment.
func (w *World) CountPods(cluster, namespace, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.Find(cluster, store.DeploymentType, kube.Identity(namespace, name)); o != nil {
		return o.Number("status.availableReplicas")
	}
	return 0
}

// FewestPods returns the minimum number of ready pods of a Deployment since it first had all replicas.
func (w *World) FewestPods(cluster, namespace, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.Find(cluster, store.DeploymentType, kube.Identity(namespace, name)); o != nil {
		return o.Number("fewestPods")
	}
	return 0
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
		u := Use{By: map[string]int{}}
		u.Range, _ = ec2.Network(subnet.Text("cidrBlock"))
		for _, eni := range w.With(store.InterfaceType, "subnetId", subnet.ID) {
			by := eni.Owner
			if by == "eks" && eni.Text("instance") != "" {
				by = "node"
			}
			own := len(eni.Texts("privateIps")) + nodepkg.PrefixSize*len(eni.Texts("prefixes"))
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
