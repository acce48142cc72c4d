package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/lab/rehearsed"
)

// podGroupsSuite checks what EKS's VPC resource controller does for a stack with security groups for pods.
func podGroupsSuite() suite {
	return suite{title: "with security groups for pods", applies: (*rehearsed.Stack).HasPodSecurityGroups, steps: []step{
		{"each node has a trunk interface, and the branch interfaces of its instance type", checkTrunks},
		{"the pods of a SecurityGroupPolicy have branch interfaces with its security groups, and other pods have none", checkBranches},
		{"a policy for pods that exist takes effect when they are created again", checkLaterPolicy},
		{"only the controller may write the branch interface of a pod", checkAnnotation},
		{"the branch interfaces of deleted pods are deleted", checkBranchDeletion},
	}}
}

// policyKind is the kind of a SecurityGroupPolicy.
const policyKind = "SecurityGroupPolicy"

// branchPatience is the time in which a branch interface is deleted. In the lab the controller waits for 30 s, and
// looks for such interfaces every 30 s.
const branchPatience = 2 * time.Minute

// checkTrunks compares the interfaces of each instance, and the capacity of its node.
func checkTrunks(ctx context.Context, t *suiteRun) error {
	return waitFor(ctx, func() error {
		trunks, err := networkInterfaces(ctx, t.Account(), trunkInterface)
		if err != nil {
			return err
		}
		for _, n := range t.stack.Nodes {
			count := 0
			for _, i := range trunks {
				if i.Attachment != nil && stringValue(i.Attachment.InstanceId) == n.InstanceID {
					count++
				}
			}
			if count != 1 {
				return fmt.Errorf("node %s has %d trunk interfaces", n.Name, count)
			}
			node, err := t.cluster.CoreV1().Nodes().Get(ctx, n.Name, metav1.GetOptions{})
			if err != nil {
				return err
			}
			wanted, allocatable := awsdata.BranchInterfaces(n.InstanceType), node.Status.Allocatable[podENI]
			if allocatable.Value() != int64(wanted) {
				return fmt.Errorf("node %s has a capacity of %d branch interfaces, and type %s has %d", n.Name, allocatable.Value(), n.InstanceType, wanted)
			}
		}
		return nil
	})
}

// checkBranches waits until the pods of the cluster have the branch interfaces of its policies.
func checkBranches(ctx context.Context, t *suiteRun) error {
	return waitFor(ctx, func() error {
		pods, err := t.cluster.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		policies, err := t.policies(ctx)
		if err != nil {
			return err
		}
		branches, err := branchesByID(ctx, t.Account())
		if err != nil {
			return err
		}
		t.notes = nil
		found := 0
		for i := range pods.Items {
			groups, err := groupsFor(&pods.Items[i], policies)
			if err != nil {
				return err
			}
			if err := checkBranch(&pods.Items[i], groups, branches); err != nil {
				return err
			}
			if len(groups) > 0 {
				found++
			}
		}
		t.note("%d of %d pods have a branch interface, by %s", found, len(pods.Items), config.Count(len(policies), "policy", "policies"))
		return nil
	})
}

