package plan

import (
	"slices"

	"eksnet/config"
)

// CheckUpgrade refuses a Kubernetes version to which EKS does not update an existing cluster: it updates by one minor
// version at a time, and not back (docs.aws.amazon.com/eks/latest/userguide/update-cluster.html). The current version
// is "" if there is no cluster.
func CheckUpgrade(s *config.Stack, current string) config.Problems {
	var problems config.Problems
	to, from := slices.Index(config.Versions, s.Cluster.Version), slices.Index(config.Versions, current) // the newest is first
	if current == "" || to < 0 || from < 0 {
		return problems
	}
	switch step := from - to; {
	case step < 0:
		problems.Add("cluster.version", "%q is older than %s, the version of the existing cluster, and EKS does not downgrade; write %q", s.Cluster.Version, current, current)
	case step > 1:
		problems.Add("cluster.version", "%q is %d minor versions after %s, the version of the existing cluster, and EKS updates by one at a time; write %q and run up first",
			s.Cluster.Version, step, current, config.Versions[from-1])
	}
	return problems
}
