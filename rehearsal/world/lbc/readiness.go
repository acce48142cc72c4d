package lbc

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// GateLabel is the label of namespaces whose pods get gates (helm/aws-load-balancer-controller/templates/webhook.yaml).
const GateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"

var PodGated = store.NewRule("a pod with a readiness gate is ready once its target is healthy",
	`[Pod %s]: the status of pod readiness gate %q is not "True", but %s`,
	"https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/status/generate.go; "+store.ControllerSource+"docs/deploy/pod_readiness_gate.md")

// injectGates adds readiness gates to a new pod as the controller's webhook does: one for each binding of which its
// address is a target. A binding that is created later adds none (pkg/inject/pod_readiness).
func injectGates(w *store.Account, pod *store.Object) {
	c := ControllerOf(w, pod.Cluster)
	if !c.arguments.isOn("enable-pod-readiness-gate-inject", true) {
		return
	}
	for _, binding := range bindingsOfPod(w, pod) {
		if gate := kube.GatePrefix + kube.Name(binding); !slices.Contains(kube.GatesOf(pod), gate) {
			gates, _, _ := unstructured.NestedSlice(pod.Outputs, "spec", "readinessGates")
			pod.SetAt(append(gates, map[string]any{"conditionType": gate}), "spec", "readinessGates")
		}
	}
}

// bindingsOfPod returns the bindings in a pod's namespace of which its address is a target.
func bindingsOfPod(w *store.Account, pod *store.Object) []*store.Object {
	return kube.InNamespace(w, pod.Cluster, store.BindingType, kube.Namespace(pod), func(binding *store.Object) bool {
		spec := kube.Live[elbv2api.TargetGroupBinding](binding).Spec
		service := w.Find(pod.Cluster, store.ServiceType, kube.ObjectID(kube.Namespace(pod), spec.ServiceRef.Name))
		return !kube.Deleting(binding) && valueOf(spec.TargetType) == elbv2api.TargetTypeIP && service != nil &&
			kube.HasLabels(pod, kube.Live[corev1.Service](service).Spec.Selector)
	})
}

// containersReady reports whether the containers of a pod are ready, regardless of its readiness gates.
func containersReady(pod *store.Object) bool {
	return kube.PodCondition(pod, string(corev1.ContainersReady)) == string(corev1.ConditionTrue)
}

// targetPods returns the pods of a Service that the controller registers as targets: those that are ready, and those
// that wait only for the binding's readiness gate.
func (c *Controller) targetPods(service *corev1.Service, binding *store.Object) []*store.Object {
	gate := kube.GatePrefix + kube.Name(binding)
	return kube.InNamespace(c.Account, c.cluster, store.PodType, service.Namespace, func(pod *store.Object) bool {
		return kube.HasLabels(pod, service.Spec.Selector) && (kube.PodReady(pod) || (containersReady(pod) && slices.Contains(kube.GatesOf(pod), gate)))
	})
}

// setGates sets the readiness gates of pods by the health of their targets.
func (c *Controller) setGates(target, binding *store.Object) bool {
	changed, t := false, elb.TargetGroupOf(target)
	for _, id := range t.Targets {
		for _, pod := range elb.PodsWithAddress(c.Account, c.cluster, id[:strings.LastIndex(id, ":")]) {
			if gate := kube.GatePrefix + kube.Name(binding); kube.Namespace(pod) == kube.Namespace(binding) && slices.Contains(kube.GatesOf(pod), gate) {
				healthy := t.Problem == "" && elb.FailedHealthCheck(c.Account, target, id) == ""
				changed = kube.SetConditions(pod, containersReady(pod), gate, healthy) || changed
			}
		}
	}
	return changed
}

// passGates sets the readiness gates of a deleted binding to true (pkg/targetgroupbinding/resource_manager.go).
func (c *Controller) passGates(binding *store.Object) {
	for _, pod := range kube.InNamespace(c.Account, c.cluster, store.PodType, kube.Namespace(binding)) {
		if gate := kube.GatePrefix + kube.Name(binding); slices.Contains(kube.GatesOf(pod), gate) {
			kube.SetConditions(pod, containersReady(pod), gate, true)
		}
	}
}

// LacksGate returns why a readiness gate prevents a Deployment's pods from being ready, nil if none does.
func LacksGate(w *store.Account, deployment *store.Object) error {
	for _, pod := range kube.PodsOf(w, deployment.Key()) {
		for _, gate := range kube.GatesOf(pod) {
			if status := kube.PodCondition(pod, gate); status != string(corev1.ConditionTrue) {
				return store.Caused(PodGated.When(true, pod.ID, gate, store.OrText(status, "missing")), ControllerOf(w, pod.Cluster).Lacks())
			}
		}
	}
	return nil
}

// PodsWithoutGate lists the pods without a readiness gate of their binding: they were created before it.
func PodsWithoutGate(w *store.Account) []string {
	var lines []string
	for _, pod := range w.All(store.PodType) {
		if kube.NamespaceLabels(w, pod.Cluster, kube.Namespace(pod))[GateLabel] != "enabled" {
			continue
		}
		for _, binding := range bindingsOfPod(w, pod) {
			if !slices.Contains(kube.GatesOf(pod), kube.GatePrefix+kube.Name(binding)) {
				lines = append(lines, "pod "+pod.ID+" has no readiness gate of "+kube.Name(binding)+": it started before its load balancer's Service or Ingress")
			}
		}
	}
	return lines
}
