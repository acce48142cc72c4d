package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"eksnet/lab/account"
)

// podENI is the extended resource of nodes with a trunk interface, which pods with a branch interface request, and the
// annotation in which the VPC resource controller writes the branch interface of a pod
// (github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2, pkg/config/type.go).
const podENI = "vpc.amazonaws.com/pod-eni"

// branchFeature is the feature with which aws-node requests a trunk interface for its node (the same module,
// apis/vpcresources/v1alpha1/cninode_types.go).
const branchFeature = "SecurityGroupsForPods"

// cniNodes are the objects in which aws-node writes the features of its node. The controller creates them.
var cniNodes = schema.GroupVersionResource{Group: "vpcresources.k8s.aws", Version: "v1alpha1", Resource: "cninodes"}

// syncBranchInterfaces does for simulated nodes what aws-node and the kubelet do for branch interfaces: aws-node
// requests a trunk interface where its configuration has ENABLE_POD_ENI (github.com/aws/amazon-vpc-cni-k8s v1.23.2,
// pkg/ipamd/ipamd.go, tryEnableSecurityGroupsForPods), and the kubelet makes the capacity that the controller writes
// allocatable.
func (l *Lab) syncBranchInterfaces(ctx context.Context) {
	if l.Tools.ResourceController == "" {
		return
	}
	if l.wantsTrunks.Load() {
		l.requestTrunks(ctx)
	}
	nodes, err := l.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return
	}
	capacity := map[string]int{}
	for i := range nodes.Items {
		node := &nodes.Items[i]
		count, found := node.Status.Capacity[podENI]
		if !found {
			continue
		}
		capacity[node.Name] = int(count.Value())
		if allocatable := node.Status.Allocatable[podENI]; allocatable.Cmp(count) != 0 {
			node.Status.Allocatable[podENI] = count
			_, _ = l.client.CoreV1().Nodes().UpdateStatus(ctx, node, metav1.UpdateOptions{})
		}
	}
	l.branchCapacity.Store(&capacity)
}

// setWantsTrunks sets whether aws-node requests trunk interfaces, by the CNI's configuration. A feature that it has
// written stays when the configuration changes.
func (l *Lab) setWantsTrunks(configuration []string) {
	l.wantsTrunks.Store(slices.Contains(configuration, "ENABLE_POD_ENI=true"))
}

// requestTrunks adds the feature to the CNINode of each node that lacks it.
func (l *Lab) requestTrunks(ctx context.Context) {
	list, err := l.dynamic.Resource(cniNodes).List(ctx, metav1.ListOptions{})
	if err != nil {
		return
	}
	for _, o := range list.Items {
		features, _, _ := unstructured.NestedSlice(o.Object, "spec", "features")
		if slices.ContainsFunc(features, func(entry any) bool {
			feature, _ := entry.(map[string]any)
			return feature["name"] == branchFeature
		}) {
			continue
		}
		patch, err := json.Marshal(map[string]any{"spec": map[string]any{"features": append(features, map[string]any{"name": branchFeature})}})
		if err == nil {
			_, _ = l.dynamic.Resource(cniNodes).Patch(ctx, o.GetName(), types.MergePatchType, patch, metav1.PatchOptions{})
		}
	}
}

// withBranchCapacity returns nodes with the number of branch interfaces that each may have.
func (l *Lab) withBranchCapacity(nodes []account.Node) []account.Node {
	if capacity := l.branchCapacity.Load(); capacity != nil {
		for i := range nodes {
			nodes[i].BranchInterfaces = (*capacity)[nodes[i].Name]
		}
	}
	return nodes
}

// wantsBranch reports whether a pod gets a branch interface: the controller's webhook adds the request to its first
// container.
func wantsBranch(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool {
		_, wants := c.Resources.Requests[podENI]
		return wants
	})
}

// hasFreeBranch returns an error if a node has no further branch interface for a pod.
func hasFreeBranch(n account.Node, pods []corev1.Pod) error {
	used := 0
	for i := range pods {
		if pods[i].Spec.NodeName == n.Name && wantsBranch(&pods[i]) && pods[i].Status.Phase != corev1.PodSucceeded && pods[i].Status.Phase != corev1.PodFailed {
			used++
		}
	}
	if used >= n.BranchInterfaces {
		return fmt.Errorf("node %s has %d of %d branch interfaces", n.Name, used, n.BranchInterfaces)
	}
	return nil
}

// branchAddress returns the address of a pod's branch interface in the annotation of the VPC resource controller, as
// the CNI reads it (github.com/aws/amazon-vpc-cni-k8s v1.23.2, pkg/ipamd/rpc_handler.go).
func branchAddress(pod *corev1.Pod) (string, error) {
	var interfaces []struct{ PrivateIP, IPv6Addr string }
	text := pod.Annotations[podENI]
	if text == "" {
		return "", fmt.Errorf("pod %s/%s has no branch interface yet", pod.Namespace, pod.Name)
	}
	if err := json.Unmarshal([]byte(text), &interfaces); err != nil || len(interfaces) == 0 {
		return "", fmt.Errorf("annotation %s of pod %s/%s: %s: %w", podENI, pod.Namespace, pod.Name, text, err)
	}
	if interfaces[0].PrivateIP == "" {
		return interfaces[0].IPv6Addr, nil
	}
	return interfaces[0].PrivateIP, nil
}

// podAddress returns the address for a new pod on a node.
func podAddress(pod *corev1.Pod, n account.Node, pods []corev1.Pod) (string, error) {
	if wantsBranch(pod) {
		return branchAddress(pod)
	}
	return freeAddress(n, pods)
}

// branchPatience is how long the lab waits for the deletion of branch interfaces: the controller deletes one 30 s after
// its pod, and looks for such interfaces every 30 s.
const branchPatience = 100 * time.Second

// waitForBranchDeletion waits until the branch interfaces of terminated instances are deleted. On EKS a node is drained
// minutes before it ends, and the controller stops to look at the interfaces of a node one minute after its deletion.
func (f *Follower) waitForBranchDeletion(ctx context.Context, instances []string) error {
	if f.Tools.ResourceController == "" || len(instances) == 0 {
		return nil
	}
	for late := time.After(branchPatience); ; {
		left, err := f.account.BranchInterfaces(ctx, instances)
		if err != nil || len(left) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return fmt.Errorf("the VPC resource controller has not deleted branch interfaces %v of terminated instances after %s", left, branchPatience)
		case <-time.After(pollInterval):
		}
	}
}

func instanceIDs(nodes []account.Node) (ids []string) {
	for _, n := range nodes {
		ids = append(ids, n.InstanceID)
	}
	return ids
}
