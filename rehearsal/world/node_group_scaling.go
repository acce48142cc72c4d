package world

import "strconv"

const scalingDocs = "https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html"

var (
	nodeScaling = rule("a node group's desired size is between its minimum and maximum",
		createNodeGroupOp+"InvalidParameterException: %s", scalingDocs)
	nodeRescaling = rule("the desired size that an update of a node group sends is between its new minimum and maximum",
		"updating EKS Node Group (%s) config: operation error EKS: UpdateNodegroupConfig, InvalidParameterException: %s",
		"https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3521; "+scalingDocs)
)

// scalingFits checks the scaling of a new or a changed node group.
func scalingFits(broken Rule, o *Object, id string) error {
	least, desired, most := o.number("scalingConfig.minSize"), o.number("scalingConfig.desiredSize"), o.number("scalingConfig.maxSize")
	n := strconv.Itoa
	return first(
		broken.when(least > desired, id, "Minimum capacity "+n(least)+" can't be greater than desired size "+n(desired)),
		broken.when(desired > most, id, "desired capacity "+n(desired)+" can't be greater than max size "+n(most)),
		broken.when(most < 1, id, "max size "+n(most)+" can't be less than 1"))
}

// ScaleNodeGroup sets the desired size of a node group, as the cluster autoscaler or an operator does; it is identified
// by its cluster and its name on AWS. The size then differs from what any program has sent, and a refresh reports it.
func (w *World) ScaleNodeGroup(cluster, name string, desired int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	group := w.get(nodeGroupType, cluster+":"+name)
	if err := nodeGroupFound.when(group == nil, cluster+":"+name); err != nil || group == nil {
		return err
	}
	scaled := clone(mapOf(group.Inputs["scalingConfig"]))
	scaled["desiredSize"] = float64(desired)
	if err := scalingFits(nodeRescaling, &Object{Inputs: Properties{"scalingConfig": scaled}}, group.ID); err != nil {
		return err
	}
	group.own()
	group.Inputs["scalingConfig"], group.Outputs["scalingConfig"] = scaled, clone(scaled)
	group.written()
	if err := w.scale(group, degraded); err != nil {
		return err
	}
	w.settle()
	return nil
}

// CountNodes returns the number of ready nodes of a node group, which is identified as for ScaleNodeGroup.
func (w *World) CountNodes(cluster, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := 0
	for _, node := range w.readyNodes(cluster) {
		if node.text("nodeGroup") == cluster+":"+name {
			count++
		}
	}
	return count
}
