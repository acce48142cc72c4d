package node

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/store"
)

func NodeGroupKinds() []*store.Kind {
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
	cluster, name := o.Text("clusterName"), o.Text("nodeGroupName")
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
	o.Learn("unique", kms.Uuid(c.NewID("")))
	showNodeGroup(c.Account, o, home)
	if home.Text("accessConfig.authenticationMode") != "CONFIG_MAP" {
		eks.Admit(c.Account, cluster, o.Text("nodeRoleArn"), "EC2_LINUX")
	}
	if err := store.First(userDataFits(c.Account, o), publicAddresses(c.Account, o)); err != nil {
		o.Set("status", eks.CreateFailed)
		return err
	}
	return Scale(c.Account, o, eks.CreateFailed)
}

// publicAddresses refuses subnets that have a route to an internet gateway and assign no public addresses.
func publicAddresses(w *store.Account, group *store.Object) error {
	for _, id := range group.Texts("subnetIds") {
		subnet := w.Get(store.SubnetType, id)
		bare := ec2.Egress(w, subnet).Gateway != nil && !subnet.Flag("mapPublicIpOnLaunch")
		if err := NodePublicAddress.Unready(bare, group.ID, id, group.Text("nodeGroupName")); err != nil {
			return err
		}
	}
	return nil
}

// showNodeGroup sets a node group's outputs; the unique part of its ARN is from its creation.
func showNodeGroup(w *store.Account, o, cluster *store.Object) {
	name, unique := o.Text("nodeGroupName"), o.Text("unique")
	disk, template := 20, store.MapOf(o.Inputs["launchTemplate"])
	if o.Inputs["diskSize"] != nil {
		disk = store.Integer(o.Inputs["diskSize"])
	}
	out := store.Properties{
		"arn": w.ARN("eks", "nodegroup/"+cluster.ID+"/"+name+"/"+unique), "nodeGroupNamePrefix": "",
		"amiType": store.OrText(o.Inputs["amiType"], "AL2023_x86_64_STANDARD"), "capacityType": store.OrText(o.Inputs["capacityType"], "ON_DEMAND"),
		"instanceTypes": store.AnyOf(typesOf(w, o)), "labels": store.OrValue(o.Inputs["labels"], map[string]any{}), "status": "ACTIVE",
		"version": store.OrText(o.Inputs["version"], cluster.Text("version")), "releaseVersion": store.OrText(o.Inputs["releaseVersion"], cluster.Text("version")+".0-20261101"),
		"updateConfig": store.OrValue(o.Inputs["updateConfig"], map[string]any{"maxUnavailable": 1.0}), "nodeRepairConfig": store.OrValue(o.Inputs["nodeRepairConfig"], map[string]any{"enabled": false}),
		"resources": []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": scalingGroup(o)}}, "remoteAccessSecurityGroupId": ""}},
	}
	if lt := templateOf(w, o); lt != nil {
		disk = store.Integer(o.Inputs["diskSize"])
		out["launchTemplate"] = map[string]any{"id": lt.ID, "name": lt.Text("name"), "version": template["version"]}
	}
	out["diskSize"] = disk
	o.Show(out)
}

// scalingGroup returns the name of the Auto Scaling group that EKS creates for a node group.
func scalingGroup(group *store.Object) string {
	return "eks-" + group.Text("nodeGroupName") + "-" + group.Text("unique")
}

// templateOf returns the launch template of a node group, nil if it has none or it is deleted.
func templateOf(w *store.Account, group *store.Object) *store.Object {
	given := store.MapOf(group.Inputs["launchTemplate"])
	if id, _ := given["id"].(string); id != "" {
		return w.Get(store.LaunchTemplateType, id)
	}
	if name, _ := given["name"].(string); name != "" {
		for _, o := range w.With(store.LaunchTemplateType, "name", name) {
			return o
		}
	}
	return nil
}

// typesOf returns the instance types of a node group: its own, its launch template's, or EKS's default.
func typesOf(w *store.Account, group *store.Object) []string {
	if own := store.Texts(group.Inputs["instanceTypes"]); len(own) > 0 {
		return own
	}
	if lt := templateOf(w, group); lt != nil && lt.Text("instanceType") != "" {
		return []string{lt.Text("instanceType")}
	}
	return []string{"t3.medium"}
}

