package node

import (
	"slices"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

// The VPC resource controller attaches a trunk interface to each node whose CNI enables security groups for pods, in
// the subnet in which the CNI creates interfaces without subnet discovery, with their security groups
// (pkg/provider/branch/trunk/trunk.go, InitTrunk; pkg/aws/ec2/instance.go). EC2 deletes it with the instance.

// The descriptions of the controller's interfaces.
const (
	trunkDescription  = "aws-k8s-trunk-eni"
	branchDescription = "aws-k8s-branch-eni"
)

var (
	TrunkType = store.NewRule("a node whose pods have security groups has an instance type with a trunk interface",
		"The instance type %s is not supported for trunk interface (Security Group for Pods)",
		resourceControllerSource+"pkg/provider/branch/provider.go (IsInstanceSupported)")
	TrunkSlot = store.NewRule("a node has a free interface for its trunk interface",
		"No slot available for a trunk ENI to be attached. (%s has the %d interfaces that %s takes)",
		"https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/pkg/ipamd/ipamd.go (tryEnableSecurityGroupsForPods)")
	TrunkAllowed = store.NewRule("the cluster role may attach trunk interfaces",
		"Failed to create trunk interface: Error Code: UnauthorizedOperation: Please verify the cluster IAM role has AmazonEKSVPCResourceController policy (%s)",
		resourceControllerSource+"pkg/provider/branch/provider.go (InitResource)")
	TrunkAddress = store.NewRule("a trunk interface's subnet has a free address",
		"Failed to create trunk interface: Error Code: InsufficientFreeAddressesInSubnet (%s)",
		resourceControllerSource+"pkg/provider/branch/provider.go (InitResource)")
)

// resourceControllerActions are the actions of the policy AmazonEKSVPCResourceController that the controller needs to
// attach trunk interfaces, and to create and delete branch interfaces
// (docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSVPCResourceController.html).
var resourceControllerActions = []string{"ec2:CreateNetworkInterface", "ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface", "ec2:DeleteNetworkInterface"}

// controllerMayAct reports whether the VPC resource controller of a cluster can create and delete interfaces.
func controllerMayAct(w *store.Account, cluster string) bool {
	o := w.Get(store.ClusterType, cluster)
	if o == nil {
		return false
	}
	role := iam.FindRole(w, eks.ClusterOf(o).RoleARN)
	return !slices.ContainsFunc(resourceControllerActions, func(action string) bool { return !iam.IsAllowed(w, role, action, "*", nil) })
}

// roleOfController returns the ARN of the role that the VPC resource controller of a cluster has.
func roleOfController(w *store.Account, cluster string) string {
	if o := w.Get(store.ClusterType, cluster); o != nil {
		return eks.ClusterOf(o).RoleARN
	}
	return "cluster " + cluster + " is deleted"
}

// ResourceControllerItems returns the clusters and their nodes.
func ResourceControllerItems(w *store.Account) []store.Key {
	return append(store.KeysOf(store.ClusterType)(w), store.KeysOf(store.NodeType)(w)...)
}

// WatchTrunks adds the node of an object, and the cluster of a branch interface. Other changes may concern every node.
func WatchTrunks(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	if changed.Type == store.InterfaceType {
		if cluster := clusterOfBranch(w, changed); cluster != "" {
			add(store.Key{Typ: store.ClusterType, ID: cluster})
		}
	}
	return WatchNodes(w, changed, add)
}

// ManageTrunks does what the VPC resource controller does for a node, and for the branch interfaces of a cluster that
// it has yet to delete.
func ManageTrunks(w *store.Account, item store.Key) (bool, error) {
	if item.Typ == store.ClusterType {
		return keepCoolingInterfaces(w, item.ID), nil
	}
	node := w.Find(item.Cluster, store.NodeType, item.ID)
	if node == nil || !NodeOf(node).Ready || !readCNISettings(w, node.Cluster).podInterfaces || trunkOf(w, node) != nil || !cniWorks(w, node) {
		return false, nil
	}
	if err := lacksTrunk(w, node); err != nil {
		return false, err
	}
	n := NodeOf(node)
	subnet, groups := trunkNetwork(w, node)
	ec2.AttachInterface(w, ec2.InterfaceSpec{Subnet: subnet, Owner: store.ResourceControllerOwner, Description: trunkDescription, Groups: groups,
		Instance: n.Instance, Kind: "trunk", Tags: controllerTags(node)})
	limits, _ := ec2.TypeOf("", n.Type)
	node.Set("podInterfaces", float64(limits.Branches))
	return true, nil
}

// lacksTrunk returns why the controller attaches no trunk interface to a node.
func lacksTrunk(w *store.Account, node *store.Object) error {
	n := NodeOf(node)
	if !readCNISettings(w, node.Cluster).podInterfaces {
		return store.Explain("the CNI does not enable security groups for pods: ENABLE_POD_ENI is not true")
	}
	limits, _ := ec2.TypeOf("", n.Type)
	subnet, _ := trunkNetwork(w, node)
	if subnet == nil {
		return store.Explain("no ENIConfig names a subnet of %s", n.Zone)
	}
	attached := len(ec2.InterfacesOn(w, node))
	return store.First(
		TrunkType.When(limits.Branches == 0, n.Type),
		TrunkSlot.When(attached >= limits.Interfaces, n.Name, attached, n.Type),
		TrunkAllowed.When(!controllerMayAct(w, node.Cluster), roleOfController(w, node.Cluster)),
		TrunkAddress.When(ec2.SubnetFree(w, subnet) < 1, subnet.ID))
}

// trunkNetwork returns the subnet and the security groups of a node's trunk interface: those of the pods with custom
// networking, or else the node's.
func trunkNetwork(w *store.Account, node *store.Object) (*store.Object, []string) {
	settings := readCNISettings(w, node.Cluster)
	settings.discovers = false
	subnets, groups := podSubnets(w, node, ec2.PrimaryInterface(w, node), settings)
	if len(subnets) == 0 {
		return nil, groups
	}
	return subnets[0], groups
}

// trunkOf returns the trunk interface of a node, nil if it has none.
func trunkOf(w *store.Account, node *store.Object) *store.Object {
	for _, eni := range ec2.InterfacesOn(w, node) {
		if ec2.InterfaceOf(eni).Kind == "trunk" {
			return eni
		}
	}
	return nil
}

// keepsTrunkSlot reports whether the CNI keeps an interface of a node free for the trunk interface
// (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/pkg/ipamd/ipamd.go, hasRoomForEni).
func keepsTrunkSlot(w *store.Account, node *store.Object, settings cniSettings) bool {
	limits, _ := ec2.TypeOf("", NodeOf(node).Type)
	return settings.podInterfaces && limits.Branches > 0 && trunkOf(w, node) == nil
}

// controllerTags returns the tags of the controller's interfaces on a node (pkg/aws/ec2/api/helper.go).
func controllerTags(node *store.Object) map[string]any {
	return map[string]any{"eks:eni:owner": "eks-vpc-resource-controller", clusterTag + node.Cluster: "owned",
		"node.k8s.amazonaws.com/instance_id": NodeOf(node).Instance}
}

// clusterTag is the beginning of the tag with the cluster of an interface.
const clusterTag = "kubernetes.io/cluster/"
