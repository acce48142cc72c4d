package world

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

const nodeGroupType = "aws:eks/nodeGroup:NodeGroup"

func nodeGroupKinds() []*kind {
	return []*kind{{
		typ: nodeGroupType, name: "nodeGroupName", tagged: true,
		forceNew: []string{"amiType", "capacityType", "clusterName", "diskSize", "instanceTypes", "launchTemplate.id", "launchTemplate.name", "nodeGroupName",
			"nodeGroupNamePrefix", "nodeRoleArn", "remoteAccess", "subnetIds"},
		check:    checkNodeGroup,
		create:   createNodeGroup,
		update:   updateNodeGroup,
		await:    nodesReady,
		remove:   removeNodeGroup,
		creation: 130 * time.Second, deletion: 330 * time.Second,
	}}
}

func checkNodeGroup(in Properties) []Failure {
	name, known := in["nodeGroupName"].(string)
	failures := nodeGroupName.failure(known && (len(name) > 63 || name == ""), "nodeGroupName", name)
	taints, _ := in["taints"].([]any)
	return slices.Concat(failures, taintFailures(taints), checkUpdate(in))
}

// checkUpdate refuses an update that is limited by both figures or by none, or by one that is too large.
func checkUpdate(in Properties) []Failure {
	update, given := in["updateConfig"].(map[string]any)
	number, nodes := update["maxUnavailable"], update["maxUnavailablePercentage"]
	failures := nodeUpdate.failure(given && (number == nil) == (nodes == nil), "updateConfig")
	for name, value := range update {
		n, known := value.(float64)
		failures = append(failures, nodeUpdateRange.failure(known && (n < 1 || n > 100), "updateConfig."+name, name, int(n))...)
	}
	return failures
}

func createNodeGroup(c *call, o *Object) error {
	cluster, name := o.text("clusterName"), o.text("nodeGroupName")
	id := cluster + ":" + name
	home, err := c.clusterOf(operation("creating", "EKS Node Group", id, "CreateNodegroup"), cluster)
	if err != nil {
		return err
	}
	groups := c.with(nodeGroupType, "clusterName", cluster)
	if err := first(
		nodeGroupUnique.when(c.get(nodeGroupType, id) != nil, id, name, cluster),
		nodeGroupQuota.when(len(groups) >= 30, id),
		scalingFits(nodeScaling, o, id),
		c.nodeGroupFits(o, home, id)); err != nil {
		return err
	}
	o.ID = id
	o.learn("unique", uuid(c.newID("")))
	c.showNodeGroup(o, home)
	if home.text("accessConfig.authenticationMode") != "CONFIG_MAP" {
		c.admit(cluster, o.text("nodeRoleArn"), "EC2_LINUX")
	}
	if err := first(c.userDataFits(o), c.publicAddresses(o)); err != nil {
		o.set("status", createFailed)
		return err
	}
	return c.scale(o, createFailed)
}

// publicAddresses refuses subnets that have a route to an internet gateway and assign no public addresses.
func (w *World) publicAddresses(group *Object) error {
	for _, id := range group.texts("subnetIds") {
		subnet := w.get(subnetType, id)
		bare := w.egress(subnet).Gateway != nil && !subnet.flag("mapPublicIpOnLaunch")
		if err := nodePublicAddress.unready(bare, group.ID, id, group.text("nodeGroupName")); err != nil {
			return err
		}
	}
	return nil
}

// showNodeGroup sets a node group's outputs; the unique part of its ARN is from its creation.
func (w *World) showNodeGroup(o, cluster *Object) {
	name, unique := o.text("nodeGroupName"), o.text("unique")
	disk, template := 20, mapOf(o.Inputs["launchTemplate"])
	if o.Inputs["diskSize"] != nil {
		disk = integer(o.Inputs["diskSize"])
	}
	out := Properties{
		"arn": w.arn("eks", "nodegroup/"+cluster.ID+"/"+name+"/"+unique), "nodeGroupNamePrefix": "",
		"amiType": orText(o.Inputs["amiType"], "AL2023_x86_64_STANDARD"), "capacityType": orText(o.Inputs["capacityType"], "ON_DEMAND"),
		"instanceTypes": anyOf(w.typesOf(o)), "labels": orValue(o.Inputs["labels"], map[string]any{}), "status": "ACTIVE",
		"version": orText(o.Inputs["version"], cluster.text("version")), "releaseVersion": orText(o.Inputs["releaseVersion"], cluster.text("version")+".0-20261101"),
		"updateConfig": orValue(o.Inputs["updateConfig"], map[string]any{"maxUnavailable": 1.0}), "nodeRepairConfig": orValue(o.Inputs["nodeRepairConfig"], map[string]any{"enabled": false}),
		"resources": []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": scalingGroup(o)}}, "remoteAccessSecurityGroupId": ""}},
	}
	if lt := w.templateOf(o); lt != nil {
		disk = integer(o.Inputs["diskSize"])
		out["launchTemplate"] = map[string]any{"id": lt.ID, "name": lt.text("name"), "version": template["version"]}
	}
	out["diskSize"] = disk
	o.show(out)
}

// scalingGroup returns the name of the Auto Scaling group that EKS creates for a node group.
func scalingGroup(group *Object) string {
	return "eks-" + group.text("nodeGroupName") + "-" + group.text("unique")
}

