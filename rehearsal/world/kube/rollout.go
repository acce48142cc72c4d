package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/rehearsal/world/store"
)

// RollOut starts or stops one pod so that a Deployment's pods come closer to its spec. It reports whether it changed
// anything, and what prevents the next pod from running.
func RollOut(w *store.Account, o *store.Object) (bool, error) {
	d := Live[appsv1.Deployment](o)
	revision := revisionOf(&d)
	var current, outdated []*store.Object
	for _, pod := range PodsOf(w, o.Key()) {
		if textOf(pod, "metadata", "labels", revisionLabel) == revision {
			current = append(current, pod)
		} else {
			outdated = append(outdated, pod)
		}
	}
	wanted := replicasOf(&d)
	surge, unavailable := strategyOf(&d)
	running, available := len(current)+len(outdated), 0
	for _, pod := range slices.Concat(current, outdated) {
		if PodReady(pod) {
			available++
		}
	}
	slices.SortStableFunc(outdated, func(a, b *store.Object) int {
		return strings.Compare(PodCondition(a, "Ready"), PodCondition(b, "Ready"))
	})
	defer reportStatus(w, o, &d, revision)
	switch {
	case len(current) > wanted:
		EndPod(w, current[len(current)-1])
		return true, nil
	case len(outdated) > 0 && (!PodReady(outdated[0]) || available-1 >= wanted-unavailable):
		EndPod(w, outdated[0])
		return true, nil
	case len(current) < wanted && running < wanted+surge:
		started, err := startPod(w, o, &d, revision)
		if started {
			noteStarted(o, running >= wanted || len(outdated) > 0)
		}
		return started, err
	}
	return false, nil
}

// PodsOf returns the pods of a Deployment, by name.
func PodsOf(w *store.Account, deployment store.Key) []*store.Object {
	return store.Filter(w.Lookup(store.PodType, "Deployment", deployment.ID, func(pod *store.Object) []string { return []string{DeploymentOf(pod).ID} }),
		[]func(*store.Object) bool{InCluster(deployment.Cluster)})
}

// OwnerOf returns the name of a pod's Deployment.
func OwnerOf(pod *store.Object) string {
	for _, owner := range Meta(pod).GetOwnerReferences() {
		return owner.Name
	}
	return ""
}

// revisionLabel is the label of a pod with the hash of its template.
const revisionLabel = "pod-template-hash"

