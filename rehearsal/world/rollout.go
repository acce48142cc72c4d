package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// rollOut starts or stops one pod so that a Deployment's pods come closer to its spec. It reports whether it changed
// anything, and what prevents the next pod from running.
func (w *World) rollOut(o *Object) (bool, error) {
	d := live[appsv1.Deployment](o)
	revision := revisionOf(&d)
	var current, outdated []*Object
	for _, pod := range w.podsOf(o.key()) {
		if pod.text("metadata.labels.pod-template-hash") == revision {
			current = append(current, pod)
		} else {
			outdated = append(outdated, pod)
		}
	}
	wanted := replicasOf(&d)
	surge, unavailable := strategyOf(&d)
	running, available := len(current)+len(outdated), 0
	for _, pod := range slices.Concat(current, outdated) {
		if podReady(pod) {
			available++
		}
	}
	slices.SortStableFunc(outdated, func(a, b *Object) int { return strings.Compare(condition(a, "Ready"), condition(b, "Ready")) })
	defer w.reportStatus(o, &d, revision)
	switch {
	case len(current) > wanted:
		w.endPod(current[len(current)-1])
		return true, nil
	case len(outdated) > 0 && (!podReady(outdated[0]) || available-1 >= wanted-unavailable):
		w.endPod(outdated[0])
		return true, nil
	case len(current) < wanted && running < wanted+surge:
		started, err := w.startPod(o, &d, revision)
		if started {
			noteStarted(o, running >= wanted || len(outdated) > 0)
		}
		return started, err
	}
	return false, nil
}

// podsOf returns the pods of a Deployment, by name.
func (w *World) podsOf(deployment key) []*Object {
	return only(w.lookup(podType, "Deployment", deployment.id, func(pod *Object) []string { return []string{deploymentOf(pod).id} }),
		[]func(*Object) bool{inCluster(deployment.cluster)})
}

// ownerOf returns the name of a pod's Deployment.
func ownerOf(pod *Object) string {
	for _, owner := range pod.meta().GetOwnerReferences() {
		return owner.Name
	}
	return ""
}

// revisionOf returns a hash of the pod template.
func revisionOf(d *appsv1.Deployment) string {
	sum := sha256.Sum256([]byte(compact(d.Spec.Template)))
	return hex.EncodeToString(sum[:])[:10]
}

// strategyOf returns how many pods may be too many and too few during a rollout; the API server's default is a quarter.
func strategyOf(d *appsv1.Deployment) (surge, unavailable int) {
	wanted := replicasOf(d)
	if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return 0, wanted
	}
	quarter := intstr.FromString("25%")
	maxSurge, maxUnavailable := &quarter, &quarter
	if rolling := d.Spec.Strategy.RollingUpdate; rolling != nil {
		if rolling.MaxSurge != nil {
			maxSurge = rolling.MaxSurge
		}
		if rolling.MaxUnavailable != nil {
			maxUnavailable = rolling.MaxUnavailable
		}
	}
	surge, _ = intstr.GetScaledValueFromIntOrPercent(maxSurge, wanted, true)
	unavailable, _ = intstr.GetScaledValueFromIntOrPercent(maxUnavailable, wanted, false)
	if surge == 0 && unavailable == 0 {
		unavailable = 1
	}
	return surge, unavailable
}

// reportStatus writes the numbers of pods, as the controller of Deployments does.
func (w *World) reportStatus(o *Object, d *appsv1.Deployment, revision string) {
	total, updated, available := 0, 0, 0
	for _, pod := range w.podsOf(o.key()) {
		total++
		if podReady(pod) {
			available++
		}
		if podReady(pod) && pod.text("metadata.labels.pod-template-hash") == revision {
			updated++
		}
	}
	_, unavailable := strategyOf(d)
	condition := corev1.ConditionFalse
	if available >= replicasOf(d)-unavailable {
		condition = corev1.ConditionTrue
	}
	noteFewest(o, available)
	o.set("status", map[string]any{
		"replicas": float64(total), "readyReplicas": float64(updated), "updatedReplicas": float64(updated), "availableReplicas": float64(available),
		"conditions": []any{map[string]any{"type": "Available", "status": string(condition)}},
	})
}

// noteFewest records the minimum number of pods of a Deployment since it first had all replicas.
func noteFewest(o *Object, available int) {
	fewest, noted := o.Facts["fewestPods"].(float64)
	switch {
	case !noted && available > 0 && available >= o.number("spec.replicas"):
		o.learn("fewestPods", available)
	case noted && float64(available) < fewest:
		o.learn("fewestPods", available)
	}
}

// CountPods returns the number of ready pods of a Deployment.
func (w *World) CountPods(cluster, namespace, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.find(cluster, deploymentType, identity(namespace, name)); o != nil {
		return o.number("status.availableReplicas")
	}
	return 0
}

// FewestPods returns the minimum number of ready pods of a Deployment since it first had all replicas.
func (w *World) FewestPods(cluster, namespace, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.find(cluster, deploymentType, identity(namespace, name)); o != nil {
		return o.number("fewestPods")
	}
	return 0
}

// startPod schedules one more pod on a node and starts it there; it reports whether it did, or why it could not.
func (w *World) startPod(o *Object, d *appsv1.Deployment, revision string) (bool, error) {
	pod := w.newPod(o, d, revision)
	if err := w.admitPod(pod, d); err != nil {
		return false, fmt.Errorf("[FailedCreate] %w", err)
	}
	if err := w.mutate(builtin(podType), pod, admissionv1.Create); err != nil {
		return false, fmt.Errorf("[FailedCreate] %w", err)
	}
	node, err := w.findNode(o.Cluster, d)
	if err != nil || node == nil {
		return false, err
	}
	address, err := w.startOnNode(node, pod, d, o.Owner)
	if err != nil {
		return false, fmt.Errorf("[Pod %s]: %w", pod.ID, err)
	}
	pod.set("spec.nodeName", node.name())
	pod.set("status", map[string]any{"phase": string(corev1.PodRunning), "podIP": address})
	setConditions(pod, true, "", false)
	w.put(pod)
	return true, nil
}

// newPod returns a pod of a Deployment as its ReplicaSet creates it.
func (w *World) newPod(o *Object, d *appsv1.Deployment, revision string) *Object {
	template := clone(mapOf(o.at("spec.template")))
	labels := mapOf(mapOf(template["metadata"])["labels"])
	labels["pod-template-hash"] = revision
	name := ""
	for n := 0; name == "" || w.find(o.Cluster, podType, identity(o.namespace(), name)) != nil; n++ {
		name = fmt.Sprintf("%s-%s-%d", o.name(), revision, n)
	}
	return &Object{
		Type: podType, Cluster: o.Cluster, Owner: "kubelet", ID: identity(o.namespace(), name),
		Outputs: Properties{
			"apiVersion": "v1", "kind": "Pod",
			"metadata": map[string]any{
				"name": name, "namespace": o.namespace(), "labels": labels,
				"annotations":     mapOf(mapOf(template["metadata"])["annotations"]),
				"ownerReferences": []any{map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": o.name(), "uid": ""}},
			},
			"spec": mapOf(template["spec"]),
		},
	}
}

// endPod terminates a pod and releases its address.
func (w *World) endPod(pod *Object) {
	w.releasePodAddress(pod.text("status.podIP"))
	w.drop(pod)
}

// podReady reports whether a pod receives traffic.
func podReady(pod *Object) bool {
	return condition(pod, string(corev1.PodReady)) == string(corev1.ConditionTrue)
}