// templateOf returns the launch template of a node group, nil if it has none or it is deleted.
func (w *World) templateOf(group *Object) *Object {
	given := mapOf(group.Inputs["launchTemplate"])
	if id, _ := given["id"].(string); id != "" {
		return w.get(launchTemplateType, id)
	}
	if name, _ := given["name"].(string); name != "" {
		for _, o := range w.with(launchTemplateType, "name", name) {
			return o
		}
	}
	return nil
}

// typesOf returns the instance types of a node group: its own, its launch template's, or EKS's default.
func (w *World) typesOf(group *Object) []string {
	if own := texts(group.Inputs["instanceTypes"]); len(own) > 0 {
		return own
	}
	if lt := w.templateOf(group); lt != nil && lt.text("instanceType") != "" {
		return []string{lt.text("instanceType")}
	}
	return []string{"t3.medium"}
}

func updateNodeGroup(c *call, o, old *Object) error {
	cluster, err := c.clusterOf(operation("updating", "EKS Node Group", o.ID, "UpdateNodegroupConfig"), o.text("clusterName"))
	if err != nil {
		return err
	}
	o.Inputs["version"] = orText(o.Inputs["version"], old.text("version"))
	if err := first(
		nodeGroupActive.when(old.text("status") == createFailed, o.ID),
		nodeGroupBack.when(minor(o.text("version")) < minor(old.text("version")), o.ID, old.text("version"), o.text("version")),
		scalingFits(nodeRescaling, o, o.ID),
		c.nodeGroupFits(o, cluster, o.ID)); err != nil {
		return err
	}
	c.showNodeGroup(o, cluster)
	o.retain(old, "updateConfig", "nodeRepairConfig")
	if o.text("version") == old.text("version") {
		o.retain(old, "releaseVersion")
	}
	if err := c.userDataFits(o); err != nil {
		return err
	}
	// New images and launch templates need new instances; labels and taints are changed on existing ones.
	rolls := slices.ContainsFunc([]string{"version", "releaseVersion", "launchTemplate"}, func(p string) bool {
		return jsonText(at(o.Outputs, p)) != jsonText(at(old.Outputs, p))
	})
	if rolls {
		if err := first(c.emptied(o), c.rollsInTime(o)); err != nil {
			return err
		}
	}
	for _, node := range c.nodesOf(o) {
		if rolls {
			c.terminate(node)
			continue
		}
		relabel(node, o, old)
	}
	return c.scale(o, degraded)
}

// relabel sets the labels and taints of an existing node to those of its changed node group.
func relabel(node, group, old *Object) {
	labels := maps.Clone(mapOf(node.at("metadata.labels")))
	for label := range mapOf(old.Outputs["labels"]) {
		delete(labels, label)
	}
	maps.Copy(labels, mapOf(group.Outputs["labels"]))
	node.set("metadata.labels", labels)
	node.set("spec.taints", taintsOf(group))
}

// degraded is the status of a node group that was active and lacks nodes.
const degraded = "DEGRADED"

// scale starts and terminates instances until a node group has its desired size. One that lacks nodes gets the given
// status.
func (w *World) scale(group *Object, lacking string) error {
	desired := group.number("scalingConfig.desiredSize")
	nodes := w.nodesOf(group)
	for len(nodes) > desired {
		w.terminate(nodes[len(nodes)-1])
		nodes = nodes[:len(nodes)-1]
	}
	for i := len(nodes); i < desired; i++ {
		if err := w.launch(group, i); err != nil {
			group.set("status", lacking)
			return err
		}
	}
	return nil
}

// nodesOf returns the nodes of a node group, by name.
func (w *World) nodesOf(group *Object) []*Object {
	return w.with(nodeType, "nodeGroup", group.ID)
}

// readyNodes returns the nodes of a cluster that can run pods.
func (w *World) readyNodes(cluster string) []*Object {
	return w.all(nodeType, func(o *Object) bool { return o.Cluster == cluster && o.flag("ready") })
}

// wasActive is the fact that the creation of a node group succeeded.
const wasActive = "wasActive"

// nodesReady reports whether all nodes of a node group joined their cluster and became ready.
func nodesReady(c *call, o *Object) error {
	for _, node := range c.nodesOf(o) {
		if node.flag("ready") {
			continue
		}
		o.set("status", createFailed)
		if o.flag(wasActive) {
			o.set("status", degraded)
		}
		return c.nodeFault(node)
	}
	o.set("status", "ACTIVE")
	o.learn(wasActive, true)
	return nil
}

func removeNodeGroup(c *call, o *Object) error {
	for _, node := range c.nodesOf(o) {
		c.terminate(node)
	}
	// EKS deletes the access entry that it created, unless another node group of the role still needs it.
	role := o.text("nodeRoleArn")
	others := c.with(nodeGroupType, "clusterName", o.text("clusterName"), where("nodeRoleArn", role), func(g *Object) bool { return g.ID != o.ID })
	entry := c.get(accessEntryType, o.text("clusterName")+":"+role)
	if entry != nil && entry.Owner == "eks" && len(others) == 0 {
		c.drop(entry)
	}
	return nil
}

// subnetsByRoom returns the subnets of a node group, the one with the fewest of its nodes first, as Auto Scaling
// balances zones.
func (w *World) subnetsByRoom(group *Object) []*Object {
	subnets, _ := w.subnetsOf("", group.texts("subnetIds"))
	count := map[string]int{}
	for _, node := range w.nodesOf(group) {
		count[node.text("subnetId")]++
	}
	slices.SortStableFunc(subnets, func(a, b *Object) int {
		return cmp.Or(cmp.Compare(count[a.ID], count[b.ID]), strings.Compare(a.text("availabilityZone"), b.text("availabilityZone")))
	})
	return subnets
}
