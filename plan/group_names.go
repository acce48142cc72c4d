package plan

import (
	"maps"
	"slices"

	"eksnet/config"
)

// A node group's name is made of the cluster's, its own and seven suffixLength digits; EKS accepts 63 characters
// (EKS API, CreateNodegroup.nodegroupName).
const (
	longestGroupName = 63
	suffixLength     = len("--1a2b3c4")
)

// checkGroupNames refuses names of node groups that are too long.
func checkGroupNames(s *config.Stack, problems *config.Problems) {
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		if length := len(s.Cluster.Name) + len(name) + suffixLength; length > longestGroupName {
			problems.Add(config.In("nodeGroups", name), "the node group would be named %s-%s-1a2b3c4, which has %d characters where EKS accepts %d; shorten it or cluster.name by %d",
				s.Cluster.Name, name, length, longestGroupName, length-longestGroupName)
		}
	}
}
