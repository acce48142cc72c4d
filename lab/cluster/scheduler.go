package cluster

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"

	"eksnet/lab/account"
)

// place finds the node for a pod: of those that it may run on and that have an address for it, the one with the fewest pods of its kind, then
// the one with the fewest pods, then the first by name.
func place(pod *corev1.Pod, nodes []account.Node, pods []corev1.Pod) (string, error) {
	best, found := "", [2]int{}
	for _, n := range nodes {
		if may, err := mayRun(pod, n); err != nil {
			return "", err
		} else if !may {
			continue
		}
		if _, err := addressFor(n, pods); err != nil {
			continue
		}
		load := [2]int{}
		for _, other := range pods {
			if other.Spec.NodeName != n.Name {
				continue
			}
			load[1]++
			if sameKind(pod, &other) {
				load[0]++
			}
		}
		if best == "" || slices.Compare(load[:], found[:]) < 0 {
			best, found = n.Name, load
		}
	}
	if best == "" {
		return "", fmt.Errorf("none of %d nodes takes it: taints, selectors, or no address left", len(nodes))
	}
	return best, nil
}

func sameKind(a, b *corev1.Pod) bool {
	const hash = "pod-template-hash"
	return a.Namespace == b.Namespace && a.Labels[hash] != "" && a.Labels[hash] == b.Labels[hash]
}

// mayRun asks taints and node affinity as the scheduler does.
func mayRun(pod *corev1.Pod, n account.Node) (bool, error) {
	node := nodeOf(n)
	_, repelled := scheduling.FindMatchingUntoleratedTaint(klog.Background(), node.Spec.Taints, pod.Spec.Tolerations, func(t *corev1.Taint) bool {
		return t.Effect != corev1.TaintEffectPreferNoSchedule
	}, false)
	if repelled {
		return false, nil
	}
	return nodeaffinity.GetRequiredNodeAffinity(pod).Match(node)
}

// addressFor is the first address of a node's interfaces that no pod has.
func addressFor(n account.Node, pods []corev1.Pod) (string, error) {
	taken, running := map[string]bool{}, 0
	for _, pod := range pods {
		taken[pod.Status.PodIP] = true
		if pod.Spec.NodeName == n.Name {
			running++
		}
	}
	if running < n.MaxPods {
		for _, address := range n.PodIPs {
			if !taken[address] {
				return address, nil
			}
		}
	}
	return "", fmt.Errorf("node %s has %d pods and no address for another", n.Name, running)
}
