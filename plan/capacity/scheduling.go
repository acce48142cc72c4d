package capacity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// room is what a node has left for pods.
type room struct {
	pods, milliCPU, mib int
	// branches is the number of further pods that can have a security group of their own.
	branches int
	x86      bool
}

// hasRoomFor reports whether a pod of a class fits.
func (r room) hasRoomFor(class podClass) bool {
	return r.pods > 0 && r.milliCPU >= class.requests.MilliCPU && r.mib >= class.requests.MiB && (r.x86 || !class.x86) && (r.branches > 0 || !class.branch)
}

// CheckPods refuses stacks whose pods, at their lowest number, do not fit on the nodes at the desired size of the node
// groups. It does not count nodes with blocking taints. It refuses nothing if an instance type of any group is unknown.
func CheckPods(s *config.Stack, groups []Group, problems *config.Problems) {
	desired, pods := desiredRooms(s, groups), podsOf(s)
	if left := schedule(desired, pods, fewestPods); len(desired) > 0 && left != nil {
		problems.Add("nodeGroups", "%s", shortage(desired, pods, fewestPods, left, "the desired size", "scaling.desired"))
	}
}

// AdviseOnPods warns about two cases that CheckPods accepts: the additional pod of a rollout does not fit at the
// desired size of the node groups, or the highest number of pods does not fit at their max.
func AdviseOnPods(s *config.Stack, groups []Group) []config.Warning {
	const path = "nodeGroups"
	desired, pods := desiredRooms(s, groups), podsOf(s)
	if len(desired) == 0 || schedule(desired, pods, fewestPods) != nil {
		return nil
	}
	largest := rooms(s, groups, func(scaling config.Scaling) int { return scaling.Max })
	var warnings []config.Warning
	if class, stuck := stuckRollout(desired, pods); stuck {
		warnings = append(warnings, config.Warning{Path: path, Text: fmt.Sprintf("a rollout of %s starts a new pod before it ends an old one, and with node groups at the desired size no node has room for it; raise scaling.desired or use larger instance types", class.name)})
	}
	if left := schedule(largest, pods, mostPods); left != nil {
		warnings = append(warnings, config.Warning{Path: path, Text: shortage(largest, pods, mostPods, left, "max", "scaling.max")})
	}
	return warnings
}

func fewestPods(class podClass) int { return class.least }

func mostPods(class podClass) int { return class.most }

func desiredRooms(s *config.Stack, groups []Group) []room {
	return rooms(s, groups, func(scaling config.Scaling) int { return scaling.Desired })
}

// rooms returns what each node without blocking taints has left after the pods that run on every node, for node groups
// of a size. It returns nil if an instance type of any group is unknown.
func rooms(s *config.Stack, groups []Group, size func(config.Scaling) int) (all []room) {
	if len(groups) != len(s.NodeGroups) {
		return nil
	}
	for _, g := range groups {
		group := s.NodeGroups[g.Name]
		if hasBlockingTaint(group) {
			continue
		}
		node := room{
			pods: max(g.MaxPods-podsOnEachNode(s), 0), milliCPU: g.AllocatableMilliCPU - nodeAgentRequests.MilliCPU, mib: g.AllocatableMiB - nodeAgentRequests.MiB,
			branches: g.BranchInterfaces, x86: !config.Arm(group.AMI),
		}
		all = append(all, slices.Repeat([]room{node}, min(max(size(group.Scaling), 0), mostNodesCounted))...)
	}
	return all
}

// podsOnEachNode returns the number of pods that run on every node: those of the CNI and kube-proxy, and with EKS Pod
// Identity its agent, which requests nothing and uses the host network
// (github.com/aws/eks-pod-identity-agent, charts/eks-pod-identity-agent).
func podsOnEachNode(s *config.Stack) int {
	if s.Cluster.Identity == config.PodIdentity {
		return hostPods + 1
	}
	return hostPods
}

// mostNodesCounted limits the work for large groups. A stack's own pods never need so many nodes.
const mostNodesCounted = 2000

// schedule assigns pods to nodes, starting with the pods that fit on the fewest nodes. It returns the first class that
// does not fit, or nil if all pods fit.
func schedule(nodes []room, pods []podClass, count func(podClass) int) *podClass {
	if left := leftOver(nodes, pods, count); len(left) > 0 {
		return &left[0]
	}
	return nil
}

