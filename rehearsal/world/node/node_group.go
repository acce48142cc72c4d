package node

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/store"
)

// NodeGroup is a managed node group of a cluster.
type NodeGroup struct {
	Cluster        string             `json:"clusterName"`
	Name           string             `json:"nodeGroupName"`
	Role           string             `json:"nodeRoleArn"`
	Subnets        []string           `json:"subnetIds"`
	Image          string             `json:"amiType"`
	Capacity       string             `json:"capacityType"`
	DiskSize       *int               `json:"diskSize"`
	InstanceTypes  []string           `json:"instanceTypes"`
	Labels         map[string]string  `json:"labels"`
	Taints         []Taint            `json:"taints"`
	Version        string             `json:"version"`
	ReleaseVersion string             `json:"releaseVersion"`
	Template       *TemplateReference `json:"launchTemplate"`
	RemoteAccess   map[string]any     `json:"remoteAccess"`
	Scaling        Scaling            `json:"scalingConfig"`
	Updates        UpdateLimits       `json:"updateConfig"`
	Status         string             `json:"status"`

	Unique    string `json:"unique"`    // the part of its ARN and its Auto Scaling group that EKS generates
	WasActive bool   `json:"wasActive"` // whether its creation succeeded
}

// Taint is a taint of a node group, with an effect in EKS's form, such as NO_SCHEDULE.
type Taint struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Effect string `json:"effect"`
}

// TemplateReference is the launch template of a node group, by ID or by name, and its version.
type TemplateReference struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Scaling is the number of a node group's nodes.
type Scaling struct {
	Min     int `json:"minSize"`
	Desired int `json:"desiredSize"`
	Max     int `json:"maxSize"`
}

// UpdateLimits are the nodes of a node group that an update may replace at once: one of the two is set.
type UpdateLimits struct {
	Nodes      int `json:"maxUnavailable"`
	Percentage int `json:"maxUnavailablePercentage"`
}

// NodeGroupOf returns the properties of a node group.
func NodeGroupOf(o *store.Object) *NodeGroup { return store.Decode[NodeGroup](o) }

// inputsOf returns the properties of a node group that its program set, without those that EKS chose.
func inputsOf(o *store.Object) *NodeGroup {
	// The engine has checked the types of inputs.
	inputs, _ := store.As[NodeGroup](o.Inputs)
	return &inputs
}

// defaultImage is the AMI type of a node group that sets none.
const defaultImage = "AL2023_x86_64_STANDARD"

// Kinds returns the resource types of this package.
func Kinds() []*store.Kind { return nodeGroupKinds() }

// Functions returns the functions of this package by their Pulumi tokens.
func Functions() map[string]store.Function {
	return map[string]store.Function{
		"aws:eks/getNodeGroup:getNodeGroup":   getNodeGroup,
		"aws:eks/getNodeGroups:getNodeGroups": getNodeGroups,
	}
}

func nodeGroupKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.NodeGroupType, Name: "nodeGroupName", Tagged: true,
		ForceNew: []string{"amiType", "capacityType", "clusterName", "diskSize", "instanceTypes", "launchTemplate.id", "launchTemplate.name", "nodeGroupName",
			"nodeGroupNamePrefix", "nodeRoleArn", "remoteAccess", "subnetIds"},
		Check:    checkNodeGroup,
		Create:   createNodeGroup,
		Update:   updateNodeGroup,
		Await:    nodesReady,
		Remove:   removeNodeGroup,
		Creation: 130 * time.Second, Deletion: 330 * time.Second,
	}}
}

func checkNodeGroup(in store.Properties) []store.Failure {
	name, known := in["nodeGroupName"].(string)
	failures := NodeGroupName.Failure(known && (len(name) > 63 || name == ""), "nodeGroupName", name)
	taints, _ := in["taints"].([]any)
	return slices.Concat(failures, taintFailures(taints), checkUpdate(in))
}

