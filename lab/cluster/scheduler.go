package cluster

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"

	"eksnet/lab/account"
)

// chooseNode returns the node for a pod: of the nodes that it may run on and that have an address for it, the one with
// the fewest pods of the same Deployment, then the one with the fewest pods, then the first by name.
func chooseNode(pod *corev1.Pod, nodes []account.Node, pods []corev1.Pod) (string, error) {
	best, found := "", [2]int{}
	for _, n := range nodes {
		if may, err := mayRun(pod, n); err != nil {
			return "", err
		} else if !may {
			continue
		}
		if beside, err := isBesideOthers(pod, n, nodes, pods); err != nil {
			return "", err
		} else if !beside {
			continue
		}
		if err := hasRoom(pod, n, pods); err != nil {
			continue
		}
		load := [2]int{}
		for _, other := range pods {
			if other.Spec.NodeName != n.Name {
				continue
			}
			load[1]++
			if isSameDeployment(pod, &other) {
				load[0]++
			}
		}
		if best == "" || slices.Compare(load[:], found[:]) < 0 {
			best, found = n.Name, load
		}
	}
	if best == "" {
		return "", fmt.Errorf("none of %d nodes is suitable: taints, selectors, affinity, or no free address or branch interface", len(nodes))
	}
	return best, nil
}

func isSameDeployment(a, b *corev1.Pod) bool {
	const hash = "pod-template-hash"
	return a.Namespace == b.Namespace && a.Labels[hash] != "" && a.Labels[hash] == b.Labels[hash]
}

// mayRun reports whether taints and node affinity allow a pod on a node, as in the scheduler.
func mayRun(pod *corev1.Pod, n account.Node) (bool, error) {
	node := newNode(n)
	_, repelled := scheduling.FindMatchingUntoleratedTaint(klog.Background(), node.Spec.Taints, pod.Spec.Tolerations, func(t *corev1.Taint) bool {
		return t.Effect != corev1.TaintEffectPreferNoSchedule
	}, false)
	if repelled {
		return false, nil
	}
	return nodeaffinity.GetRequiredNodeAffinity(pod).Match(node)
}

// isBesideOthers reports whether the required affinity to other pods of its namespace allows a pod on a node.
func isBesideOthers(pod *corev1.Pod, n account.Node, nodes []account.Node, pods []corev1.Pod) (bool, error) {
	if pod.Spec.Affinity == nil || pod.Spec.Affinity.PodAffinity == nil {
		return true, nil
	}
	domains := map[string]labels.Set{}
	for _, node := range nodes {
		domains[node.Name] = newNode(node).Labels
	}
	for _, term := range pod.Spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
		selector, err := metav1.LabelSelectorAsSelector(term.LabelSelector)
		if err != nil {
			return false, err
		}
		domain, labelled := domains[n.Name][term.TopologyKey]
		beside := slices.ContainsFunc(pods, func(other corev1.Pod) bool {
			return other.Namespace == pod.Namespace && selector.Matches(labels.Set(other.Labels)) && domains[other.Spec.NodeName][term.TopologyKey] == domain
		})
		if !labelled || !beside {
			return false, nil
		}
	}
	return true, nil
}

// hasRoom returns an error if a node has no address for a further pod.
func hasRoom(pod *corev1.Pod, n account.Node, pods []corev1.Pod) error {
	if wantsBranch(pod) {
		return errors.Join(hasFreePlace(n, pods), hasFreeBranch(n, pods))
	}
	_, err := freeAddress(n, pods)
	return err
}

// hasFreePlace returns an error if a node has as many pods as its kubelet accepts.
func hasFreePlace(n account.Node, pods []corev1.Pod) error {
	running := 0
	for _, pod := range pods {
		if pod.Spec.NodeName == n.Name {
			running++
		}
	}
	if running >= n.MaxPods {
		return fmt.Errorf("node %s has %d pods", n.Name, running)
	}
	return nil
}

// freeAddress returns the first address of a node's interfaces that no pod has.
func freeAddress(n account.Node, pods []corev1.Pod) (string, error) {
	if err := hasFreePlace(n, pods); err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, pod := range pods {
		taken[pod.Status.PodIP] = true
	}
	for _, address := range n.PodIPs {
		if !taken[address] {
			return address, nil
		}
	}
	return "", fmt.Errorf("node %s has no free address", n.Name)
}