// revisionOf returns a hash of the pod template.
func revisionOf(d *appsv1.Deployment) string {
	sum := sha256.Sum256([]byte(CompactJSON(d.Spec.Template)))
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

// revisionAnnotation is the annotation with the number of a Deployment's pod template, which is one higher with each
// change (kubernetes.io/docs/concepts/workloads/controllers/deployment, Checking Rollout History).
const revisionAnnotation = "deployment.kubernetes.io/revision"

// numberRevision writes the annotation.
func numberRevision(o *store.Object, revision string) {
	number, _ := o.Facts["revision"].(float64)
	if o.Facts["template"] != revision {
		number++
		o.Learn("template", revision)
		o.Learn("revision", number)
	}
	o.SetAt(fmt.Sprintf("%.0f", number), "metadata", "annotations", revisionAnnotation)
}

// reportStatus writes the numbers of pods, as the controller of Deployments does.
func reportStatus(w *store.Account, o *store.Object, d *appsv1.Deployment, revision string) {
	numberRevision(o, revision)
	total, updated, available := 0, 0, 0
	for _, pod := range PodsOf(w, o.Key()) {
		total++
		if PodReady(pod) {
			available++
		}
		if PodReady(pod) && textOf(pod, "metadata", "labels", revisionLabel) == revision {
			updated++
		}
	}
	_, unavailable := strategyOf(d)
	condition := corev1.ConditionFalse
	if available >= replicasOf(d)-unavailable {
		condition = corev1.ConditionTrue
	}
	noteFewest(o, available, replicasOf(d))
	o.Set("status", map[string]any{
		"replicas": float64(total), "readyReplicas": float64(updated), "updatedReplicas": float64(updated), "availableReplicas": float64(available),
		"conditions": []any{map[string]any{"type": "Available", "status": string(condition)}},
	})
}

// noteFewest records the minimum number of pods of a Deployment since it first had all replicas.
func noteFewest(o *store.Object, available, wanted int) {
	fewest := rolloutOf(o).Fewest
	switch {
	case fewest == nil && available > 0 && available >= wanted:
		o.Learn("fewestPods", available)
	case fewest != nil && available < *fewest:
		o.Learn("fewestPods", available)
	}
}

// rollout holds the facts of a Deployment about its pods.
type rollout struct {
	Started  int  `json:"startedPods"`  // since the last wait for the Deployment
	Replaced int  `json:"replacedPods"` // of the started ones, those in place of older ones
	Fewest   *int `json:"fewestPods"`   // that were ready since it first had all replicas
}

// rolloutOf returns what is known of the pods of a Deployment.
func rolloutOf(o *store.Object) rollout {
	facts, _ := store.As[rollout](o.Facts)
	return facts
}

// FewestPods returns the minimum number of ready pods of a Deployment since it first had all replicas.
func FewestPods(o *store.Object) int {
	if fewest := rolloutOf(o).Fewest; fewest != nil {
		return *fewest
	}
	return 0
}

// startPod schedules one more pod on a node and starts it there; it reports whether it did, or why it could not.
func startPod(w *store.Account, o *store.Object, d *appsv1.Deployment, revision string) (bool, error) {
	pod := newPod(w, o, d, revision)
	if err := admitPod(w, pod, d); err != nil {
		return false, fmt.Errorf("[FailedCreate] %w", err)
	}
	if err := CallMutatingWebhooks(w, BuiltinType(store.PodType), pod, admissionv1.Create); err != nil {
		return false, fmt.Errorf("[FailedCreate] %w", err)
	}
	nodes.AdmitPod(w, pod)
	admitted := *d
	admitted.Spec.Template.Spec = Live[corev1.Pod](pod).Spec // with what webhooks have added
	node, err := nodes.FindNode(w, o.Cluster, &admitted)
	if err != nil || node == nil {
		return false, err
	}
	address, err := nodes.StartPod(w, node, pod, &admitted, o.Owner)
	if err != nil {
		return false, fmt.Errorf("[Pod %s]: %w", pod.ID, err)
	}
	noteAssociation(w, pod, &admitted.Spec.Template.Spec)
	pod.SetAt(Name(node), "spec", "nodeName")
	pod.Set("status", map[string]any{"phase": string(corev1.PodRunning), "podIP": address})
	SetConditions(pod, true, "", false)
	w.Put(pod)
	return true, nil
}

// newPod returns a pod of a Deployment as its ReplicaSet creates it.
func newPod(w *store.Account, o *store.Object, d *appsv1.Deployment, revision string) *store.Object {
	template := store.Clone(store.MapOf(fieldOf(o, "spec", "template")))
	labels := store.MapOf(store.MapOf(template["metadata"])["labels"])
	labels[revisionLabel] = revision
	name := ""
	for n := 0; name == "" || w.Find(o.Cluster, store.PodType, ObjectID(Namespace(o), name)) != nil; n++ {
		name = fmt.Sprintf("%s-%s-%d", Name(o), revision, n)
	}
	return &store.Object{
		Type: store.PodType, Cluster: o.Cluster, Owner: "kubelet", ID: ObjectID(Namespace(o), name),
		Outputs: store.Properties{
			"apiVersion": "v1", "kind": "Pod",
			"metadata": map[string]any{
				"name": name, "namespace": Namespace(o), "labels": labels,
				"annotations":     store.MapOf(store.MapOf(template["metadata"])["annotations"]),
				"ownerReferences": []any{map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": Name(o), "uid": ""}},
			},
			"spec": store.MapOf(template["spec"]),
		},
	}
}

// EndPod terminates a pod and releases its address.
func EndPod(w *store.Account, pod *store.Object) {
	nodes.ReleaseAddress(w, textOf(pod, "status", "podIP"))
	w.Drop(pod)
}

// PodReady reports whether a pod receives traffic.
func PodReady(pod *store.Object) bool {
	return PodCondition(pod, string(corev1.PodReady)) == string(corev1.ConditionTrue)
}

var RolloutEnds = store.NewRule("a rollout that waits for its load balancer completes before the provider's timeout",
	`Timeout occurred for '%s'; Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live`,
	"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/deployment.go; "+store.ControllerSource+"docs/deploy/pod_readiness_gate.md")

// noteStarted records that a rollout has started a pod, and whether it replaces an older one.
func noteStarted(o *store.Object, inPlace bool) {
	facts := rolloutOf(o)
	o.Learn("startedPods", facts.Started+1)
	if inPlace {
		o.Learn("replacedPods", facts.Replaced+1)
	}
}

// rolledInTime refuses a rollout that takes longer than the provider waits. Pods that are started side by side wait
// together; those that replace older ones wait in steps, as many at once as the strategy allows.
func rolledInTime(c *store.Call, o *store.Object, surge, unavailable int) error {
	facts := rolloutOf(o)
	o.Learn("startedPods", 0)
	o.Learn("replacedPods", 0)
	if facts.Started == 0 {
		return nil
	}
	steps := 1
	if atOnce := surge + unavailable; facts.Replaced > 0 {
		steps = (facts.Replaced + atOnce - 1) / atOnce
	}
	healthy := healthyAfter(c.Account, o)
	takes, limit := time.Duration(steps)*healthy, c.Timeout(providerTimeout)
	return store.Caused(RolloutEnds.When(takes > limit, Name(o)),
		store.Explain("its pods become healthy in %d steps of %s, and the provider waits for %s", steps, healthy, limit))
}

// healthyAfter returns how long the targets of a Deployment's gated pods take to be healthy: the number of checks in a
// row.
func healthyAfter(w *store.Account, o *store.Object) time.Duration {
	var longest time.Duration
	for _, pod := range PodsOf(w, o.Key()) {
		for _, gate := range GatesOf(pod) {
			binding := w.Find(o.Cluster, store.BindingType, ObjectID(Namespace(o), gate[len(GatePrefix):]))
			if binding != nil {
				longest = max(longest, controllers.HealthyAfter(w, binding))
			}
		}
	}
	return longest
}