// checkUpdate refuses an update that is limited by both figures or by none, or by one that is too large.
func checkUpdate(in store.Properties) []store.Failure {
	update, given := in["updateConfig"].(map[string]any)
	number, nodes := update["maxUnavailable"], update["maxUnavailablePercentage"]
	failures := NodeUpdate.Failure(given && (number == nil) == (nodes == nil), "updateConfig")
	for name, value := range update {
		n, known := value.(float64)
		failures = append(failures, NodeUpdateRange.Failure(known && (n < 1 || n > 100), "updateConfig."+name, name, int(n))...)
	}
	return failures
}

func createNodeGroup(c *store.Call, o *store.Object) error {
	group := NodeGroupOf(o)
	cluster, name := group.Cluster, group.Name
	id := cluster + ":" + name
	home, err := eks.ActiveCluster(c.Account, eks.Operation("creating", "EKS Node Group", id, "CreateNodegroup"), cluster)
	if err != nil {
		return err
	}
	groups := c.With(store.NodeGroupType, "clusterName", cluster)
	if err := store.First(
		NodeGroupUnique.When(c.Get(store.NodeGroupType, id) != nil, id, name, cluster),
		NodeGroupQuota.When(len(groups) >= 30, id),
		ScalingFits(NodeScaling, o, id),
		nodeGroupFits(c.Account, o, home, id)); err != nil {
		return err
	}
	o.ID = id
	o.Learn("unique", kms.NewUUID(c.NewID("")))
	showNodeGroup(c.Account, o, home)
	if eks.ClusterOf(home).Access.Mode != "CONFIG_MAP" {
		eks.CreateAccessEntry(c.Account, cluster, group.Role, "EC2_LINUX")
	}
	if err := store.First(userDataFits(c.Account, o), keyPairFits(c.Account, o), publicAddressesAssigned(c.Account, o), ipv6AddressesAssigned(c.Account, o)); err != nil {
		o.Set("status", eks.CreateFailed)
		return err
	}
	return ScaleNodeGroup(c.Account, o, eks.CreateFailed)
}

// publicAddressesAssigned refuses subnets that have a route to an internet gateway and assign no public addresses.
func publicAddressesAssigned(w *store.Account, o *store.Object) error {
	group := NodeGroupOf(o)
	for _, id := range group.Subnets {
		subnet := w.Get(store.SubnetType, id)
		bare := ec2.EgressPathOf(w, subnet).Gateway != nil && !ec2.SubnetOf(subnet).Public
		if err := NodePublicAddress.Unready(bare, o.ID, id, group.Name); err != nil {
			return err
		}
	}
	return nil
}

// ipv6AddressesAssigned refuses subnets that assign no IPv6 addresses in an IPv6 cluster.
func ipv6AddressesAssigned(w *store.Account, o *store.Object) error {
	group := NodeGroupOf(o)
	for _, id := range group.Subnets {
		missing := eks.IsIPv6(w, group.Cluster) && !ec2.SubnetOf(w.Get(store.SubnetType, id)).AssignsIPv6
		if err := NodeIPv6Assigned.Unready(missing, o.ID, id, group.Name); err != nil {
			return err
		}
	}
	return nil
}

