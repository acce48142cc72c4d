package node

import (
	"net/netip"
	"slices"
	"strings"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

// JoinNode does what a kubelet does: its node becomes ready once it reaches the API and its CNI works, and not ready
// once it cannot reach the API.
func JoinNode(w *store.Account, item store.Key) (bool, error) {
	node := w.Find(item.Cluster, store.NodeType, item.ID)
	if node == nil {
		return false, nil
	}
	n, fault := NodeOf(node), nodeFault(w, node)
	now := fault == nil || n.Ready && apiFault(w, node, w.Get(store.SubnetType, n.Subnet)) == nil
	node.Set("ready", now)
	return false, fault
}

// nodeFault returns why a node does not join or is not healthy, nil if it is.
func nodeFault(w *store.Account, node *store.Object) error {
	if err := joinFault(w, node); err != nil {
		return err
	}
	n, role := NodeOf(node), eks.RoleOfNode(w, node)
	missing := cniMissing(w, node)
	network := NodeNetwork
	if eks.IsIPv6(w, node.Cluster) {
		network = NodeIPv6Network
	}
	return store.First(
		NodePulls.Unready(!iam.IsAllowed(w, role, "ecr:BatchGetImage", "*", nil), n.Group, n.Instance, n.Role),
		typeFault(w, node),
		network.Unready(missing != "", n.Group, n.Instance, missing))
}

// typeFault refuses an instance type without prefixes in an IPv6 cluster.
func typeFault(w *store.Account, node *store.Object) error {
	n := NodeOf(node)
	limits, _ := ec2.TypeOf("", n.Type)
	return NodeIPv6Type.Unready(eks.IsIPv6(w, node.Cluster) && !limits.Nitro, n.Group, n.Instance, n.Type)
}

// joinFault returns why a node can't join its cluster.
func joinFault(w *store.Account, node *store.Object) error {
	n := NodeOf(node)
	role, subnet := eks.RoleOfNode(w, node), w.Get(store.SubnetType, n.Subnet)
	service, named := firstUnreached(w, node)
	entry := w.Get(store.AccessEntryType, node.Cluster+":"+n.Role)
	return store.First(
		generationFault(w, node), startFault(w, node), kubeletFault(w, node), taintFault(node),
		NodeEndpoint.Unready(named, n.Group, n.Instance, service, strings.Join(ec2.InterfaceOf(ec2.PrimaryInterface(w, node)).Groups, ",")),
		NodeIPv6WayOut.Unready(eks.IsIPv6(w, node.Cluster) && !ec2.ReachesIPv6Internet(w, subnet), n.Group, n.Instance, subnet.ID),
		NodeWayOut.Unready(service != "", n.Group, n.Instance, subnet.ID, service),
		NodeRolePolicy.Unready(!iam.IsAllowed(w, role, "eks:DescribeCluster", "*", nil) || !iam.IsAllowed(w, role, "ec2:DescribeInstances", "*", nil), n.Group, n.Instance, n.Role),
		NodeEntry.Unready(entry != nil && eks.AccessEntryOf(entry).Kind == "STANDARD", n.Group, n.Instance, n.Role, eks.AccessEntryType(entry)),
		apiFault(w, node, subnet))
}

// firstUnreached returns a service that nodes need and a node can't call, "" if it can call all, and whether there is
// an endpoint of it.
func firstUnreached(w *store.Account, node *store.Object) (service string, named bool) {
	subnet := w.Get(store.SubnetType, NodeOf(node).Subnet)
	for _, service := range []string{"ec2", "ecr.api", "ecr.dkr", "s3", "sts"} {
		if !ec2.ReachesService(w, node, service) {
			return service, ec2.EndpointNamed(w, ec2.SubnetOf(subnet).VPC, service) != nil
		}
	}
	return "", false
}

// UnreachedService returns a service of AWS that nodes need and a node can't call, "" if it can call all.
func UnreachedService(w *store.Account, node *store.Object) string {
	service, _ := firstUnreached(w, node)
	return service
}

// apiFault returns why a node can't reach its cluster's API.
func apiFault(w *store.Account, node, subnet *store.Object) error {
	n := NodeOf(node)
	network := eks.ClusterOf(w.Get(store.ClusterType, node.Cluster)).VPC
	if network.PrivateAccess {
		eni := ec2.PrimaryInterface(w, node)
		return NodeGroupLetIn.Unready(!controlPlaneLetsIn(w, node.Cluster, eni), n.Group, n.Instance, strings.Join(ec2.InterfaceOf(eni).Groups, ","))
	}
	from := n.PublicIP
	if nat := ec2.EgressPathOf(w, subnet).NAT; nat != nil {
		from = ec2.NATGatewayOf(nat).PublicIP
	}
	address, err := netip.ParseAddr(from)
	allowed := err == nil && slices.ContainsFunc(network.PublicCIDRs, func(cidr string) bool {
		p, ok := ec2.ParseNetwork(cidr)
		return ok && p.Contains(address)
	})
	return NodeReachesAPI.Unready(!allowed, n.Group, n.Instance, from, strings.Join(network.PublicCIDRs, ","))
}

// controlPlaneLetsIn reports whether one of a control plane's interfaces allows a node's interface on port 443.
func controlPlaneLetsIn(w *store.Account, cluster string, eni *store.Object) bool {
	return slices.ContainsFunc(ec2.InterfacesOf(w, "Amazon EKS "+cluster), func(plane *store.Object) bool { return ec2.AllowsTCP(w, eni, plane, 443) })
}