func (t *suiteRun) policies(ctx context.Context) ([]unstructured.Unstructured, error) {
	resource, err := t.resource(newPolicy("", "", nil, nil))
	if err != nil {
		return nil, err
	}
	list, err := resource.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

// groupsFor returns the security groups of the policies that select a pod. The stack's policies select pods by labels.
func groupsFor(pod *corev1.Pod, policies []unstructured.Unstructured) (groups []string, err error) {
	for _, p := range policies {
		selected, found, err := unstructured.NestedStringMap(p.Object, "spec", "podSelector", "matchLabels")
		if err != nil || !found {
			return nil, fmt.Errorf("%s does not select pods by labels: %w", objectTitle(&p), err)
		}
		if p.GetNamespace() != pod.Namespace || !labels.SelectorFromSet(selected).Matches(labels.Set(pod.Labels)) {
			continue
		}
		ids, _, err := unstructured.NestedStringSlice(p.Object, "spec", "securityGroups", "groupIds")
		if err != nil {
			return nil, err
		}
		groups = append(groups, ids...)
	}
	return sortedCopy(groups), nil
}

// checkBranch returns an error unless a pod has a branch interface with these security groups, or none for no groups.
func checkBranch(pod *corev1.Pod, groups []string, branches map[string]ec2types.NetworkInterface) error {
	title := "pod " + pod.Namespace + "/" + pod.Name
	id, address, err := branchOf(pod)
	switch {
	case err != nil:
		return err
	case len(groups) == 0 && id != "":
		return fmt.Errorf("%s has branch interface %s, and no policy selects it", title, id)
	case len(groups) == 0:
		return nil
	case id == "":
		return fmt.Errorf("%s has no branch interface, and security groups %s", title, strings.Join(groups, " "))
	}
	branch, found := branches[id]
	if !found {
		return fmt.Errorf("%s has branch interface %s, which does not exist", title, id)
	}
	has := groupIDs(branch)
	switch {
	case !slices.Equal(sortedCopy(has), groups):
		return fmt.Errorf("%s has a branch interface with security groups %s, and the policies %s", title, strings.Join(has, " "), strings.Join(groups, " "))
	case pod.Status.PodIP != address || stringValue(branch.PrivateIpAddress) != address:
		return fmt.Errorf("%s has address %s, and its branch interface %s", title, pod.Status.PodIP, address)
	case ec2Tags(branch.TagSet)[trunkTag] == "":
		return fmt.Errorf("branch interface %s of %s has no trunk interface", id, title)
	}
	return nil
}

// newPolicy returns a policy for pods with labels.
func newPolicy(namespace, name string, selected map[string]string, groups []string) *unstructured.Unstructured {
	chosen, ids := map[string]any{}, []any{}
	for key, value := range selected {
		chosen[key] = value
	}
	for _, id := range groups {
		ids = append(ids, id)
	}
	o := newObject("vpcresources.k8s.aws/v1beta1", policyKind, namespace, name, nil)
	o.Object["spec"] = map[string]any{"podSelector": map[string]any{"matchLabels": chosen}, "securityGroups": map[string]any{"groupIds": ids}}
	return o
}

// checkLaterPolicy creates a policy for a workload that has none, with the cluster's security group, and deletes it
// again.
func checkLaterPolicy(ctx context.Context, t *suiteRun) error {
	w, err := t.withoutPolicy(ctx)
	if err != nil {
		return err
	}
	policy := newPolicy(w, "later", map[string]string{nameLabel: w}, []string{t.stack.Cluster.SecurityGroup})
	if err := t.create(ctx, policy); err != nil {
		return err
	}
	if err := pause(ctx, quietPeriod); err != nil {
		return err
	}
	pods, err := t.podsOf(ctx, w)
	if err != nil {
		return err
	}
	for i := range pods {
		if id, _, err := branchOf(&pods[i]); err != nil || id != "" {
			return errors.Join(err, fmt.Errorf("pod %s/%s, which is older than the policy, has branch interface %s", w, pods[i].Name, id))
		}
	}
	if err := errors.Join(t.replacePods(ctx, w), checkBranches(ctx, t)); err != nil {
		return err
	}
	if err := t.startDelete(ctx, policy); err != nil {
		return err
	}
	return errors.Join(t.waitForDeletion(ctx, []*unstructured.Unstructured{policy}), t.replacePods(ctx, w), checkBranches(ctx, t))
}

// withoutPolicy returns a workload behind a load balancer with ip targets that no policy selects.
func (t *suiteRun) withoutPolicy(ctx context.Context) (string, error) {
	policies, err := t.policies(ctx)
	if err != nil {
		return "", err
	}
	for _, w := range t.stack.Plan.Workloads {
		if w.Target == config.TargetIP && w.Balanced() && !slices.ContainsFunc(policies, func(p unstructured.Unstructured) bool { return p.GetNamespace() == w.Name }) {
			return w.Name, nil
		}
	}
	return "", &skipped{errors.New("each workload with ip targets has a policy")}
}

// replacePods restarts a workload, and waits until its new pods are ready.
func (t *suiteRun) replacePods(ctx context.Context, workload string) error {
	if err := t.restartDeployment(ctx, workload); err != nil {
		return err
	}
	return waitWithin(ctx, replacementPatience, func() error { return t.checkRolledOut(ctx, workload) })
}

func checkAnnotation(ctx context.Context, t *suiteRun) error {
	pods, err := t.cluster.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	if len(pods.Items) == 0 {
		return errors.New("the cluster has no pod")
	}
	pod, patch := pods.Items[0], fmt.Sprintf(`{"metadata":{"annotations":{%q:"[]"}}}`, podENI)
	_, err = t.cluster.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	if err == nil || !strings.Contains(err.Error(), "annotation is not set by vpc-resource-controller") {
		return fmt.Errorf("annotation of pod %s/%s: not refused by the controller's webhook: %v", pod.Namespace, pod.Name, err)
	}
	return nil
}

// checkBranchDeletion waits until each branch interface belongs to a pod.
func checkBranchDeletion(ctx context.Context, t *suiteRun) error {
	return waitWithin(ctx, branchPatience, func() error {
		branches, err := branchesByID(ctx, t.Account())
		if err != nil {
			return err
		}
		pods, err := t.cluster.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range pods.Items {
			id, _, err := branchOf(&pods.Items[i])
			if err != nil {
				return err
			}
			delete(branches, id)
		}
		if len(branches) > 0 {
			return fmt.Errorf("branch interfaces that belong to no pod: %s", strings.Join(slices.Sorted(maps.Keys(branches)), " "))
		}
		return nil
	})
}
