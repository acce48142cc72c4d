package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// restartDeployment replaces the pods of a workload, as kubectl rollout restart does.
func (t *suiteRun) restartDeployment(ctx context.Context, workload string) error {
	patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":%q}}}}}`, time.Now().Format(time.RFC3339))
	_, err := t.cluster.AppsV1().Deployments(workload).Patch(ctx, workload, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

// checkRolledOut returns an error unless a workload has exactly the pods of its Deployment's current template, and all
// are ready.
func (t *suiteRun) checkRolledOut(ctx context.Context, workload string) error {
	d, err := t.cluster.AppsV1().Deployments(workload).Get(ctx, workload, metav1.GetOptions{})
	if err != nil {
		return err
	}
	wanted, s := *d.Spec.Replicas, d.Status
	if s.ObservedGeneration < d.Generation || s.UpdatedReplicas != wanted || s.AvailableReplicas != wanted {
		return fmt.Errorf("workload %s has %d pods of its current template and %d available ones, and needs %d", workload, s.UpdatedReplicas, s.AvailableReplicas, wanted)
	}
	pods, err := t.podsOf(ctx, workload)
	if err == nil && len(pods) != int(wanted) {
		err = fmt.Errorf("workload %s has %d pods, some of which are being deleted, and needs %d", workload, len(pods), wanted)
	}
	return err
}

// podsOf returns all pods of a workload, also those that are being deleted.
func (t *suiteRun) podsOf(ctx context.Context, workload string) ([]corev1.Pod, error) {
	list, err := t.cluster.CoreV1().Pods(workload).List(ctx, metav1.ListOptions{})
	if err == nil && len(list.Items) == 0 {
		err = fmt.Errorf("workload %s has no pod", workload)
	}
	return list.Items, err
}

// deletePod deletes a pod of a workload.
func (t *suiteRun) deletePod(ctx context.Context, workload string) error {
	pods, err := t.podsOf(ctx, workload)
	if err != nil {
		return err
	}
	return t.cluster.CoreV1().Pods(workload).Delete(ctx, pods[0].Name, metav1.DeleteOptions{})
}

// killPods kills the processes of a pod of each workload, and waits until the kubelets have started them again.
func (t *suiteRun) killPods(ctx context.Context) error {
	var killed []corev1.Pod
	for _, w := range disruptedWorkloads {
		pods, err := t.podsOf(ctx, w)
		if err != nil {
			return err
		}
		if err := t.Measurement().KillPod(w, pods[0].Name); err != nil {
			return err
		}
		killed = append(killed, pods[0])
	}
	return waitFor(ctx, func() error {
		for _, k := range killed {
			p, err := t.cluster.CoreV1().Pods(k.Namespace).Get(ctx, k.Name, metav1.GetOptions{})
			if err != nil {
				return err
			}
			if s := p.Status.ContainerStatuses; len(s) == 0 || s[0].RestartCount == 0 || !s[0].Ready {
				return fmt.Errorf("pod %s/%s is not restarted", k.Namespace, k.Name)
			}
		}
		return nil
	})
}

// drainOneNode drains a node as kubectl drain does, waits until the pods run elsewhere, and makes it schedulable again.
func (t *suiteRun) drainOneNode(ctx context.Context) (err error) {
	node, err := t.nodeToDrain(ctx)
	if err != nil {
		return err
	}
	if err := t.setUnschedulable(ctx, node, true); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.setUnschedulable(ctx, node, false)) }()
	evicted, err := t.evictPods(ctx, node)
	if err != nil {
		return fmt.Errorf("node %s: %w", node, err)
	}
	t.note("%d pods of node %s are evicted", evicted, node)
	return t.waitSettled(ctx)
}

// nodeToDrain returns the node with pods of the most workloads, but for that of the leader of the load balancer
// controller's pods. If that one ends, targets are not deregistered until another pod becomes the leader.
func (t *suiteRun) nodeToDrain(ctx context.Context) (most string, err error) {
	leader, err := t.nodeOfLeader(ctx)
	if err != nil {
		return "", err
	}
	number := map[string]int{}
	for _, w := range disruptedWorkloads {
		pods, err := t.podsOf(ctx, w)
		if err != nil {
			return "", err
		}
		nodes := map[string]bool{}
		for _, p := range pods {
			nodes[p.Spec.NodeName] = true
		}
		for node := range nodes {
			number[node]++
		}
	}
	delete(number, leader)
	for _, node := range slices.Sorted(maps.Keys(number)) {
		if number[node] > number[most] {
			most = node
		}
	}
	if most == "" {
		return "", fmt.Errorf("all pods of the workloads are on node %s", leader)
	}
	return most, nil
}

// nodeOfLeader returns the node of the leader of the load balancer controller's pods. A lease has the name of its
// holder's host, which is that of a pod, and an ID behind it.
func (t *suiteRun) nodeOfLeader(ctx context.Context) (string, error) {
	namespace := t.stack.Release.Namespace
	lease, err := t.cluster.CoordinationV1().Leases(namespace).Get(ctx, leaderLease, metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	if lease.Spec.HolderIdentity == nil {
		return "", fmt.Errorf("lease %s/%s has no holder", namespace, leaderLease)
	}
	name, _, _ := strings.Cut(*lease.Spec.HolderIdentity, "_")
	pod, err := t.cluster.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("the holder of lease %s/%s: %w", namespace, leaderLease, err)
	}
	return pod.Spec.NodeName, nil
}

// leaderLease is the lease of the load balancer controller's leader (its flag --leader-election-id).
const leaderLease = "aws-load-balancer-controller-leader"

func (t *suiteRun) setUnschedulable(ctx context.Context, node string, unschedulable bool) error {
	patch := fmt.Sprintf(`{"spec":{"unschedulable":%t}}`, unschedulable)
	_, err := t.cluster.CoreV1().Nodes().Patch(ctx, node, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

// evictPods evicts the pods of a node, but for those of DaemonSets, and waits until they have ended. The API server
// refuses evictions that a PodDisruptionBudget does not allow yet; they are tried again.
func (t *suiteRun) evictPods(ctx context.Context, node string) (evicted int, err error) {
	began := map[types.UID]bool{}
	err = waitWithin(ctx, disruptionPatience, func() error {
		list, err := t.cluster.CoreV1().Pods("").List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=" + node})
		if err != nil {
			return err
		}
		var left error
		for _, p := range list.Items {
			if owner := metav1.GetControllerOf(&p); owner != nil && owner.Kind == "DaemonSet" {
				continue
			}
			left = fmt.Errorf("pod %s/%s is not evicted", p.Namespace, p.Name)
			if began[p.UID] {
				continue
			}
			err := t.cluster.PolicyV1().Evictions(p.Namespace).Evict(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name}})
			switch {
			case err == nil:
				began[p.UID] = true
			case !apierrors.IsTooManyRequests(err) && !apierrors.IsNotFound(err):
				return err
			}
		}
		return left
	})
	return len(began), err
}
