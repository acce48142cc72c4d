package world

import (
	"slices"
	"strings"
)

var (
	nodeTypesMost = rule("a node group has at most twenty instance types",
		createNodeGroupOp+"InvalidParameterException: instanceTypes has %d members, and 20 at most are accepted",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
	nodeLabels = rule("a node group's labels have keys and values of 1 to 63 characters",
		createNodeGroupOp+"InvalidParameterException: Value at 'labels' failed to satisfy constraint: Map %s must satisfy constraint: [Member must have length less than or equal to 63, Member must have length greater than or equal to 1] (%s)",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateLabelsPayload.html; https://github.com/aws/aws-sdk-go-v2/issues/2267")
	nodeTaintSize = rule("a taint of a node group has a key of 1 to 63 characters",
		"expected length of taint.%d.key to be in the range (1 - 63), got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_Taint.html")
	nodeTaintsMost = rule("a node group has at most fifty taints",
		"Too many taint blocks: No more than 50 \"taint\" blocks are allowed, got %d",
		"https://docs.aws.amazon.com/eks/latest/userguide/node-taints-managed-node-groups.html")
	nodeTaintsUnique = rule("a node's taints are unique by key and effect",
		joinFailed+" (the kubelet cannot register: Node is invalid: metadata.taints[%d]: Duplicate value: %q: taints must be unique by key and effect pair)",
		"https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/apis/core/validation/validation.go (validateNodeTaints)")
	nodeStarts = rule("an instance type can boot its image: AL2023 needs Graviton2 or later",
		joinFailed+" (%s, a %s, does not start: Kernel panic - not syncing: Attempted to kill init!)",
		"https://github.com/amazonlinux/amazon-linux-2023/issues/50")
	nodeVirtualization = rule("an instance type supports hardware virtualization, which EKS's images need",
		launchFailed+"InvalidParameterCombination - Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this instance type : %s",
		"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html; https://docs.aws.amazon.com/linux/al2023/ug/ec2.html")
)

// limitsFit checks the numbers and lengths of a node group that EKS checks itself.
func (w *World) limitsFit(o *Object, id string) error {
	if err := nodeTypesMost.when(len(w.typesOf(o)) > 20, id, len(w.typesOf(o))); err != nil {
		return err
	}
	for key, value := range mapOf(o.Inputs["labels"]) {
		text, known := value.(string)
		if err := first(
			nodeLabels.when(len(key) > 63 || key == "", id, "keys", key),
			nodeLabels.when(known && (len(text) > 63 || text == ""), id, "value", key)); err != nil {
			return err
		}
	}
	return nil
}

// taintFailures returns the provider's failures for a node group's taints.
func taintFailures(taints []any) []Failure {
	failures := nodeTaintsMost.failure(len(taints) > 50, "taints", len(taints))
	for i, t := range taints {
		effect, known := mapOf(t)["effect"].(string)
		bad := known && !slices.Contains([]string{"NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"}, effect)
		failures = append(failures, nodeTaint.failure(bad, "taints", effect)...)
		key, named := mapOf(t)["key"].(string)
		failures = append(failures, nodeTaintSize.failure(named && (len(key) > 63 || key == ""), "taints", i, key)...)
	}
	return failures
}

// taintFault returns why a node cannot register with its node group's taints.
func taintFault(node *Object) error {
	seen := map[[2]string]bool{}
	for i, t := range listOf(node.at("spec.taints")) {
		key, effect := orText(t["key"], ""), orText(t["effect"], "")
		if err := nodeTaintsUnique.unready(seen[[2]string{key, effect}], node.text("nodeGroup"), node.text("instanceId"), i, key+":"+effect); err != nil {
			return err
		}
		seen[[2]string{key, effect}] = true
	}
	return nil
}

// generationFault returns why an instance does not boot its image.
func (w *World) generationFault(node *Object) error {
	group, kind := w.get(nodeGroupType, node.text("nodeGroup")), node.text("instanceType")
	old := group != nil && strings.HasPrefix(group.text("amiType"), "AL2023_") && strings.HasPrefix(kind, "a1.")
	return nodeStarts.unready(old, node.text("nodeGroup"), node.text("instanceId"), node.text("instanceId"), kind)
}

// paravirtual are the families that only run images for paravirtualization.
var paravirtual = []string{"c1", "m1", "m2", "t1"}

func paravirtualOnly(kind string) bool {
	family, _, _ := strings.Cut(kind, ".")
	return slices.Contains(paravirtual, family)
}
