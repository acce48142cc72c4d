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

// pace is how often the kubelet looks at the pods.
const pace = 100 * time.Millisecond

// kubelet is scheduler and kubelet of all nodes until ctx ends. It knows nothing but the pods themselves, so whatever fails is tried again.
func (l *Lab) kubelet(ctx context.Context) {
	for tick := time.Tick(pace); ctx.Err() == nil; <-tick {
		list, err := l.client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		if err != nil {
			continue
		}
		l.controller.follow(ctx, list.Items)
		for i := range list.Items {
			l.tend(ctx, &list.Items[i], list.Items)
		}
	}
}

// tend does for a pod what is next. Pods holds what it does, so that the next pod of this round sees it.
func (l *Lab) tend(ctx context.Context, pod *corev1.Pod, pods []corev1.Pod) {
	api := l.client.CoreV1().Pods(pod.Namespace)
	switch {
	case pod.DeletionTimestamp != nil:
		_ = api.Delete(ctx, pod.Name, metav1.DeleteOptions{GracePeriodSeconds: new(int64), Preconditions: metav1.NewUIDPreconditions(string(pod.UID))})
	case pod.Spec.NodeName == "":
		l.schedule(ctx, pod, pods)
	default:
		status := l.status(pod, pods)
		if status == nil {
			return
		}
		pod.Status = *status
		if updated, err := api.UpdateStatus(ctx, pod, metav1.UpdateOptions{}); err == nil {
			*pod = *updated
		}
	}
}

// schedule binds a pod to a node, or writes into its status why it cannot.
func (l *Lab) schedule(ctx context.Context, pod *corev1.Pod, pods []corev1.Pod) {
	api := l.client.CoreV1().Pods(pod.Namespace)
	node, err := place(pod, l.account.Nodes, pods)
	if err == nil {
		binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, UID: pod.UID}, Target: corev1.ObjectReference{Kind: "Node", Name: node}}
		if err = api.Bind(ctx, binding, metav1.CreateOptions{}); err == nil || apierrors.IsConflict(err) {
			pod.Spec.NodeName = node
			return
		}
	}
	if set(pod, corev1.PodScheduled, false, err.Error()) {
		_, _ = api.UpdateStatus(ctx, pod, metav1.UpdateOptions{})
	}
}

// status is what a pod's should be, nil for what it is.
func (l *Lab) status(pod *corev1.Pod, pods []corev1.Pod) *corev1.PodStatus {
	next := pod.DeepCopy()
	changed := false
	if next.Status.PodIP == "" {
		node := slices.IndexFunc(l.account.Nodes, func(n account.Node) bool { return n.Name == pod.Spec.NodeName })
		if node < 0 {
			return nil
		}
		address, err := addressFor(l.account.Nodes[node], pods)
		if err != nil {
			return nil
		}
		run(next, address, l.account.Nodes[node].PrivateIP)
		changed = true
	}
	ready, reason := l.controller.answersFor(pod)
	changed = set(next, corev1.ContainersReady, ready, reason) || changed
	if ready {
		ready, reason = gatesOpen(next)
	}
	if !set(next, corev1.PodReady, ready, reason) && !changed {
		return nil
	}
	for i := range next.Status.ContainerStatuses {
		next.Status.ContainerStatuses[i].Ready = ready
	}
	return &next.Status
}

// run makes a pod Running at an address.
func run(pod *corev1.Pod, address, host string) {
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
	set(pod, corev1.PodScheduled, true, "")
	set(pod, corev1.PodInitialized, true, "")
}

// gatesOpen tells whether every readiness gate of a pod is true, as a pod is ready only then.
func gatesOpen(pod *corev1.Pod) (bool, string) {
	for _, gate := range pod.Spec.ReadinessGates {
		i := slices.IndexFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == gate.ConditionType })
		if i < 0 || pod.Status.Conditions[i].Status != corev1.ConditionTrue {
			return false, fmt.Sprintf("readiness gate %s is not true", gate.ConditionType)
		}
	}
	return true, ""
}

// set sets a condition and tells whether it was another.
func set(pod *corev1.Pod, kind corev1.PodConditionType, is bool, message string) bool {
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
