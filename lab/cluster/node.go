package cluster

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/account"
)

// createNodes creates a node for each instance that has none. The kubelet sets the status of those that run.
func (l *Lab) createNodes(ctx context.Context) error {
	existing, err := l.listNodes(ctx)
	if err != nil {
		return err
	}
	instances := l.account.Nodes()
	created := 0
	for _, n := range instances {
		if slices.ContainsFunc(existing, func(node corev1.Node) bool { return node.Name == n.Name }) {
			continue
		}
		if err := l.createNode(ctx, n); err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
		created++
	}
	if created > 0 && !l.RunNodes {
		l.logProgress("%d nodes are ready", len(instances))
	}
	return nil
}

// createNode creates the node of an instance.
func (l *Lab) createNode(ctx context.Context, n account.Node) error {
	made, err := l.client.CoreV1().Nodes().Create(ctx, newNode(n), metav1.CreateOptions{})
	if err != nil || l.RunNodes {
		return err
	}
	version, err := l.client.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	made.Status = newNodeStatus(n, version.GitVersion)
	_, err = l.client.CoreV1().Nodes().UpdateStatus(ctx, made, metav1.UpdateOptions{})
	return err
}

// deleteNodes deletes the nodes whose instances are terminated.
func (l *Lab) deleteNodes(ctx context.Context) error {
	existing, err := l.listNodes(ctx)
	if err != nil {
		return err
	}
	instances := l.account.Nodes()
	for _, node := range existing {
		if slices.ContainsFunc(instances, func(n account.Node) bool { return n.Name == node.Name }) {
			continue
		}
		if err := l.client.CoreV1().Nodes().Delete(ctx, node.Name, metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("node %s: %w", node.Name, err)
		}
	}
	return nil
}

func (l *Lab) listNodes(ctx context.Context) ([]corev1.Node, error) {
	list, err := l.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("nodes: %w", err)
	}
	return list.Items, nil
}

// newNode returns a node with the labels that a kubelet on EC2 sets and those of the node group.
func newNode(n account.Node) *corev1.Node {
	labels := map[string]string{
		corev1.LabelHostname: n.Name, corev1.LabelOSStable: "linux",
		corev1.LabelTopologyZone: n.Zone, corev1.LabelTopologyRegion: n.Zone[:len(n.Zone)-1],
		corev1.LabelInstanceTypeStable: n.InstanceType,
	}
	for key, value := range n.Labels {
		labels[key] = value
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.Name, Labels: labels}, Spec: corev1.NodeSpec{ProviderID: n.ProviderID}}
	for _, taint := range n.Taints {
		node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: taint.Key, Value: taint.Value, Effect: corev1.TaintEffect(taint.Effect)})
	}
	return node
}

// newNodeStatus returns the status of a ready node whose kubelet has the version of the API server. istiod reads it:
// only for kubelets from 1.33 on does it inject proxies that start before the application.
func newNodeStatus(n account.Node, version string) corev1.NodeStatus {
	room := corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(int64(n.MaxPods), resource.DecimalSI)}
	return corev1.NodeStatus{
		Capacity: room, Allocatable: room, NodeInfo: corev1.NodeSystemInfo{KubeletVersion: version, OperatingSystem: "linux"},
		Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeInternalIP, Address: n.Address},
			{Type: corev1.NodeHostName, Address: n.Name},
			{Type: corev1.NodeInternalDNS, Address: n.Name},
		},
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady",
			LastHeartbeatTime: metav1.Now(), LastTransitionTime: metav1.Now()}},
	}
}
