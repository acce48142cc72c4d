package lbc

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// GateLabel is the label of namespaces whose pods get gates (helm/aws-load-balancer-controller/templates/webhook.yaml).
const GateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"

var PodGated = store.NewRule("a pod with a readiness gate is ready once its target is healthy",
	`[Pod %s]: the status of pod readiness gate %q is not "True", but %s`,
	"https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/status/generate.go; "+store.ControllerSource+"docs/deploy/pod_readiness_gate.md")

// injectGates is what the controller's webhook does with a new pod: a gate for each binding that has its address for a
// target. A binding that comes later adds none (pkg/inject/pod_readiness).
func injectGates(w *store.Account, pod *store.Object) {
	c := ControllerOf(w, pod.Cluster)
	if !c.arguments.on("enable-pod-readiness-gate-inject", true) {
		return
	}
	spec := store.MapOf(pod.Outputs["spec"])
	for _, binding := range gatesFor(w, pod) {
		if !slices.Contains(kube.GatesOf(pod), kube.GatePrefix+kube.Name(binding)) {
			gates, _ := spec["readinessGates"].([]any)
			spec["readinessGates"] = append(gates, map[string]any{"conditionType": kube.GatePrefix + kube.Name(binding)})
		}
	}
}

// gatesFor are the bindings of a pod's namespace that have its address for a target.
func gatesFor(w *store.Account, pod *store.Object) []*store.Object {
	return kube.InNamespace(w, pod.Cluster, store.BindingType, kube.Namespace(pod), func(binding *store.Object) bool {
		service := w.Find(pod.Cluster, store.ServiceType, kube.Identity(kube.Namespace(pod), binding.Text("spec.serviceRef.name")))
		return !kube.Deleting(binding) && binding.Text("spec.targetType") == "ip" && service != nil && kube.HasLabels(pod, selectorOf(service))
	})
}

func selectorOf(service *store.Object) map[string]string {
	selector, _ := store.As[map[string]string](store.MapOf(service.At("spec.selector")))
	return selector
}

// containersReady reports whether a pod works, whatever else it waits for.
func containersReady(pod *store.Object) bool {
	return kube.Condition(pod, string(corev1.ContainersReady)) == string(corev1.ConditionTrue)
}

// gated are the pods that the controller makes targets of: those that are ready, and those that wait for nothing but
// that.
func (c *Controller) gated(service, binding *store.Object) []*store.Object {
	gate := kube.GatePrefix + kube.Name(binding)
	return kube.InNamespace(c.Account, c.cluster, store.PodType, kube.Namespace(service), func(pod *store.Object) bool {
		return kube.HasLabels(pod, selectorOf(service)) && (kube.PodReady(pod) || (containersReady(pod) && slices.Contains(kube.GatesOf(pod), gate)))
	})
}

// openGates sets the readiness gates of pods by the health of their targets.
func (c *Controller) openGates(target, binding *store.Object) bool {
	changed := false
	for _, t := range target.Texts("targets") {
		address := t[:strings.LastIndex(t, ":")]
		for _, pod := range c.With(store.PodType, "status.podIP", address, kube.InCluster(c.cluster)) {
			if gate := kube.GatePrefix + kube.Name(binding); kube.Namespace(pod) == kube.Namespace(binding) && slices.Contains(kube.GatesOf(pod), gate) {
				healthy := target.Text("problem") == "" && elb.Unhealthy(c.Account, target, t) == ""
				changed = kube.SetConditions(pod, containersReady(pod), gate, healthy) || changed
			}
		}
	}
	return changed
}

// leaveOpen opens the gates of a binding that is gone (pkg/targetgroupbinding/resource_manager.go).
func (c *Controller) leaveOpen(binding *store.Object) {
	for _, pod := range kube.InNamespace(c.Account, c.cluster, store.PodType, kube.Namespace(binding)) {
		if gate := kube.GatePrefix + kube.Name(binding); slices.Contains(kube.GatesOf(pod), gate) {
			kube.SetConditions(pod, containersReady(pod), gate, true)
		}
	}
}

// Waiting is the gate that keeps a Deployment's pods from being ready, nil where none does.
func Waiting(w *store.Account, deployment *store.Object) error {
	for _, pod := range kube.PodsOf(w, deployment.Key()) {
		for _, gate := range kube.GatesOf(pod) {
			if status := kube.Condition(pod, gate); status != string(corev1.ConditionTrue) {
				return store.Caused(PodGated.When(true, pod.ID, gate, store.OrText(status, "missing")), ControllerOf(w, pod.Cluster).Lacks())
			}
		}
	}
	return nil
}

// Ungated are the pods that should wait for their targets and do not: they were there before.
func Ungated(w *store.Account) []string {
	var lines []string
	for _, pod := range w.All(store.PodType) {
		if kube.NamespaceLabels(w, pod.Cluster, kube.Namespace(pod))[GateLabel] != "enabled" {
			continue
		}
		for _, binding := range gatesFor(w, pod) {
			if !slices.Contains(kube.GatesOf(pod), kube.GatePrefix+kube.Name(binding)) {
				lines = append(lines, "pod "+pod.ID+" has no readiness gate of "+kube.Name(binding)+": it started before its load balancer's Service or Ingress")
			}
		}
	}
	return lines
}
