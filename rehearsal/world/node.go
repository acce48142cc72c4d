package world

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	instanceObject = "aws:ec2/instance:Instance"
	volumeType     = "aws:ebs/volume:Volume"
)

const (
	nodesFailed  = "waiting for EKS Node Group (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: %s: NodeCreationFailure: "
	joinFailed   = nodesFailed + "Instances failed to join the kubernetes cluster"
	unhealthy    = nodesFailed + "Unhealthy nodes in the kubernetes cluster"
	joinDocs     = "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html"
	launchFailed = "waiting for EKS Node Group (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: %s: AsgInstanceLaunchFailures: Could not launch On-Demand Instances. "
)

var (
	nodeAddress = rule("a node's subnet has a free address",
		launchFailed+"InsufficientFreeAddressesInSubnet - There are not enough free addresses in subnet '%s' to satisfy the requested number of instances.",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html")
	nodeWayOut = rule("nodes have a route to AWS's services, or endpoints for them",
		joinFailed+" (subnet %s has no route to %s: its route table has no working NAT gateway or internet gateway, and there is no endpoint)",
		joinDocs)
	nodePublicAddress = rule("a node group's public subnets assign public addresses",
		"waiting for EKS Node Group (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: %s: Ec2SubnetInvalidConfiguration: One or more Amazon EC2 Subnets of [%[2]s] for node group %[3]s does not automatically assign public IP addresses to instances launched into it. If you want your instances to be assigned a public IP address, then you need to enable auto-assign public IP address for the subnet.",
		"https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html (Ec2SubnetInvalidConfiguration)")
	nodeEndpoint = rule("the endpoints of AWS's services allow nodes on port 443",
		joinFailed+" (the VPC's endpoint of %s has the service's name and does not allow the nodes' security groups %s on port 443)",
		"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html")
	nodeReachesAPI = rule("nodes can reach the API privately or from an allowed address",
		joinFailed+" (the API is not private, and %s is not in its public networks %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")
	nodeGroupLetIn = rule("the control plane allows the nodes' security groups",
		joinFailed+" (the control plane does not allow security groups %s on port 443)",
		"https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html")
	nodeRolePolicy = rule("a node role has AmazonEKSWorkerNodePolicy",
		joinFailed+" (node role %s lacks AmazonEKSWorkerNodePolicy)",
		"https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html")
	nodeEntry = rule("a node role's access entry has a type for nodes",
		joinFailed+" (the access entry of %s is of type %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html")
	nodePulls = rule("a node role may pull images from ECR",
		unhealthy+" (node role %s lacks AmazonEC2ContainerRegistryPullOnly or ReadOnly)",
		"https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html")
	nodeNetwork = rule("nodes have a CNI with its permissions",
		unhealthy+" (container runtime network not ready: cni plugin not initialized: %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html")
)

// launch starts the next instance of a node group, with its interface, its volume and its Node object.
func (w *World) launch(group *Object, ordinal int) error {
	var subnet *Object
	for _, s := range w.subnetsByRoom(group) {
		if w.subnetFree(s) > 0 {
			subnet = s
			break
		}
	}
	if err := nodeAddress.unready(subnet == nil, group.ID, scalingGroup(group), strings.Join(group.texts("subnetIds"), ",")); err != nil {
		return err
	}
	name, err := w.offeredIn(group, subnet.text("availabilityZone"))
	if err != nil {
		return err
	}
	if err := nodeVirtualization.unready(paravirtualOnly(name), group.ID, scalingGroup(group), name); err != nil {
		return err
	}
	public := ""
	if subnet.flag("mapPublicIpOnLaunch") {
		public = w.publicAddress()
	}
	lt := w.templateOf(group)
	tags := map[string]any{"eks:cluster-name": group.text("clusterName"), "eks:nodegroup-name": group.text("nodeGroupName"),
		"kubernetes.io/cluster/" + group.text("clusterName"): "owned"}
	maps.Copy(tags, tagsFor(lt, "instance"))
	instance := &Object{Type: instanceObject, ID: w.newID("i-"), Owner: "eks"}
	eni := w.attach(networkInterface{subnet: subnet, owner: "eks", groups: w.nodeGroups(group), public: public, instance: instance.ID,
		tags: tagsFor(lt, "network-interface")})
	instance.show(Properties{"instanceType": name, "subnetId": subnet.ID, "vpcId": subnet.text("vpcId"), "availabilityZone": subnet.text("availabilityZone"),
		"privateIp": eni.text("privateIp"), "publicIp": "", "primaryNetworkInterfaceId": eni.ID, "tags": tags, "nodeGroup": group.ID})
	w.put(instance)
	volume := &Object{Type: volumeType, ID: w.newID("vol-"), Owner: "eks"}
	volume.show(Properties{"instance": instance.ID, "availabilityZone": subnet.text("availabilityZone"), "tags": tagsFor(lt, "volume")})
	w.put(volume)
	w.register(group, instance, subnet, public)
	return nil
}

// nodeGroups returns the security groups of a node group's nodes: the launch template's, or else the cluster's own.
func (w *World) nodeGroups(group *Object) []string {
	if lt := w.templateOf(group); lt != nil {
		own := texts(lt.Inputs["vpcSecurityGroupIds"])
		interfaces, _ := lt.Inputs["networkInterfaces"].([]any)
		for _, i := range interfaces {
			own = append(own, texts(mapOf(i)["securityGroups"])...)
		}
		if len(own) > 0 {
			return own
		}
	}
	return []string{w.get(clusterType, group.text("clusterName")).text("vpcConfig.clusterSecurityGroupId")}
}

// register creates the Node of an instance. It is not ready before the kubelet reached the API and the CNI works.
func (w *World) register(group, instance, subnet *Object, public string) {
	name := "ip-" + dashed(instance.text("privateIp")) + "." + nodeDomain(w.region)
	zone, kind := subnet.text("availabilityZone"), instance.text("instanceType")
	limit, memory := w.podLimit(group), 0
	labels := map[string]any{"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": w.region,
		"node.kubernetes.io/instance-type": kind, "eks.amazonaws.com/nodegroup": group.text("nodeGroupName"),
		"eks.amazonaws.com/capacityType": group.text("capacityType"), "kubernetes.io/os": "linux"}
	if t, err := typeOf(group.ID, kind); err == nil {
		labels["kubernetes.io/arch"] = map[string]string{"x86_64": "amd64", "arm64": "arm64"}[t.architecture]
		memory = t.allocatableMiB(group.text("amiType"), limit)
	}
	maps.Copy(labels, mapOf(group.at("labels")))
	w.put(&Object{Type: nodeType, ID: name, Cluster: group.text("clusterName"), Owner: "eks", Outputs: Properties{
		"apiVersion": "v1", "kind": "Node", "metadata": map[string]any{"name": name, "labels": labels},
		"spec":       map[string]any{"providerID": "aws:///" + zone + "/" + instance.ID, "taints": taintsOf(group)},
		"instanceId": instance.ID, "instanceType": kind, "subnetId": subnet.ID, "zone": zone, "internalIP": instance.text("privateIp"),
		"publicIP": public, "maxPods": float64(limit), "allocatableMiB": float64(memory), "ready": false, "nodeGroup": group.ID, "roleArn": group.text("nodeRoleArn")}})
}

// nodeDomain returns the domain of a region's instances
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html).
func nodeDomain(region string) string {
	if region == "us-east-1" {
		return "ec2.internal"
	}
	return region + ".compute.internal"
}

