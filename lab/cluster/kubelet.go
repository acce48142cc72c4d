package cluster

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/account"
)

// pollInterval is the interval at which the kubelet lists the pods.
const pollInterval = 100 * time.Millisecond

// runKubelet schedules pods and updates their status for all nodes until ctx ends. It keeps no state, so that failed
// operations are retried.
func (l *Lab) runKubelet(ctx context.Context) {
	for tick := time.Tick(pollInterval); ctx.Err() == nil; <-tick {
		list, err := l.client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		if err != nil {
			continue
		}
		for _, c := range l.controllers {
			c.runNewest(ctx, list.Items)
		}
		l.syncBranchInterfaces(ctx)
		nodes := l.runningNodes()
		for i := range list.Items {
			l.syncPod(ctx, &list.Items[i], nodes, list.Items)
		}
	}
}

// syncPod does the next step for a pod. It updates the pod in pods, for the other pods of this round.
func (l *Lab) syncPod(ctx context.Context, pod *corev1.Pod, nodes []account.Node, pods []corev1.Pod) {
	api := l.client.CoreV1().Pods(pod.Namespace)
	switch {
	case pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed:
		if pod.DeletionTimestamp != nil {
			l.deletePod(ctx, pod)
		}
	case pod.DeletionTimestamp != nil, pod.Spec.NodeName != "" && nodeOf(pod, nodes) == nil:
		l.deletePod(ctx, pod)
	case pod.Spec.NodeName == "":
		l.schedule(ctx, pod, l.withBranchCapacity(l.account.Nodes()), pods)
	default:
		status := l.nextStatus(pod, nodes, pods)
		if status == nil && isJobPod(pod) {
			status = l.jobs.sync(ctx, pod)
		}
		if status == nil {
			return
		}
		pod.Status = *status
		if updated, err := api.UpdateStatus(ctx, pod, metav1.UpdateOptions{}); err == nil {
			*pod = *updated
		}
	}
}

// deletePod removes a pod whose containers have ended.
func (l *Lab) deletePod(ctx context.Context, pod *corev1.Pod) {
	l.jobs.stop(pod.UID)
	_ = l.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name,
		metav1.DeleteOptions{GracePeriodSeconds: new(int64), Preconditions: metav1.NewUIDPreconditions(string(pod.UID))})
}

// schedule binds a pod to a node, or writes the reason why it cannot into the pod's status.
func (l *Lab) schedule(ctx context.Context, pod *corev1.Pod, nodes []account.Node, pods []corev1.Pod) {
	api := l.client.CoreV1().Pods(pod.Namespace)
	node, err := chooseNode(pod, nodes, pods)
	if err == nil {
		binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, UID: pod.UID}, Target: corev1.ObjectReference{Kind: "Node", Name: node}}
		if err = api.Bind(ctx, binding, metav1.CreateOptions{}); err == nil || apierrors.IsConflict(err) {
			pod.Spec.NodeName = node
			return
		}
	}
	if setCondition(pod, corev1.PodScheduled, false, err.Error()) {
		_, _ = api.UpdateStatus(ctx, pod, metav1.UpdateOptions{})
	}
}

// nextStatus returns the new status of a pod, nil for no change.
func (l *Lab) nextStatus(pod *corev1.Pod, nodes []account.Node, pods []corev1.Pod) *corev1.PodStatus {
	next := pod.DeepCopy()
	changed := false
	if next.Status.PodIP == "" {
		node := nodeOf(pod, nodes)
		address, err := podAddress(pod, *node, pods)
		if err != nil {
			return nil
		}
		setRunning(next, address, node.Address)
		changed = true
	}
	ready, reason := l.isReady(pod)
	changed = setCondition(next, corev1.ContainersReady, ready, reason) || changed
	if ready {
		ready, reason = hasTrueGates(next)
	}
	if !setCondition(next, corev1.PodReady, ready, reason) && !changed {
		return nil
	}
	for i := range next.Status.ContainerStatuses {
		next.Status.ContainerStatuses[i].Ready = ready
	}
	return &next.Status
}

// isReady reports whether the containers of a pod are ready.
func (l *Lab) isReady(pod *corev1.Pod) (bool, string) {
	for _, c := range l.controllers {
		if ready, reason := c.isReady(pod); !ready {
			return false, reason
		}
	}
	return true, ""
}

// nodeOf returns the node of a pod, nil if it is terminated.
func nodeOf(pod *corev1.Pod, nodes []account.Node) *account.Node {
	i := slices.IndexFunc(nodes, func(n account.Node) bool { return n.Name == pod.Spec.NodeName })
	if i < 0 {
		return nil
	}
	return &nodes[i]
}

// setRunning sets the status of a pod to Running with an address.
func setRunning(pod *corev1.Pod, address, host string) {
	now := metav1.Now()
	s := &pod.Status
	s.Phase, s.StartTime = corev1.PodRunning, &now
	s.PodIP, s.PodIPs = address, []corev1.PodIP{{IP: address}}
	s.HostIP, s.HostIPs = host, []corev1.HostIP{{IP: host}}
	for _, c := range pod.Spec.Containers {
		started := true
		s.ContainerStatuses = append(s.ContainerStatuses, corev1.ContainerStatus{Name: c.Name, Image: c.Image, Started: &started,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}})
	}
	setCondition(pod, corev1.PodScheduled, true, "")
	setCondition(pod, corev1.PodInitialized, true, "")
}

// hasTrueGates reports whether all readiness gates of a pod are true, which is required for a ready pod.
func hasTrueGates(pod *corev1.Pod) (bool, string) {
	for _, gate := range pod.Spec.ReadinessGates {
		i := slices.IndexFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == gate.ConditionType })
		if i < 0 || pod.Status.Conditions[i].Status != corev1.ConditionTrue {
			return false, fmt.Sprintf("readiness gate %s is not true", gate.ConditionType)
		}
	}
	return true, ""
}

// setCondition sets a condition and reports whether it changed.
func setCondition(pod *corev1.Pod, kind corev1.PodConditionType, is bool, message string) bool {
	status := corev1.ConditionFalse
	if is {
		status = corev1.ConditionTrue
	}
	condition := corev1.PodCondition{Type: kind, Status: status, Message: message, LastTransitionTime: metav1.Now()}
	i := slices.IndexFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == kind })
	if i < 0 {
		pod.Status.Conditions = append(pod.Status.Conditions, condition)
		return true
	}
	if before := pod.Status.Conditions[i]; before.Status == status && before.Message == message {
		return false
	}
	pod.Status.Conditions[i] = condition
	return true
}
