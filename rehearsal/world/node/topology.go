package node

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// checkTopologySpread refuses a node in whose domain one more pod would violate a hard topology spread constraint.
func checkTopologySpread(w *store.Account, node *store.Object, d *appsv1.Deployment) error {
	for _, constraint := range d.Spec.Template.Spec.TopologySpreadConstraints {
		if constraint.WhenUnsatisfiable != corev1.DoNotSchedule {
			continue
		}
		domain, labelled := NodeOf(node).Labels[constraint.TopologyKey]
		counts := countByDomain(w, node.Cluster, d.Namespace, constraint.TopologyKey, constraint.LabelSelector)
		lowest := counts[domain]
		for _, n := range counts {
			lowest = min(lowest, n)
		}
		if err := SpreadHolds.When(!labelled || counts[domain]+1-lowest > int(constraint.MaxSkew)); err != nil {
			return err
		}
	}
	return nil
}

// checkAffinity refuses a node in whose domain there is no pod that matches the new one's affinity. If no domain has
// one, a pod that matches its own affinity may be the first (interpodaffinity, satisfyPodAffinity).
func checkAffinity(w *store.Account, node *store.Object, d *appsv1.Deployment) error {
	affinity := d.Spec.Template.Spec.Affinity
	if affinity == nil || affinity.PodAffinity == nil {
		return nil
	}
	for _, term := range affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
		domain, labelled := NodeOf(node).Labels[term.TopologyKey]
		counts := countByDomain(w, node.Cluster, d.Namespace, term.TopologyKey, term.LabelSelector)
		total := 0
		for _, n := range counts {
			total += n
		}
		own, err := metav1.LabelSelectorAsSelector(term.LabelSelector)
		first := total == 0 && err == nil && own.Matches(labels.Set(d.Spec.Template.Labels))
		if err := TogetherHolds.When(!labelled || counts[domain] == 0 && !first); err != nil {
			return err
		}
	}
	return nil
}

// checkAntiAffinity refuses a node in whose domain there is a pod that matches the new one's anti-affinity.
func checkAntiAffinity(w *store.Account, node *store.Object, d *appsv1.Deployment) error {
	affinity := d.Spec.Template.Spec.Affinity
	if affinity == nil || affinity.PodAntiAffinity == nil {
		return nil
	}
	for _, term := range affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
		domain, labelled := NodeOf(node).Labels[term.TopologyKey]
		counts := countByDomain(w, node.Cluster, d.Namespace, term.TopologyKey, term.LabelSelector)
		if err := ApartHolds.When(labelled && counts[domain] > 0); err != nil {
			return err
		}
	}
	return nil
}

// countByDomain counts the pods that a selector matches in each domain of a topology, including empty domains of ready
// nodes.
func countByDomain(w *store.Account, cluster, namespace, topology string, selector *metav1.LabelSelector) map[string]int {
	counts := map[string]int{}
	for _, o := range kube.ObjectsIn(w, cluster, store.NodeType) {
		node := NodeOf(o)
		domain, labelled := node.Labels[topology]
		if !labelled || !node.Ready {
			continue
		}
		counts[domain] += 0
		for _, pod := range kube.PodsOn(w, o) {
			if kube.Namespace(pod) == namespace && kube.SelectedBy(selector)(pod) {
				counts[domain]++
			}
		}
	}
	return counts
}
