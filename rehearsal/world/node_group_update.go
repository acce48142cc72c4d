package world

import "time"

const (
	// groupUpdates is how long the provider waits for an update of a node group
	// (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/node_group.go, Timeouts).
	groupUpdates = time.Hour
	// nodeStartTime is the longest time in which a new node joins.
	nodeStartTime = 5 * time.Minute
)

var groupRolls = rule("an update of a node group ends before the provider stops waiting",
	"waiting for EKS Node Group (%s) version update: timeout while waiting for state to become 'Successful' (last state: 'InProgress', timeout: %s)",
	"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/node_group.go; "+
		"https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html")

// rollsInTime refuses an update that takes longer than the provider waits. EKS replaces as many nodes at once as the
// update's settings allow, and waits for the pods of each.
func (c *call) rollsInTime(group *Object) error {
	nodes := c.nodesOf(group)
	if len(nodes) == 0 {
		return nil
	}
	longest := time.Duration(0)
	for _, node := range nodes {
		for _, pod := range c.podsOn(node) {
			longest = max(longest, time.Duration(pod.number("spec.terminationGracePeriodSeconds"))*time.Second)
		}
	}
	atOnce := max(group.number("updateConfig.maxUnavailable"), len(nodes)*group.number("updateConfig.maxUnavailablePercentage")/100, 1)
	steps := (len(nodes) + atOnce - 1) / atOnce
	takes, limit := time.Duration(steps)*(nodeStartTime+longest), c.timeout(groupUpdates)
	return caused(groupRolls.when(takes > limit, group.ID, limit),
		explain("%d nodes are replaced in %d steps, each of up to %s for a new node and %s for the termination of pods", len(nodes), steps, nodeStartTime, longest))
}
