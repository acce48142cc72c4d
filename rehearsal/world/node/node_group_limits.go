package node

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world/store"
)

var (
	NodeTypesMost = store.NewRule("a node group has at most twenty instance types",
		createNodeGroupOp+"InvalidParameterException: instanceTypes has %d members, and 20 at most are accepted",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
	NodeLabels = store.NewRule("a node group's labels have keys and values of 1 to 63 characters",
		createNodeGroupOp+"InvalidParameterException: Value at 'labels' failed to satisfy constraint: Map %s must satisfy constraint: [Member must have length less than or equal to 63, Member must have length greater than or equal to 1] (%s)",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateLabelsPayload.html; https://github.com/aws/aws-sdk-go-v2/issues/2267")
	NodeTaintSize = store.NewRule("a taint of a node group has a key of 1 to 63 characters",
		"expected length of taint.%d.key to be in the range (1 - 63), got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_Taint.html")
	NodeTaintsMost = store.NewRule("a node group has at most fifty taints",
		"Too many taint blocks: No more than 50 \"taint\" blocks are allowed, got %d",
		"https://docs.aws.amazon.com/eks/latest/userguide/node-taints-managed-node-groups.html")
	NodeTaintsUnique = store.NewRule("a node's taints are unique by key and effect",
		joinFailed+" (the kubelet cannot register: Node is invalid: metadata.taints[%d]: Duplicate value: %q: taints must be unique by key and effect pair)",
		"https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/apis/core/validation/validation.go (validateNodeTaints)")
	NodeStarts = store.NewRule("an instance type can boot its image: AL2023 needs Graviton2 or later",
		joinFailed+" (%s, a %s, does not start: Kernel panic - not syncing: Attempted to kill init!)",
		"https://github.com/amazonlinux/amazon-linux-2023/issues/50")
	NodeVirtualization = store.NewRule("an instance type supports hardware virtualization, which EKS's images need",
		launchFailed+"InvalidParameterCombination - Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this instance type : %s",
		"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html; https://docs.aws.amazon.com/linux/al2023/ug/ec2.html")
)

// limitsFit checks the numbers and lengths of a node group that EKS checks itself.
func limitsFit(w *store.Account, o *store.Object, id string) error {
	types := instanceTypesOf(w, o)
	if err := NodeTypesMost.When(len(types) > 20, id, len(types)); err != nil {
		return err
	}
	for key, value := range NodeGroupOf(o).Labels {
		if err := store.First(
			NodeLabels.When(len(key) > 63 || key == "", id, "keys", key),
			NodeLabels.When(len(value) > 63 || value == "", id, "value", key)); err != nil {
			return err
		}
	}
	return nil
}

// taintFailures returns the provider's failures for a node group's taints.
func taintFailures(taints []any) []store.Failure {
	failures := NodeTaintsMost.Failure(len(taints) > 50, "taints", len(taints))
	for i, t := range taints {
		effect, known := store.MapOf(t)["effect"].(string)
		bad := known && !slices.Contains([]string{"NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"}, effect)
		failures = append(failures, NodeTaint.Failure(bad, "taints", effect)...)
		key, named := store.MapOf(t)["key"].(string)
		failures = append(failures, NodeTaintSize.Failure(named && (len(key) > 63 || key == ""), "taints", i, key)...)
	}
	return failures
}

// taintFault returns why a node cannot register with its node group's taints.
func taintFault(node *store.Object) error {
	n, seen := NodeOf(node), map[[2]string]bool{}
	for i, t := range n.Spec.Taints {
		key, effect := t.Key, string(t.Effect)
		if err := NodeTaintsUnique.Unready(seen[[2]string{key, effect}], n.Group, n.Instance, i, key+":"+effect); err != nil {
			return err
		}
		seen[[2]string{key, effect}] = true
	}
	return nil
}

// generationFault returns why an instance does not boot its image.
func generationFault(w *store.Account, node *store.Object) error {
	n := NodeOf(node)
	group := w.Get(store.NodeGroupType, n.Group)
	old := group != nil && strings.HasPrefix(NodeGroupOf(group).Image, "AL2023_") && strings.HasPrefix(n.Type, "a1.")
	return NodeStarts.Unready(old, n.Group, n.Instance, n.Instance, n.Type)
}

// paravirtualFamilies are the families that only run images for paravirtualization.
var paravirtualFamilies = []string{"c1", "m1", "m2", "t1"}

func paravirtualOnly(kind string) bool {
	family, _, _ := strings.Cut(kind, ".")
	return slices.Contains(paravirtualFamilies, family)
}