// taintsOf returns a node group's taints in the form of its nodes.
func taintsOf(group *Object) []any {
	taints := []any{}
	given, _ := group.at("taints").([]any)
	for _, t := range given {
		effect, _ := mapOf(t)["effect"].(string)
		taints = append(taints, map[string]any{"key": mapOf(t)["key"], "value": orText(mapOf(t)["value"], ""), "effect": kubernetesEffect[effect]})
	}
	return taints
}

var kubernetesEffect = map[string]string{"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}

var maxPodsWritten = regexp.MustCompile(`(?:maxPods"?:|max-pods"?\s*=)\s*"?(\d+)`)

// podLimit returns how many pods a node accepts: the number in its user data, or the one that EKS computes from the
// CNI's configuration when the node starts. A node group of several types uses the lowest.
func (w *World) podLimit(group *Object) int {
	if found := maxPodsWritten.FindStringSubmatch(writtenData(w.templateOf(group))); found != nil {
		n, _ := strconv.Atoi(found[1])
		return n
	}
	settings := w.cniSettings(group.text("clusterName"))
	limit := 0
	for _, name := range w.typesOf(group) {
		if t, err := typeOf(group.ID, name); err == nil {
			pods := t.maxPods(settings.prefixes, settings.ownSubnets != nil)
			if limit == 0 || pods < limit {
				limit = pods
			}
		}
	}
	return limit
}

// watchNodes adds the node that an object belongs to, or a node itself. Objects of workloads and their load balancers
// concern no node, nor do rules that allow load balancers' traffic, and of pods only those that nodes need. Other
// changes may concern every node.
func watchNodes(w *World, changed *Object, add func(key)) bool {
	switch changed.Type {
	case nodeType:
		add(changed.key())
		return true
	case interfaceType:
		w.addNodeOf(changed, add)
		return true
	case securityGroupType:
		return madeForBalancer(changed)
	case groupRuleType:
		return changed.Owner == controllerOwner || changed.Owner == cloudOwner ||
			madeForBalancer(w.get(securityGroupType, changed.text("securityGroupId")))
	case loadBalancerType, classicType, targetGroupType, listenerType, listenerRuleType, eipType, volumeType:
		return true
	}
	return changed.Cluster != "" && changed.namespace() != "kube-system"
}

// addNodeOf adds the node that an interface is attached to.
func (w *World) addNodeOf(eni *Object, add func(key)) {
	if instance := eni.text("instance"); instance != "" {
		for _, node := range w.with(nodeType, "instanceId", instance) {
			add(node.key())
		}
	}
}

// madeForBalancer reports whether a security group is that of one load balancer.
func madeForBalancer(group *Object) bool {
	if group == nil {
		return false
	}
	_, tagged := stackOf(group)
	return tagged || group.Owner == cloudOwner
}

// joinNode does what a kubelet does: its node becomes ready once it reaches the API and its CNI works, and not ready
// once it cannot reach the API.
func joinNode(w *World, item key) (bool, error) {
	node := w.find(item.cluster, nodeType, item.id)
	if node == nil {
		return false, nil
	}
	ready, fault := node.flag("ready"), w.nodeFault(node)
	now := fault == nil || ready && w.apiFault(node, w.get(subnetType, node.text("subnetId"))) == nil
	node.set("ready", now)
	return false, fault
}

// nodeFault returns why a node does not join or is not healthy, nil if it is.
func (w *World) nodeFault(node *Object) error {
	if err := w.joinFault(node); err != nil {
		return err
	}
	role := w.roleOf(node.text("roleArn"))
	id, instance := node.text("nodeGroup"), node.text("instanceId")
	missing := w.cniMissing(node.Cluster, role)
	return first(
		nodePulls.unready(!w.allowed(role, "ecr:BatchGetImage", "*", nil), id, instance, node.text("roleArn")),
		nodeNetwork.unready(missing != "", id, instance, missing))
}

// joinFault returns why a node can't join its cluster.
func (w *World) joinFault(node *Object) error {
	id, instance := node.text("nodeGroup"), node.text("instanceId")
	role, subnet := w.roleOf(node.text("roleArn")), w.get(subnetType, node.text("subnetId"))
	service, named := w.firstUnreached(node)
	entry := w.get(accessEntryType, node.Cluster+":"+node.text("roleArn"))
	return first(
		w.generationFault(node), w.startFault(node), taintFault(node),
		nodeEndpoint.unready(named, id, instance, service, strings.Join(w.interfaceOf(node).texts("securityGroups"), ",")),
		nodeWayOut.unready(service != "", id, instance, subnet.ID, service),
		nodeRolePolicy.unready(!w.allowed(role, "eks:DescribeCluster", "*", nil) || !w.allowed(role, "ec2:DescribeInstances", "*", nil), id, instance, node.text("roleArn")),
		nodeEntry.unready(entry != nil && entry.text("type") == "STANDARD", id, instance, node.text("roleArn"), entry.typeText()),
		w.apiFault(node, subnet))
}

// firstUnreached returns a service that nodes need and a node can't call, "" if it can call all, and whether there is
// an endpoint of it.
func (w *World) firstUnreached(node *Object) (service string, named bool) {
	subnet := w.get(subnetType, node.text("subnetId"))
	for _, service := range []string{"ec2", "ecr.api", "ecr.dkr", "s3", "sts"} {
		if !w.reaches(node, service) {
			return service, w.endpointNamed(subnet.text("vpcId"), service) != nil
		}
	}
	return "", false
}

// apiFault returns why a node can't reach its cluster's API.
func (w *World) apiFault(node, subnet *Object) error {
	id, instance := node.text("nodeGroup"), node.text("instanceId")
	cluster := w.get(clusterType, node.Cluster)
	if cluster.flag("vpcConfig.endpointPrivateAccess") {
		eni := w.interfaceOf(node)
		return nodeGroupLetIn.unready(!w.controlPlaneLetsIn(cluster, eni), id, instance, strings.Join(eni.texts("securityGroups"), ","))
	}
	from := node.text("publicIP")
	if nat := w.egress(subnet).NAT; nat != nil {
		from = nat.text("publicIp")
	}
	cidrs := cluster.texts("vpcConfig.publicAccessCidrs")
	address, err := netip.ParseAddr(from)
	allowed := err == nil && slices.ContainsFunc(cidrs, func(cidr string) bool {
		p, ok := network(cidr)
		return ok && p.Contains(address)
	})
	return nodeReachesAPI.unready(!allowed, id, instance, from, strings.Join(cidrs, ","))
}

// controlPlaneLetsIn reports whether one of a control plane's interfaces allows a node's interface on port 443.
func (w *World) controlPlaneLetsIn(cluster, eni *Object) bool {
	return slices.ContainsFunc(w.interfacesOf("Amazon EKS "+cluster.ID), func(plane *Object) bool { return w.passes(eni, plane, 443) })
}

// terminate drains a node and terminates its instance. Its own interface is deleted with it, those of the CNI only
// while the CNI can clean up: else they remain, available, and use their subnet and security group
// (amazon-vpc-cni-k8s#1447, #608).
func (w *World) terminate(node *Object) {
	works := w.cniWorks(node)
	for _, pod := range w.podsOn(node) {
		w.endPod(pod)
	}
	for _, eni := range w.interfacesOn(node) {
		if eni.Owner == "vpc-cni" && !works {
			detachInterface(eni)
			continue
		}
		w.drop(eni)
	}
	id := node.text("instanceId")
	for _, volume := range w.with(volumeType, "instance", id) {
		w.drop(volume)
	}
	if instance := w.get(instanceObject, id); instance != nil {
		w.drop(instance)
	}
	w.drop(node)
}
