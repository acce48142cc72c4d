package node

import (
	"strconv"

	"eksnet/rehearsal/world/store"
)

const scalingDocs = "https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html"

var (
	NodeScaling = store.NewRule("a node group's desired size is between its minimum and maximum",
		createNodeGroupOp+"InvalidParameterException: %s", scalingDocs)
	NodeRescaling = store.NewRule("the desired size that an update of a node group sends is between its new minimum and maximum",
		"updating EKS Node Group (%s) config: operation error EKS: UpdateNodegroupConfig, InvalidParameterException: %s",
		"https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3521; "+scalingDocs)
)

// ScalingFits checks the scaling of a new or a changed node group.
func ScalingFits(broken store.Rule, o *store.Object, id string) error {
	scaling, n := NodeGroupOf(o).Scaling, strconv.Itoa
	least, desired, most := scaling.Min, scaling.Desired, scaling.Max
	return store.First(
		broken.When(least > desired, id, "Minimum capacity "+n(least)+" can't be greater than desired size "+n(desired)),
		broken.When(desired > most, id, "desired capacity "+n(desired)+" can't be greater than max size "+n(most)),
		broken.When(most < 1, id, "max size "+n(most)+" can't be less than 1"))
}
