package world

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// gatePrefix begins the condition by which a pod waits for its target to be healthy; the binding's name follows
// (pkg/targetgroupbinding/utils.go).
const gatePrefix = "target-health.elbv2.k8s.aws/"

// gateLabel is the label of namespaces whose pods get gates (helm/aws-load-balancer-controller/templates/webhook.yaml).
const gateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"

var podGated = rule("a pod with a readiness gate is ready once its target is healthy",
	`[Pod %s]: the status of pod readiness gate %q is not "True", but %s`,
	"https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/status/generate.go; "+controllerSource+"docs/deploy/pod_readiness_gate.md")

// injectGates is what the controller's webhook does with a new pod: a gate for each binding that has its address for a
// target. A binding that comes later adds none (pkg/inject/pod_readiness).
func (w *World) injectGates(pod *Object) {
	c := w.controllerOf(pod.Cluster)
	if !c.arguments.on("enable-pod-readiness-gate-inject", true) {
		return
	}
	spec := mapOf(pod.Outputs["spec"])
	for _, binding := range w.gatesFor(pod) {
		if !slices.Contains(gatesOf(pod), gatePrefix+binding.name()) {
			gates, _ := spec["readinessGates"].([]any)
			spec["readinessGates"] = append(gates, map[string]any{"conditionType": gatePrefix + binding.name()})
		}
	}
}

// gatesFor are the bindings of a pod's namespace that have its address for a target.
func (w *World) gatesFor(pod *Object) []*Object {
	return w.inNamespace(pod.Cluster, bindingType, pod.namespace(), func(binding *Object) bool {
		service := w.find(pod.Cluster, serviceType, identity(pod.namespace(), binding.text("spec.serviceRef.name")))
		return !binding.deleting() && binding.text("spec.targetType") == "ip" && service != nil && hasLabels(pod, selectorOf(service))
	})
}

func selectorOf(service *Object) map[string]string {
	selector, _ := as[map[string]string](mapOf(service.at("spec.selector")))
	return selector
}

// gatesOf are the conditions that a pod waits for beside its containers.
func gatesOf(pod *Object) []string {
	var gates []string
	for _, gate := range listOf(pod.at("spec.readinessGates")) {
		gates = append(gates, orText(gate["conditionType"], ""))
	}
	return gates
}

// condition is the status of a condition of a pod, "" for one that it lacks.
func condition(pod *Object, kind string) string {
	for _, c := range listOf(pod.at("status.conditions")) {
		if c["type"] == kind {
			return orText(c["status"], "")
		}
	}
	return ""
}

func statusOf(holds bool) string {
	if holds {
		return string(corev1.ConditionTrue)
	}
	return string(corev1.ConditionFalse)
}

// setConditions writes whether a pod's containers are ready, and a gate; the pod is ready with all of them. It reports
// whether anything changed.
func setConditions(pod *Object, containers bool, gate string, healthy bool) bool {
	ready := containers
	conditions := []any{map[string]any{"type": string(corev1.ContainersReady), "status": statusOf(containers)}}
	for _, kind := range gatesOf(pod) {
		status := condition(pod, kind)
		if kind == gate {
			status = statusOf(healthy)
		}
		ready = ready && status == string(corev1.ConditionTrue)
		if status != "" {
			conditions = append(conditions, map[string]any{"type": kind, "status": status})
		}
	}
	conditions = append(conditions, map[string]any{"type": string(corev1.PodReady), "status": statusOf(ready)})
	if same(pod.at("status.conditions"), conditions) {
		return false
	}
	pod.set("status.conditions", conditions)
	return true
}

// containersReady reports whether a pod works, whatever else it waits for.
func containersReady(pod *Object) bool {
	return condition(pod, string(corev1.ContainersReady)) == string(corev1.ConditionTrue)
}

// gated are the pods that the controller makes targets of: those that are ready, and those that wait for nothing but
// that.
func (c *controller) gated(service, binding *Object) []*Object {
	gate := gatePrefix + binding.name()
	return c.inNamespace(c.cluster, podType, service.namespace(), func(pod *Object) bool {
		return hasLabels(pod, selectorOf(service)) && (podReady(pod) || (containersReady(pod) && slices.Contains(gatesOf(pod), gate)))
	})
}

// openGates sets the readiness gates of pods by the health of their targets.
func (c *controller) openGates(target, binding *Object) bool {
	changed := false
	for _, t := range target.texts("targets") {
		address := t[:strings.LastIndex(t, ":")]
		for _, pod := range c.with(podType, "status.podIP", address, inCluster(c.cluster)) {
			if gate := gatePrefix + binding.name(); pod.namespace() == binding.namespace() && slices.Contains(gatesOf(pod), gate) {
				healthy := target.text("problem") == "" && c.unhealthy(target, t) == ""
				changed = setConditions(pod, containersReady(pod), gate, healthy) || changed
			}
		}
	}
	return changed
}

// leaveOpen opens the gates of a binding that is gone (pkg/targetgroupbinding/resource_manager.go).
func (c *controller) leaveOpen(binding *Object) {
	for _, pod := range c.inNamespace(c.cluster, podType, binding.namespace()) {
		if gate := gatePrefix + binding.name(); slices.Contains(gatesOf(pod), gate) {
			setConditions(pod, containersReady(pod), gate, true)
		}
	}
}

// waiting is the gate that keeps a Deployment's pods from being ready, nil where none does.
func (w *World) waiting(deployment *Object) error {
	for _, pod := range w.podsOf(deployment.key()) {
		for _, gate := range gatesOf(pod) {
			if status := condition(pod, gate); status != string(corev1.ConditionTrue) {
				return caused(podGated.when(true, pod.ID, gate, orText(status, "missing")), w.controllerOf(pod.Cluster).lacks())
			}
		}
	}
	return nil
}

// ungated are the pods that should wait for their targets and do not: they were there before.
func (w *World) ungated() []string {
	var lines []string
	for _, pod := range w.all(podType) {
		if w.namespaceLabels(pod.Cluster, pod.namespace())[gateLabel] != "enabled" {
			continue
		}
		for _, binding := range w.gatesFor(pod) {
			if !slices.Contains(gatesOf(pod), gatePrefix+binding.name()) {
				lines = append(lines, "pod "+pod.ID+" has no readiness gate of "+binding.name()+": it started before its load balancer's Service or Ingress")
			}
		}
	}
	return lines
}
