package world

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// LoseZone fails a zone: its instances, its NAT gateways and all network interfaces in its subnets, also those of the
// control plane, of endpoints and of load balancers. Auto Scaling starts no replacements. Kubernetes has started the
// pods of the zone again where they fit.
func (w *World) LoseZone(zone string) {
	w.change(func() {
		lost := func(subnet string) bool {
			o := w.Get(store.SubnetType, subnet)
			return o != nil && ec2.SubnetOf(o).Zone == zone
		}
		for _, o := range w.All(store.NodeType, func(o *store.Object) bool { return nodepkg.NodeOf(o).Zone == zone }) {
			nodepkg.TerminateNode(w.Account, o)
		}
		for _, o := range w.All(store.NatType, func(o *store.Object) bool { return lost(ec2.NATGatewayOf(o).Subnet) }) {
			o.Learn("state", "failed")
		}
		for _, o := range w.All(store.InterfaceType, func(o *store.Object) bool { return lost(ec2.InterfaceOf(o).Subnet) }) {
			w.Drop(o)
		}
		w.Settle()
	})
}

// Available is what works in the account.
type Available struct {
	// ControlPlanes are the clusters that have a network interface in the VPC.
	ControlPlanes []string
	// Stopped are the Deployments whose pods do not all run, with the reason.
	Stopped map[string]string
	// Subnets are those of nodes, and Internet those of them from which nodes reach the internet. Isolated are the nodes
	// that do not reach a service of AWS which nodes need, with the service.
	Subnets, Internet []string
	Isolated          map[string]string
	// Unhealthy are the namespaces of Services whose load balancers have no healthy target, with the reason.
	Unhealthy map[string]string
}

// Available returns what works.
func (w *World) Available() Available {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := Available{Stopped: map[string]string{}, Isolated: map[string]string{}, Unhealthy: map[string]string{}}
	for _, o := range w.All(store.ClusterType) {
		if len(ec2.InterfacesOf(w.Account, "Amazon EKS "+eks.ClusterOf(o).Name)) > 0 {
			a.ControlPlanes = append(a.ControlPlanes, o.ID)
		}
	}
	for _, o := range w.All(store.DeploymentType) {
		if err := kube.AwaitDeployment(&store.Call{Account: w.Account, Cluster: o.Cluster}, o); err != nil {
			a.Stopped[o.ID] = err.Error()
		}
	}
	for _, o := range w.All(store.NodeType) {
		n := nodepkg.NodeOf(o)
		a.Subnets = append(a.Subnets, n.Subnet)
		if subnet := w.Get(store.SubnetType, n.Subnet); subnet != nil && ec2.EgressPathOf(w.Account, subnet).Works(n.PublicIP != "") {
			a.Internet = append(a.Internet, n.Subnet)
		}
		if service := nodepkg.UnreachedService(w.Account, o); service != "" {
			a.Isolated[o.ID] = service
		}
	}
	slices.Sort(a.Subnets)
	a.Subnets = slices.Compact(a.Subnets)
	slices.Sort(a.Internet)
	a.Internet = slices.Compact(a.Internet)
	w.addUnhealthy(a.Unhealthy)
	return a
}

// addUnhealthy adds the namespaces whose load balancers have no healthy target.
func (w *World) addUnhealthy(unhealthy map[string]string) {
	for _, o := range w.All(store.TargetGroupType) {
		binding := elb.BindingOfTargetGroup(w.Account, o.ID)
		if binding == nil {
			continue
		}
		if len(elb.TargetGroupOf(o).Targets) == 0 {
			unhealthy[kube.Namespace(binding)] = "no targets"
		} else if why := elb.FailingTargets(w.Account, o); why != "" {
			unhealthy[kube.Namespace(binding)] = why
		}
	}
	for _, o := range w.All(store.ClassicType) {
		b := elb.ClassicLoadBalancerOf(o)
		service, _ := store.MapOf(o.Outputs["tags"])["kubernetes.io/service-name"].(string)
		namespace, _, _ := strings.Cut(service, "/")
		if len(b.Instances) == 0 {
			unhealthy[namespace] = "no instances"
		} else if why := elb.ClassicFailing(w.Account, o); why != "" {
			unhealthy[namespace] = why
		}
	}
}
