package node

import (
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

const (
	createBranch   = "failed to allocate branch ENI to pod: creating network interface, operation error EC2: CreateNetworkInterface"
	branchSource   = resourceControllerSource + "pkg/provider/branch/trunk/trunk.go (CreateAndAssociateBranchENIs)"
	podGroupsGuide = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"
)

var (
	InterfacesFit = store.NewRule("a node has a branch interface for each pod with security groups",
		"Insufficient "+string(PodInterface), schedulerPlugins+"noderesources")
	BranchAllowed = store.NewRule("the cluster role may create branch interfaces",
		createBranch+", api error UnauthorizedOperation: You are not authorized to perform this operation. (%s)", branchSource)
	BranchGroups = store.NewRule("a branch interface has at most five security groups",
		createBranch+", api error SecurityGroupsPerInterfaceLimitExceeded: The maximum number of security groups per interface has been reached. (%s)",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	BranchAddress = store.NewRule("a branch interface's subnet has a free address",
		createBranch+", api error InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request. (%s)", branchSource)
	ProbeAllowed = store.NewRule("in mode strict, a pod's security groups allow its node on the ports of its probes",
		"Readiness probe failed: dial tcp: i/o timeout (security groups %s of the pod do not allow its node on port %d)", podGroupsGuide)
	ProbeDemux = store.NewRule("in mode strict, nodes have no TCP early demux for the probes of pods with security groups",
		"Readiness probe failed: dial tcp: i/o timeout (init.env.DISABLE_TCP_EARLY_DEMUX of the CNI is not true, for port %d)",
		"https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/README.md (DISABLE_TCP_EARLY_DEMUX)")
)

// mostInterfaceGroups is the number of security groups of an interface at most.
const mostInterfaceGroups = 5

// branchLingers is how long the controller takes to delete the branch interface of a pod that has ended: it keeps the
// interface for a minute, and examines its queue every half a minute (pkg/provider/branch/cooldown/cooldown.go,
// pkg/provider/branch/provider.go, deleteQueueRequeueRequest).
const branchLingers = 90 * time.Second

// interfacesFit refuses a pod that requests more branch interfaces than a node has free.
func interfacesFit(node *Node, pods []*store.Object, spec *corev1.PodSpec) error {
	requested := requestedInterfaces(spec)
	if requested == 0 {
		return nil
	}
	for _, o := range pods {
		pod := kube.Live[corev1.Pod](o)
		requested += requestedInterfaces(&pod.Spec)
	}
	return InterfacesFit.When(requested > node.PodInterfaces)
}

// lacksInterfaces returns why nodes have no branch interfaces for a pod, nil for a pod without security groups.
func lacksInterfaces(w *store.Account, nodes []*store.Object, spec *corev1.PodSpec) error {
	if requestedInterfaces(spec) == 0 {
		return nil
	}
	for _, node := range nodes {
		if trunkOf(w, node) != nil {
			continue
		}
		if err := lacksTrunk(w, node); err != nil {
			return err
		}
	}
	return nil
}

// hasBranch reports whether a pod gets a branch interface: while the CNI does not enable them, the pod gets an address
// of its node (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/pkg/ipamd/rpc_handler.go, AddNetwork).
func hasBranch(w *store.Account, node *store.Object, spec *corev1.PodSpec) bool {
	return requestedInterfaces(spec) > 0 && readCNISettings(w, node.Cluster).podInterfaces
}

// createBranchForPod creates the branch interface of a pod and returns its address.
func createBranchForPod(w *store.Account, node, pod *store.Object) (string, error) {
	trunk, groups := trunkOf(w, node), groupsOfPod(w, pod)
	if trunk == nil {
		return "", store.Explain("trunk not found for node %s", kube.Name(node))
	}
	subnet := w.Get(store.SubnetType, ec2.InterfaceOf(trunk).Subnet)
	if len(groups) == 0 {
		groups = ec2.InterfaceOf(trunk).Groups
	}
	coolDown(w, node, subnet)
	if err := store.First(
		BranchAllowed.When(!controllerMayAct(w, node.Cluster), roleOfController(w, node.Cluster)),
		ec2.CheckSecurityGroups(w, createBranch, groups),
		BranchGroups.When(len(groups) > mostInterfaceGroups, strings.Join(groups, " ")),
		BranchAddress.When(ec2.SubnetFree(w, subnet) < 1, subnet.ID),
	); err != nil {
		return "", err
	}
	tags := controllerTags(node)
	tags["vpcresources.k8s.aws/trunk-eni-id"], tags["vpcresources.k8s.aws/vlan-id"] = trunk.ID, freeVLAN(w, trunk)
	branch := ec2.AttachInterface(w, ec2.InterfaceSpec{Subnet: subnet, Owner: store.ResourceControllerOwner, Description: branchDescription, Groups: groups,
		Kind: "branch", Trunk: trunk.ID, IPv6: ec2.SubnetOf(subnet).AssignsIPv6, Tags: tags})
	if branch == nil {
		return "", nil
	}
	eni := ec2.InterfaceOf(branch)
	address := eni.PrivateIP
	if readCNISettings(w, node.Cluster).ipv6.on && len(eni.IPv6) > 0 {
		address = eni.IPv6[0]
	}
	branch.Set("pods", []any{address})
	branch.Learn("strict", readCNISettings(w, node.Cluster).strict)
	return address, nil
}

// coolDown deletes the branch interfaces that their controller has yet to delete, if a new one has no place beside
// them: the controller tries again until it has (ErrCurrentlyAtMaxCapacity).
func coolDown(w *store.Account, node, subnet *store.Object) {
	limits, _ := ec2.TypeOf("", NodeOf(node).Type)
	branches := branchesOf(w, trunkOf(w, node))
	if len(branches) < limits.Branches && ec2.SubnetFree(w, subnet) > 0 {
		return
	}
	for _, branch := range w.With(store.InterfaceType, "subnetId", subnet.ID) {
		if clusterOfBranch(w, branch) == node.Cluster && ec2.IsLingering(branch) {
			w.Drop(branch)
		}
	}
}

// freeVLAN returns the lowest VLAN ID that no branch interface of a trunk interface has; 0 is none.
func freeVLAN(w *store.Account, trunk *store.Object) string {
	used := map[any]bool{}
	for _, branch := range branchesOf(w, trunk) {
		used[branch.Tags()["vpcresources.k8s.aws/vlan-id"]] = true
	}
	id := 1
	for used[strconv.Itoa(id)] {
		id++
	}
	return strconv.Itoa(id)
}

// branchesOf returns the branch interfaces of a trunk interface.
func branchesOf(w *store.Account, trunk *store.Object) []*store.Object {
	if trunk == nil {
		return nil
	}
	return w.With(store.InterfaceType, "trunkInterfaceId", trunk.ID)
}

// clusterOfBranch returns the cluster of a branch interface, "" for another interface.
func clusterOfBranch(w *store.Account, eni *store.Object) string {
	if eni.Owner != store.ResourceControllerOwner || ec2.InterfaceOf(eni).Trunk == "" {
		return ""
	}
	for tag := range eni.Tags() {
		if cluster, is := strings.CutPrefix(tag, clusterTag); is {
			return cluster
		}
	}
	return ""
}

// releaseBranch does what the controller does with the branch interface of a pod that has ended. While it cannot delete
// the interface, that remains, and is in the way of its security groups and its subnet: the controller tries three
// times (DeleteCooledDownENIs).
func releaseBranch(w *store.Account, branch *store.Object) {
	if controllerMayAct(w, clusterOfBranch(w, branch)) {
		ec2.KeepLingering(w, branch, branchLingers)
	}
}

// keepCoolingInterfaces keeps the branch interfaces that a controller has yet to delete and can no longer delete. It
// reports whether there are any.
func keepCoolingInterfaces(w *store.Account, cluster string) bool {
	if controllerMayAct(w, cluster) {
		return false
	}
	changed := false
	for _, eni := range w.All(store.InterfaceType, ec2.IsLingering) {
		if clusterOfBranch(w, eni) == cluster {
			ec2.KeepLingered(eni)
			changed = true
		}
	}
	return changed
}

// terminateTrunk deletes the trunk interface of a node that is terminated, and its branch interfaces if the controller
// can: it deletes those of a node when the node is deleted (controllers/crds/cninode_controller.go). Others remain,
// available.
func terminateTrunk(w *store.Account, node *store.Object) {
	trunk := trunkOf(w, node)
	for _, branch := range branchesOf(w, trunk) {
		if controllerMayAct(w, node.Cluster) {
			w.Drop(branch)
			continue
		}
		if ec2.IsLingering(branch) {
			ec2.KeepLingered(branch)
		}
		DetachInterface(branch)
	}
	if trunk != nil {
		w.Drop(trunk)
	}
}

// DeletesBranch reports whether the VPC resource controller deletes a branch interface: that of a pod, once it ends.
func DeletesBranch(w *store.Account, branch *store.Object) bool {
	return len(ec2.InterfaceOf(branch).Pods) > 0 && controllerMayAct(w, clusterOfBranch(w, branch))
}

// checkProbes refuses a pod with a branch interface whose probes fail. In mode strict, the requests of the kubelet
// leave the node and enter by the branch interface, which needs a rule for the node. In mode standard they do not leave
// the node (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/README.md, POD_SECURITY_GROUP_ENFORCING_MODE).
func checkProbes(w *store.Account, node, pod *store.Object, spec *corev1.PodSpec) error {
	settings := readCNISettings(w, node.Cluster)
	if !settings.strict {
		return nil
	}
	groups := groupsOfPod(w, pod)
	for _, port := range probedPorts(spec) {
		allowed := ec2.GroupsAllowTCP(w, ec2.PrimaryInterface(w, node), groups, settings.ipv6.on, port)
		if err := store.First(
			ProbeDemux.When(!settings.disablesDemux, port),
			ProbeAllowed.When(!allowed, strings.Join(groups, " "), port),
		); err != nil {
			return err
		}
	}
	return nil
}

// probedPorts returns the TCP ports of a pod to which the kubelet sends probes: of its containers and of its sidecars.
func probedPorts(spec *corev1.PodSpec) []int {
	var ports []int
	for _, container := range slices.Concat(spec.InitContainers, spec.Containers) {
		for _, probe := range []*corev1.Probe{container.ReadinessProbe, container.StartupProbe, container.LivenessProbe} {
			port := probedPortOf(probe)
			if probe != nil && probe.GRPC != nil {
				port = intstr.FromInt32(probe.GRPC.Port)
			}
			number := port.IntValue()
			for _, p := range container.Ports {
				if port.Type == intstr.String && p.Name == port.StrVal {
					number = int(p.ContainerPort)
				}
			}
			if number > 0 {
				ports = append(ports, number)
			}
		}
	}
	return ports
}

// ReachesPod reports whether kube-proxy on a node reaches a pod: a branch interface needs a rule for the node's first
// interface, unless its mode is standard and the pod is on the same node.
func ReachesPod(w *store.Account, node, pod *store.Object, port int) bool {
	branch := branchOfPod(w, pod)
	if branch == nil {
		return true
	}
	sameNode := kube.Live[corev1.Pod](pod).Spec.NodeName == kube.Name(node)
	return sameNode && !ec2.InterfaceOf(branch).Strict || ec2.AllowsTCP(w, ec2.PrimaryInterface(w, node), branch, port)
}

// IsStrict reports whether a pod has a branch interface in mode strict.
func IsStrict(w *store.Account, pod *store.Object) bool {
	branch := branchOfPod(w, pod)
	return branch != nil && ec2.InterfaceOf(branch).Strict
}

// branchOfPod returns the branch interface of a pod, nil for a pod without one.
func branchOfPod(w *store.Account, pod *store.Object) *store.Object {
	for _, eni := range w.Holding(store.InterfaceType, "pods", kube.Live[corev1.Pod](pod).Status.PodIP) {
		if ec2.InterfaceOf(eni).Trunk != "" {
			return eni
		}
	}
	return nil
}