// showNodeGroup sets a node group's outputs; the unique part of its ARN is from its creation.
func showNodeGroup(w *store.Account, o, cluster *store.Object) {
	group, inputs, lt := NodeGroupOf(o), inputsOf(o), templateOf(w, o)
	current, disk := eks.ClusterOf(cluster).Version, 20
	if inputs.DiskSize != nil {
		disk = *inputs.DiskSize
	} else if lt != nil {
		disk = 0
	}
	out := store.Properties{
		"arn": w.ARN("eks", "nodegroup/"+cluster.ID+"/"+group.Name+"/"+group.Unique), "nodeGroupNamePrefix": "",
		"amiType": cmp.Or(inputs.Image, defaultImage), "capacityType": cmp.Or(inputs.Capacity, "ON_DEMAND"), "diskSize": disk,
		"instanceTypes": store.AnyOf(instanceTypesOf(w, o)), "labels": store.OrValue(o.Inputs["labels"], map[string]any{}), "status": "ACTIVE",
		"version": cmp.Or(inputs.Version, current), "releaseVersion": cmp.Or(inputs.ReleaseVersion, current+".0-20261101"),
		"updateConfig": store.OrValue(o.Inputs["updateConfig"], map[string]any{"maxUnavailable": 1.0}), "nodeRepairConfig": store.OrValue(o.Inputs["nodeRepairConfig"], map[string]any{"enabled": false}),
		"resources": []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": group.scalingGroup()}}, "remoteAccessSecurityGroupId": ""}},
	}
	if lt != nil {
		out["launchTemplate"] = map[string]any{"id": lt.ID, "name": ec2.LaunchTemplateOf(lt).Name, "version": inputs.Template.Version}
	}
	o.Show(out)
}

// scalingGroup returns the name of the Auto Scaling group that EKS creates for a node group.
func (g *NodeGroup) scalingGroup() string { return "eks-" + g.Name + "-" + g.Unique }

// templateOf returns the launch template of a node group, nil if it has none or it is deleted.
func templateOf(w *store.Account, group *store.Object) *store.Object {
	given := store.MapOf(group.Inputs["launchTemplate"])
	if given == nil {
		return nil
	}
	reference, _ := store.As[TemplateReference](given)
	switch {
	case reference.ID != "":
		return w.Get(store.LaunchTemplateType, reference.ID)
	case reference.Name != "":
		return store.FirstOf(w.With(store.LaunchTemplateType, "name", reference.Name))
	}
	return nil
}

// instanceTypesOf returns the instance types of a node group: its own, its launch template's, or EKS's default.
func instanceTypesOf(w *store.Account, group *store.Object) []string {
	if own := store.Texts(group.Inputs["instanceTypes"]); len(own) > 0 {
		return own
	}
	if lt := templateOf(w, group); lt != nil && ec2.LaunchTemplateOf(lt).InstanceType != "" {
		return []string{ec2.LaunchTemplateOf(lt).InstanceType}
	}
	return []string{"t3.medium"}
}

func updateNodeGroup(c *store.Call, o, old *store.Object) error {
	was := NodeGroupOf(old)
	cluster, err := eks.ActiveCluster(c.Account, eks.Operation("updating", "EKS Node Group", o.ID, "UpdateNodegroupConfig"), NodeGroupOf(o).Cluster)
	if err != nil {
		return err
	}
	o.Inputs["version"] = store.OrText(o.Inputs["version"], was.Version)
	version := NodeGroupOf(o).Version
	if err := store.First(
		NodeGroupActive.When(was.Status == eks.CreateFailed, o.ID),
		NodeGroupBack.When(eks.MinorVersion(version) < eks.MinorVersion(was.Version), o.ID, was.Version, version),
		ScalingFits(NodeRescaling, o, o.ID),
		nodeGroupFits(c.Account, o, cluster, o.ID)); err != nil {
		return err
	}
	showNodeGroup(c.Account, o, cluster)
	o.Retain(old, "updateConfig", "nodeRepairConfig")
	if NodeGroupOf(o).Version == was.Version {
		o.Retain(old, "releaseVersion")
	}
	if err := store.First(userDataFits(c.Account, o), keyPairFits(c.Account, o)); err != nil {
		return err
	}
	// New images and launch templates need new instances; labels and taints are changed on existing ones.
	group := NodeGroupOf(o)
	rolls := group.Version != was.Version || group.ReleaseVersion != was.ReleaseVersion || !reflect.DeepEqual(group.Template, was.Template)
	if rolls {
		if err := store.First(podsEvicted(c.Account, o), rollsInTime(c, o)); err != nil {
			return err
		}
	}
	for _, node := range NodesOf(c.Account, o) {
		if rolls {
			TerminateNode(c.Account, node)
			continue
		}
		relabelNode(node, group, was)
	}
	return ScaleNodeGroup(c.Account, o, Degraded)
}

