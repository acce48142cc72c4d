package cluster

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"eksnet/lab/account"
)

// drainPatience is how long a drain continues without an eviction. EKS continues for 15 minutes
// (docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html).
const drainPatience = 15 * time.Second

// keepNodes lets the pods of nodes run although their instances are terminated, until forgetNodes.
func (l *Lab) keepNodes(nodes []account.Node) {
	l.leaving.Store(&nodes)
}

// forgetNodes ends the pods of terminated instances.
func (l *Lab) forgetNodes() { l.leaving.Store(nil) }

// runningNodes returns the nodes whose pods run: those of the account, and those that are drained.
func (l *Lab) runningNodes() []account.Node {
	nodes := l.account.Nodes()
	if leaving := l.leaving.Load(); leaving != nil {
		nodes = append(nodes, *leaving...)
	}
	return nodes
}

// drain moves the pods of nodes whose instances the account has terminated, which EKS does before it terminates them.
// Without another node they have no place, and end with their nodes.
func (f *Follower) drain(ctx context.Context, leaving []account.Node) error {
	if len(leaving) == 0 || len(f.account.Nodes()) == 0 {
		return nil
	}
	return evictPods(ctx, f.client, leaving)
}

// evictPods evicts the pods of nodes, and returns when none is left, or drainPatience after the last eviction. The API
// server refuses evictions that a PodDisruptionBudget does not allow yet: those are tried again, so that the pods of a
// Deployment move one after the other.
func evictPods(ctx context.Context, client kubernetes.Interface, nodes []account.Node) error {
	evicted := map[types.UID]bool{}
	for late := time.Now().Add(drainPatience); time.Now().Before(late); {
		pods, err := podsOn(ctx, client, nodes)
		if err != nil || len(pods) == 0 {
			return err
		}
		for _, pod := range pods {
			if evicted[pod.UID] {
				continue
			}
			eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace}}
			switch err := client.PolicyV1().Evictions(pod.Namespace).Evict(ctx, eviction); {
			case err == nil:
				evicted[pod.UID], late = true, time.Now().Add(drainPatience)
			case !apierrors.IsTooManyRequests(err) && !apierrors.IsNotFound(err):
				return fmt.Errorf("eviction of pod %s/%s: %w", pod.Namespace, pod.Name, err)
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollInterval):
		}
	}
	return nil
}

// podsOn returns the pods of nodes.
func podsOn(ctx context.Context, client kubernetes.Interface, nodes []account.Node) (pods []corev1.Pod, err error) {
	list, err := client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("pods: %w", err)
	}
	for _, pod := range list.Items {
		if slices.ContainsFunc(nodes, func(n account.Node) bool { return n.Name == pod.Spec.NodeName }) {
			pods = append(pods, pod)
		}
	}
	return pods, nil
}

// without returns the nodes of a list that are not in another.
func without(nodes, others []account.Node) (rest []account.Node) {
	for _, n := range nodes {
		if !slices.ContainsFunc(others, func(other account.Node) bool { return other.Name == n.Name }) {
			rest = append(rest, n)
		}
	}
	return rest
}