// leftOver assigns pods to nodes and returns the classes that do not fit, in the order in which they were tried.
func leftOver(nodes []room, pods []podClass, count func(podClass) int) (left []podClass) {
	nodes, pods = slices.Clone(nodes), slices.Clone(pods)
	slices.SortStableFunc(pods, func(a, b podClass) int {
		return cmp.Or(boolCompare(b.x86, a.x86), boolCompare(b.branch, a.branch), cmp.Compare(b.requests.MiB, a.requests.MiB), cmp.Compare(b.requests.MilliCPU, a.requests.MilliCPU))
	})
	for _, class := range pods {
		node := 0
		for range count(class) {
			for node < len(nodes) && !nodes[node].hasRoomFor(class) {
				node++
			}
			if node == len(nodes) {
				left = append(left, class)
				break
			}
			nodes[node].pods--
			nodes[node].milliCPU -= class.requests.MilliCPU
			nodes[node].mib -= class.requests.MiB
			if class.branch {
				nodes[node].branches--
			}
		}
	}
	return left
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// stuckRollout returns a class of pods whose rollout needs room for one more pod when there is none. Of the classes
// with the same requests it tries the first.
func stuckRollout(nodes []room, pods []podClass) (podClass, bool) {
	type size struct {
		requests balancer.Requests
		x86      bool
	}
	tried := map[size]bool{}
	for i, class := range pods {
		if !class.surges || class.least == 0 || tried[size{class.requests, class.x86}] {
			continue
		}
		tried[size{class.requests, class.x86}] = true
		more := slices.Clone(pods)
		more[i].least++
		if schedule(nodes, more, fewestPods) != nil {
			return class, true
		}
	}
	return podClass{}, false
}

// shortage returns the text of what is missing if pods do not fit, and what to change.
func shortage(nodes []room, pods []podClass, count func(podClass) int, left *podClass, size, key string) string {
	var needed, offered struct{ pods, milliCPU, mib int }
	for _, class := range pods {
		n := count(class)
		if left.x86 && !class.x86 {
			continue
		}
		needed.pods, needed.milliCPU, needed.mib = needed.pods+n, needed.milliCPU+n*class.requests.MilliCPU, needed.mib+n*class.requests.MiB
	}
	for _, node := range nodes {
		if node.x86 || !left.x86 {
			offered.pods, offered.milliCPU, offered.mib = offered.pods+node.pods, offered.milliCPU+max(node.milliCPU, 0), offered.mib+max(node.mib, 0)
		}
	}
	var short []string
	for _, r := range []struct {
		format          string
		needed, offered int
	}{{"%d pods where %d fit", needed.pods, offered.pods}, {"%dm CPU where %dm is left", needed.milliCPU, offered.milliCPU}, {"%d MiB of memory where %d is left", needed.mib, offered.mib}} {
		if r.needed > r.offered {
			short = append(short, fmt.Sprintf(r.format, r.needed, r.offered))
		}
	}
	if needed, offered := branchesNeeded(pods, count), branchesOf(nodes); left.branch && needed > offered {
		short = append(short, fmt.Sprintf("%d pods with a security group of their own where %d fit", needed, offered))
	}
	if len(short) == 0 {
		short = append(short, fmt.Sprintf("no node has room for another pod of %s, which requests %dm CPU and %d MiB", left.name, left.requests.MilliCPU, left.requests.MiB))
	}
	which := ""
	if left.x86 {
		which = "x86_64 "
	}
	return fmt.Sprintf("the stack's pods do not fit on the %s without taints, with node groups at %s: %s, after what kubelets reserve and the pods of every node request; raise %s, use larger instance types, or lower replicas (kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources)",
		config.Count(countNodes(nodes, left.x86), which+"node", which+"nodes"), size, strings.Join(short, ", "), key)
}

// branchesNeeded returns how many pods have a security group of their own, and branchesOf how many can have one.
func branchesNeeded(pods []podClass, count func(podClass) int) (n int) {
	for _, class := range pods {
		if class.branch {
			n += count(class)
		}
	}
	return n
}

func branchesOf(nodes []room) (n int) {
	for _, node := range nodes {
		n += node.branches
	}
	return n
}

func countNodes(nodes []room, x86 bool) (n int) {
	for _, node := range nodes {
		if node.x86 || !x86 {
			n++
		}
	}
	return n
}