// relabelNode sets the labels and taints of an existing node to those of its changed node group.
func relabelNode(node *store.Object, group, old *NodeGroup) {
	labels := map[string]any{}
	copyLabels(labels, NodeOf(node).Labels)
	for label := range old.Labels {
		delete(labels, label)
	}
	copyLabels(labels, group.Labels)
	node.SetAt(labels, "metadata", "labels")
	node.SetAt(taintsOf(group), "spec", "taints")
}

// Degraded is the status of a node group that was active and lacks nodes.
const Degraded = "DEGRADED"

// ScaleNodeGroup starts and terminates instances until a node group has its desired size. One that lacks nodes gets the
// given status.
func ScaleNodeGroup(w *store.Account, o *store.Object, lacking string) error {
	group, nodes := NodeGroupOf(o), NodesOf(w, o)
	desired := group.Scaling.Desired
	for len(nodes) > desired {
		TerminateNode(w, nodes[len(nodes)-1])
		nodes = nodes[:len(nodes)-1]
	}
	for range desired - len(nodes) {
		if err := launchInstance(w, o, group); err != nil {
			o.Set("status", lacking)
			return err
		}
	}
	return nil
}

// NodesOf returns the nodes of a node group, by name.
func NodesOf(w *store.Account, group *store.Object) []*store.Object {
	return w.With(store.NodeType, "nodeGroup", group.ID)
}

// ReadyNodes returns the nodes of a cluster that can run pods.
func ReadyNodes(w *store.Account, cluster string) []*store.Object {
	return w.All(store.NodeType, func(o *store.Object) bool { return o.Cluster == cluster && NodeOf(o).Ready })
}

// nodesReady reports whether all nodes of a node group joined their cluster and became ready.
func nodesReady(c *store.Call, o *store.Object) error {
	for _, node := range NodesOf(c.Account, o) {
		if NodeOf(node).Ready {
			continue
		}
		status := eks.CreateFailed
		if NodeGroupOf(o).WasActive {
			status = Degraded
		}
		o.Set("status", status)
		return nodeFault(c.Account, node)
	}
	o.Set("status", "ACTIVE")
	o.Learn("wasActive", true)
	return nil
}

func removeNodeGroup(c *store.Call, o *store.Object) error {
	for _, node := range NodesOf(c.Account, o) {
		TerminateNode(c.Account, node)
	}
	// EKS deletes the access entry that it created, unless another node group of the role still needs it.
	group := NodeGroupOf(o)
	others := c.With(store.NodeGroupType, "clusterName", group.Cluster, func(g *store.Object) bool { return g.ID != o.ID && NodeGroupOf(g).Role == group.Role })
	entry := c.Get(store.AccessEntryType, group.Cluster+":"+group.Role)
	if entry != nil && entry.Owner == "eks" && len(others) == 0 {
		c.Drop(entry)
	}
	return nil
}

// subnetsByRoom returns the subnets of a node group, the one with the fewest of its nodes first, as Auto Scaling
// balances zones.
func subnetsByRoom(w *store.Account, o *store.Object, group *NodeGroup) []*store.Object {
	subnets, _ := ec2.FindSubnets(w, "", group.Subnets)
	count := map[string]int{}
	for _, node := range NodesOf(w, o) {
		count[NodeOf(node).Subnet]++
	}
	slices.SortStableFunc(subnets, func(a, b *store.Object) int {
		return cmp.Or(cmp.Compare(count[a.ID], count[b.ID]), strings.Compare(ec2.SubnetOf(a).Zone, ec2.SubnetOf(b).Zone))
	})
	return subnets
}
