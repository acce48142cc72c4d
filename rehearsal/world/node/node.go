package node

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// InstanceObject is the type of an instance, which a node group creates.
const InstanceObject = "aws:ec2/instance:Instance"

// instance is an instance of a node group.
type instance struct {
	Type      string `json:"instanceType"`
	Subnet    string `json:"subnetId"`
	Zone      string `json:"availabilityZone"`
	PrivateIP string `json:"privateIp"`
}

// instanceOf returns the properties of an instance.
func instanceOf(o *store.Object) *instance { return store.Decode[instance](o) }

const (
	nodesFailed  = "waiting for EKS Node Group (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: %s: NodeCreationFailure: "
	joinFailed   = nodesFailed + "Instances failed to join the kubernetes cluster"
	unhealthy    = nodesFailed + "Unhealthy nodes in the kubernetes cluster"
	joinDocs     = "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html"
	launchFailed = "waiting for EKS Node Group (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: %s: AsgInstanceLaunchFailures: Could not launch On-Demand Instances. "
)

// Node is a node of a cluster: the object of Kubernetes' API, and facts about its instance that the API does not show.
type Node struct {
	corev1.Node
	Group          string `json:"nodeGroup"`
	Instance       string `json:"instanceId"`
	Type           string `json:"instanceType"`
	Subnet         string `json:"subnetId"`
	Zone           string `json:"zone"`
	PrivateIP      string `json:"internalIP"` // an IPv6 address in an IPv6 cluster
	PublicIP       string `json:"publicIP"`   // "" for none
	Role           string `json:"roleArn"`
	MaxPods        int    `json:"maxPods"`
	AllocatableMiB int    `json:"allocatableMiB"`
	// AllocatableMilliCPU is 0 in accounts that were saved without it: the kubelet then reserves what its image does.
	AllocatableMilliCPU int `json:"allocatableMilliCPU"`
	// PodInterfaces are the branch interfaces that pods may request, 0 without a trunk interface.
	PodInterfaces int  `json:"podInterfaces"`
	Ready         bool `json:"ready"`
}

// NodeOf returns a node with the facts about its instance.
func NodeOf(o *store.Object) *Node { return store.Decode[Node](o) }

