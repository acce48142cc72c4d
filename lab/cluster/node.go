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

// syncNodes creates a ready node for each instance, and deletes the nodes of terminated ones.
func (l *Lab) syncNodes(ctx context.Context) error {
	api := l.client.CoreV1().Nodes()
	list, err := api.List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("nodes: %w", err)
	}
	existing, instances := list.Items, l.account.Nodes()
	for _, n := range instances {
		if slices.ContainsFunc(existing, func(node corev1.Node) bool { return node.Name == n.Name }) {
			continue
		}
		made, err := api.Create(ctx, newNode(n), metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
		if l.RunNodes { // the kubelet sets the status
			continue
		}
		version, err := l.client.Discovery().ServerVersion()
		if err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
		made.Status = newNodeStatus(n, version.GitVersion)
		if _, err := api.UpdateStatus(ctx, made, metav1.UpdateOptions{}); err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
	}
	for _, node := range existing {
		if slices.ContainsFunc(instances, func(n account.Node) bool { return n.Name == node.Name }) {
			continue
		}
		if err := api.Delete(ctx, node.Name, metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("node %s: %w", node.Name, err)
		}
	}
	if len(existing) != len(instances) && !l.RunNodes {
		l.logProgress("%d nodes are ready", len(instances))
	}
	return nil
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
