package cluster

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/account"
)

// createNodes creates a ready node for each instance.
func (l *Lab) createNodes(ctx context.Context) error {
	for _, n := range l.account.Nodes() {
		made, err := l.client.CoreV1().Nodes().Create(ctx, newNode(n), metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
		made.Status = newNodeStatus(n)
		if _, err := l.client.CoreV1().Nodes().UpdateStatus(ctx, made, metav1.UpdateOptions{}); err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
	}
	l.logProgress("%d nodes are ready", len(l.account.Nodes()))
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

func newNodeStatus(n account.Node) corev1.NodeStatus {
	room := corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(int64(n.MaxPods), resource.DecimalSI)}
	return corev1.NodeStatus{
		Capacity: room, Allocatable: room,
		Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeInternalIP, Address: n.PrivateIP},
			{Type: corev1.NodeHostName, Address: n.Name},
			{Type: corev1.NodeInternalDNS, Address: n.Name},
		},
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady",
			LastHeartbeatTime: metav1.Now(), LastTransitionTime: metav1.Now()}},
	}
}