var (
	NodeAddress = store.NewRule("a node's subnet has a free address",
		launchFailed+"InsufficientFreeAddressesInSubnet - There are not enough free addresses in subnet '%s' to satisfy the requested number of instances.",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html")
	NodeWayOut = store.NewRule("nodes have a route to AWS's services, or endpoints for them",
		joinFailed+" (subnet %s has no route to %s: its route table has no working NAT gateway or internet gateway, and there is no endpoint)",
		joinDocs)
	NodePublicAddress = store.NewRule("a node group's public subnets assign public addresses",
		"waiting for EKS Node Group (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: %s: Ec2SubnetInvalidConfiguration: One or more Amazon EC2 Subnets of [%[2]s] for node group %[3]s does not automatically assign public IP addresses to instances launched into it. If you want your instances to be assigned a public IP address, then you need to enable auto-assign public IP address for the subnet.",
		"https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html (Ec2SubnetInvalidConfiguration)")
	NodeEndpoint = store.NewRule("the endpoints of AWS's services allow nodes on port 443",
		joinFailed+" (the VPC's endpoint of %s has the service's name and does not allow the nodes' security groups %s on port 443)",
		"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html")
	NodeReachesAPI = store.NewRule("nodes can reach the API privately or from an allowed address",
		joinFailed+" (the API is not private, and %s is not in its public networks %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")
	NodeGroupLetIn = store.NewRule("the control plane allows the nodes' security groups",
		joinFailed+" (the control plane does not allow security groups %s on port 443)",
		"https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html")
	NodeRolePolicy = store.NewRule("a node role has AmazonEKSWorkerNodePolicy",
		joinFailed+" (node role %s lacks AmazonEKSWorkerNodePolicy)",
		"https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html")
	NodeEntry = store.NewRule("a node role's access entry has a type for nodes",
		joinFailed+" (the access entry of %s is of type %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html")
	NodePulls = store.NewRule("a node role may pull images from ECR",
		unhealthy+" (node role %s lacks AmazonEC2ContainerRegistryPullOnly or ReadOnly)",
		"https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html")
	NodeIPv6Assigned = store.NewRule("a node group's subnets in an IPv6 cluster assign IPv6 addresses",
		"waiting for EKS Node Group (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: %s: Ec2SubnetMissingIpv6Assignment: One or more Amazon EC2 Subnets of [%[2]s] for node group %[3]s does not automatically assign IPv6 addresses to instances launched into it.",
		"https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html; https://github.com/eksctl-io/eksctl/issues/4701")
	NodeIPv6WayOut = store.NewRule("nodes of an IPv6 cluster have an IPv6 route to the internet",
		joinFailed+" (subnet %s has no route for ::/0 to an egress-only internet gateway or an internet gateway)",
		"https://github.com/aws-ia/terraform-aws-eks-blueprints/issues/1584")
	NodeIPv6Type = store.NewRule("nodes of an IPv6 cluster are Nitro instances",
		unhealthy+" (container runtime network not ready: cni plugin not initialized: aws-node exits: Prefix Delegation is not supported on non-nitro instance %s. IPv6 is only supported in Prefix delegation Mode.)",
		"https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/pkg/ipamd/ipamd.go (isConfigValid)")
	NodeIPv6Network = store.NewRule("the CNI of an IPv6 cluster may assign IPv6 addresses, and describe subnets from version 1.22.1 on",
		unhealthy+" (container runtime network not ready: cni plugin not initialized: %s)",
		"https://github.com/aws/amazon-vpc-cni-k8s/issues/3704; https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/docs/iam-policy.md")
	NodeNetwork = store.NewRule("nodes have a CNI with its permissions",
		unhealthy+" (container runtime network not ready: cni plugin not initialized: %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html")
)

// launchInstance starts the next instance of a node group, with its interface, its volume and its Node object.
func launchInstance(w *store.Account, o *store.Object, group *NodeGroup) error {
	var subnet *store.Object
	for _, s := range subnetsByRoom(w, o, group) {
		if ec2.SubnetFree(w, s) > 0 {
			subnet = s
			break
		}
	}
	if err := NodeAddress.Unready(subnet == nil, o.ID, group.scalingGroup(), strings.Join(group.Subnets, ",")); err != nil {
		return err
	}
	location := ec2.SubnetOf(subnet)
	name, err := offeredType(w, o, group, location.Zone)
	if err != nil {
		return err
	}
	if err := NodeVirtualization.Unready(paravirtualOnly(name), o.ID, group.scalingGroup(), name); err != nil {
		return err
	}
	public := ""
	if location.Public {
		public = ec2.PublicAddress(w)
	}
	lt := templateOf(w, o)
	tags := map[string]any{"eks:cluster-name": group.Cluster, "eks:nodegroup-name": group.Name, "kubernetes.io/cluster/" + group.Cluster: "owned"}
	maps.Copy(tags, ec2.TagsFor(lt, "instance"))
	instance := &store.Object{Type: InstanceObject, ID: w.NewID("i-"), Owner: "eks"}
	eni := ec2.AttachInterface(w, ec2.InterfaceSpec{Subnet: subnet, Owner: "eks", Groups: securityGroups(w, o, group), Public: public, Instance: instance.ID,
		IPv6: location.AssignsIPv6, Tags: ec2.TagsFor(lt, "network-interface")})
	instance.Show(store.Properties{"instanceType": name, "subnetId": subnet.ID, "vpcId": location.VPC, "availabilityZone": location.Zone,
		"privateIp": ec2.InterfaceOf(eni).PrivateIP, "publicIp": "", "primaryNetworkInterfaceId": eni.ID, "tags": tags, "nodeGroup": o.ID})
	w.Put(instance)
	volume := &store.Object{Type: store.VolumeType, ID: w.NewID("vol-"), Owner: "eks"}
	volume.Show(store.Properties{"instance": instance.ID, "availabilityZone": location.Zone, "tags": ec2.TagsFor(lt, "volume")})
	w.Put(volume)
	registerNode(w, o, group, instance, eni, public)
	return nil
}

// securityGroups returns the security groups of a node group's nodes: the launch template's, or else the cluster's own.
func securityGroups(w *store.Account, o *store.Object, group *NodeGroup) []string {
	if lt := templateOf(w, o); lt != nil {
		template := ec2.LaunchTemplateOf(lt)
		own := slices.Clone(template.Groups)
		for _, i := range template.Interfaces {
			own = append(own, i.Groups...)
		}
		if len(own) > 0 {
			return own
		}
	}
	return []string{eks.ClusterOf(w.Get(store.ClusterType, group.Cluster)).VPC.ClusterGroup}
}

// registerNode creates the Node of an instance. It is not ready before the kubelet reached the API and the CNI works.
func registerNode(w *store.Account, o *store.Object, group *NodeGroup, instance, eni *store.Object, public string) {
	i := instanceOf(instance)
	address := i.PrivateIP
	if ipv6 := ec2.InterfaceOf(eni).IPv6; eks.IsIPv6(w, group.Cluster) && len(ipv6) > 0 {
		address = ipv6[0]
	}
	name := "ip-" + ec2.DashedAddress(i.PrivateIP) + "." + ec2.NodeDomain(w.Region)
	zone, kind := i.Zone, i.Type
	limit := podLimit(w, o, group)
	var cpu, memory int64
	labels := map[string]any{"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": w.Region,
		"node.kubernetes.io/instance-type": kind, "eks.amazonaws.com/nodegroup": group.Name,
		"eks.amazonaws.com/capacityType": group.Capacity, "kubernetes.io/os": "linux"}
	if t, err := ec2.TypeOf(o.ID, kind); err == nil {
		labels["kubernetes.io/arch"] = map[string]string{"x86_64": "amd64", "arm64": "arm64"}[t.Architecture]
		reservedCPU, reservedMemory := kubeletSettingsOf(w, o).reserved(t, group.Image, limit)
		cpu, memory = max(int64(1000*t.Cpus)-reservedCPU, 0), max(int64(t.CapacityMiB())-reservedMemory, 0)
	}
	copyLabels(labels, group.Labels)
	w.Put(&store.Object{Type: store.NodeType, ID: name, Cluster: group.Cluster, Owner: "eks", Outputs: store.Properties{
		"apiVersion": "v1", "kind": "Node", "metadata": map[string]any{"name": name, "labels": labels},
		"status":     map[string]any{"addresses": nodeAddresses(name, address, public)},
		"spec":       map[string]any{"providerID": "aws:///" + zone + "/" + instance.ID, "taints": taintsOf(group)},
		"instanceId": instance.ID, "instanceType": kind, "subnetId": i.Subnet, "zone": zone, "internalIP": address,
		"publicIP": public, "maxPods": float64(limit), "allocatableMiB": float64(memory), "allocatableMilliCPU": float64(cpu), "ready": false, "nodeGroup": o.ID, "roleArn": group.Role}})
}

// nodeAddresses returns the addresses that the cloud controller gives a node
// (github.com/kubernetes/cloud-provider-aws, pkg/providers/v1, NodeAddresses).
func nodeAddresses(name, private, public string) []any {
	of := func(kind, address string) any { return map[string]any{"type": kind, "address": address} }
	all := []any{of("InternalIP", private)}
	if public != "" {
		all = append(all, of("ExternalIP", public))
	}
	return append(all, of("InternalDNS", name), of("Hostname", name))
}

// taintsOf returns a node group's taints in the form of its nodes.
func taintsOf(group *NodeGroup) []any {
	taints := []any{}
	for _, t := range group.Taints {
		taints = append(taints, map[string]any{"key": t.Key, "value": t.Value, "effect": kubernetesEffect[t.Effect]})
	}
	return taints
}

// copyLabels adds a node group's labels to those of a node.
func copyLabels(to map[string]any, labels map[string]string) {
	for key, value := range labels {
		to[key] = value
	}
}

var kubernetesEffect = map[string]string{"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}

var maxPodsSetting = regexp.MustCompile(`(?:maxPods"?:|max-pods"?\s*=)\s*"?(\d+)`)

// podLimit returns how many pods a node accepts: the number in its user data, or the one that EKS computes from the
// CNI's configuration when the node starts. A node group of several types uses the lowest.
func podLimit(w *store.Account, o *store.Object, group *NodeGroup) int {
	if found := maxPodsSetting.FindStringSubmatch(userDataOf(templateOf(w, o))); found != nil {
		n, _ := strconv.Atoi(found[1])
		return n
	}
	settings := readCNISettings(w, group.Cluster)
	limit := 0
	for _, name := range instanceTypesOf(w, o) {
		if t, err := ec2.TypeOf(o.ID, name); err == nil {
			pods := t.MaxPods(settings.prefixes, settings.custom)
			if settings.ipv6.on {
				pods = t.MostPods()
			}
			if limit == 0 || pods < limit {
				limit = pods
			}
		}
	}
	return limit
}

// WatchNodes adds the node that an object belongs to, or a node itself. Objects of workloads and their load balancers
// concern no node, nor do rules that allow load balancers' traffic, and of pods only those that nodes need. Other
// changes may concern every node.
func WatchNodes(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	switch changed.Type {
	case store.NodeType:
		add(changed.Key())
		return true
	case store.InterfaceType:
		addNodeOf(w, changed, add)
		return true
	case store.SecurityGroupType:
		return store.MadeForBalancer(changed)
	case store.GroupRuleType:
		return changed.Owner == store.ControllerOwner || changed.Owner == store.CloudOwner ||
			store.MadeForBalancer(w.Get(store.SecurityGroupType, ec2.SecurityGroupRuleOf(changed).Group))
	case store.LoadBalancerType, store.ClassicType, store.TargetGroupType, store.ListenerType, store.ListenerRuleType, store.EipType, store.VolumeType:
		return true
	}
	return changed.Cluster != "" && kube.Namespace(changed) != "kube-system"
}

// addNodeOf adds the node that an interface is attached to.
func addNodeOf(w *store.Account, eni *store.Object, add func(store.Key)) {
	// Most interfaces that change belong to no node, so they are not decoded for this.
	if instance := eni.Text("instance"); instance != "" {
		for _, node := range w.With(store.NodeType, "instanceId", instance) {
			add(node.Key())
		}
	}
}

// TerminateNode drains a node and terminates its instance. Its own interface is deleted with it, those of the CNI only
// while the CNI can clean up: else they remain, available, and use their subnet and security group
// (amazon-vpc-cni-k8s#1447, #608).
func TerminateNode(w *store.Account, node *store.Object) {
	works := cniWorks(w, node)
	for _, pod := range kube.PodsOn(w, node) {
		kube.EndPod(w, pod)
	}
	terminateTrunk(w, node)
	for _, eni := range ec2.InterfacesOn(w, node) {
		if eni.Owner == "vpc-cni" && !works {
			DetachInterface(eni)
			continue
		}
		w.Drop(eni)
	}
	id := NodeOf(node).Instance
	for _, volume := range w.With(store.VolumeType, "instance", id) {
		w.Drop(volume)
	}
	if instance := w.Get(InstanceObject, id); instance != nil {
		w.Drop(instance)
	}
	w.Drop(node)
}

// HopLimit returns the response hop limit of a node's metadata service: its own network namespace, or more if the
// launch template sets it (https://docs.aws.amazon.com/eks/latest/userguide/al2023.html).
func HopLimit(w *store.Account, node *store.Object) int {
	if group := w.Get(store.NodeGroupType, NodeOf(node).Group); group != nil {
		if template := templateOf(w, group); template != nil {
			return max(ec2.LaunchTemplateOf(template).Metadata.HopLimit, 1)
		}
	}
	return 1
}