func updateNodeGroup(c *store.Call, o, old *store.Object) error {
	cluster, err := eks.ActiveCluster(c.Account, eks.Operation("updating", "EKS Node Group", o.ID, "UpdateNodegroupConfig"), o.Text("clusterName"))
	if err != nil {
		return err
	}
	o.Inputs["version"] = store.OrText(o.Inputs["version"], old.Text("version"))
	if err := store.First(
		NodeGroupActive.When(old.Text("status") == eks.CreateFailed, o.ID),
		NodeGroupBack.When(eks.Minor(o.Text("version")) < eks.Minor(old.Text("version")), o.ID, old.Text("version"), o.Text("version")),
		ScalingFits(NodeRescaling, o, o.ID),
		nodeGroupFits(c.Account, o, cluster, o.ID)); err != nil {
		return err
	}
	showNodeGroup(c.Account, o, cluster)
	o.Retain(old, "updateConfig", "nodeRepairConfig")
	if o.Text("version") == old.Text("version") {
		o.Retain(old, "releaseVersion")
	}
	if err := userDataFits(c.Account, o); err != nil {
		return err
	}
	// New images and launch templates need new instances; labels and taints are changed on existing ones.
	rolls := slices.ContainsFunc([]string{"version", "releaseVersion", "launchTemplate"}, func(p string) bool {
		return iam.JSONText(store.At(o.Outputs, p)) != iam.JSONText(store.At(old.Outputs, p))
	})
	if rolls {
		if err := store.First(emptied(c.Account, o), rollsInTime(c, o)); err != nil {
			return err
		}
	}
	for _, node := range NodesOf(c.Account, o) {
		if rolls {
			Terminate(c.Account, node)
			continue
		}
		relabel(node, o, old)
	}
	return Scale(c.Account, o, Degraded)
}

// relabel sets the labels and taints of an existing node to those of its changed node group.
func relabel(node, group, old *store.Object) {
	labels := maps.Clone(store.MapOf(node.At("metadata.labels")))
	for label := range store.MapOf(old.Outputs["labels"]) {
		delete(labels, label)
	}
	maps.Copy(labels, store.MapOf(group.Outputs["labels"]))
	node.Set("metadata.labels", labels)
	node.Set("spec.taints", taintsOf(group))
}

// Degraded is the status of a node group that was active and lacks nodes.
const Degraded = "DEGRADED"

// Scale starts and terminates instances until a node group has its desired size. One that lacks nodes gets the given
// status.
func Scale(w *store.Account, group *store.Object, lacking string) error {
	desired := group.Number("scalingConfig.desiredSize")
	nodes := NodesOf(w, group)
	for len(nodes) > desired {
		Terminate(w, nodes[len(nodes)-1])
		nodes = nodes[:len(nodes)-1]
	}
	for i := len(nodes); i < desired; i++ {
		if err := launch(w, group, i); err != nil {
			group.Set("status", lacking)
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
	return w.All(store.NodeType, func(o *store.Object) bool { return o.Cluster == cluster && o.Flag("ready") })
}

// wasActive is the fact that the creation of a node group succeeded.
const wasActive = "wasActive"

// nodesReady reports whether all nodes of a node group joined their cluster and became ready.
func nodesReady(c *store.Call, o *store.Object) error {
	for _, node := range NodesOf(c.Account, o) {
		if node.Flag("ready") {
			continue
		}
		o.Set("status", eks.CreateFailed)
		if o.Flag(wasActive) {
			o.Set("status", Degraded)
		}
		return nodeFault(c.Account, node)
	}
	o.Set("status", "ACTIVE")
	o.Learn(wasActive, true)
	return nil
}

func removeNodeGroup(c *store.Call, o *store.Object) error {
	for _, node := range NodesOf(c.Account, o) {
		Terminate(c.Account, node)
	}
	// EKS deletes the access entry that it created, unless another node group of the role still needs it.
	role := o.Text("nodeRoleArn")
	others := c.With(store.NodeGroupType, "clusterName", o.Text("clusterName"), store.Where("nodeRoleArn", role), func(g *store.Object) bool { return g.ID != o.ID })
	entry := c.Get(store.AccessEntryType, o.Text("clusterName")+":"+role)
	if entry != nil && entry.Owner == "eks" && len(others) == 0 {
		c.Drop(entry)
	}
	return nil
}

// subnetsByRoom returns the subnets of a node group, the one with the fewest of its nodes first, as Auto Scaling
// balances zones.
func subnetsByRoom(w *store.Account, group *store.Object) []*store.Object {
	subnets, _ := ec2.SubnetsOf(w, "", group.Texts("subnetIds"))
	count := map[string]int{}
	for _, node := range NodesOf(w, group) {
		count[node.Text("subnetId")]++
	}
	slices.SortStableFunc(subnets, func(a, b *store.Object) int {
		return cmp.Or(cmp.Compare(count[a.ID], count[b.ID]), strings.Compare(a.Text("availabilityZone"), b.Text("availabilityZone")))
	})
	return subnets
}
