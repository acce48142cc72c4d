package world

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

const schedulerPlugins = "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/"

var (
	nodesExist = rule("a pod needs a node",
		`no nodes available to schedule pods`, "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/schedule_one.go ErrNoNodesAvailable")
	nodesFit = rule("a pod needs a node that fits",
		`0/%d nodes are available: %s`, "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/types.go FitError")
	nodeReady = rule("a node is ready before pods are scheduled on it",
		`node(s) had untolerated taint {node.kubernetes.io/not-ready: }`, "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/")
	nodeOpen = rule("no pods are scheduled on a cordoned node",
		`node(s) were unschedulable`, schedulerPlugins+"nodeunschedulable")
	taintTolerated = rule("a pod tolerates its node's taints",
		`node(s) had untolerated taint {%s: %s}`, schedulerPlugins+"tainttoleration")
	affinityMatches = rule("a pod's node selector and affinity match its node",
		`node(s) didn't match Pod's node affinity/selector`, schedulerPlugins+"nodeaffinity")
	podsFit = rule("a node has no more pods than its maximum",
		`Too many pods`, schedulerPlugins+"noderesources")
	cpuFits = rule("a node has the CPU that its pods request",
		`Insufficient cpu`, schedulerPlugins+"noderesources")
	memoryFits = rule("a node has the memory that its pods request",
		`Insufficient memory`, schedulerPlugins+"noderesources")
	spreadHolds = rule("pods are spread according to their constraints",
		`node(s) didn't match pod topology spread constraints`, schedulerPlugins+"podtopologyspread")
	apartHolds = rule("pods are apart according to their anti-affinity",
		`node(s) didn't match pod anti-affinity rules`, schedulerPlugins+"interpodaffinity")
)

// The requests of aws-node and kube-proxy, which run on every node (their add-ons' default requests).
const (
	nodeAgents               = 2
	nodeAgentsMilliCPU int64 = 150
)

// findNode returns the node for one more pod of a Deployment: the fitting one with the fewest pods.
func (w *World) findNode(cluster string, d *appsv1.Deployment) (*Object, error) {
	nodes := w.in(cluster, nodeType)
	if err := nodesExist.when(len(nodes) == 0); err != nil {
		return nil, err
	}
	pods := map[*Object]int{}
	for _, node := range nodes {
		pods[node] = len(w.podsOn(node))
	}
	slices.SortStableFunc(nodes, func(a, b *Object) int { return pods[a] - pods[b] })
	refused := map[string]int{}
	var reasons []error
	for _, node := range nodes {
		err := w.fits(node, d)
		if err == nil {
			return node, nil
		}
		refused[err.Error()]++
		reasons = append(reasons, err)
	}
	return nil, whole(nodesFit.when(true, len(nodes), counted(refused)), reasons)
}

// counted returns reasons with the number of nodes for each: "1 Too many pods, 2 Insufficient cpu".
func counted(reasons map[string]int) string {
	var parts []string
	for reason, n := range reasons {
		parts = append(parts, fmt.Sprintf("%d %s", n, reason))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// podsOn returns the pods that run on a node, without those that every node runs.
func (w *World) podsOn(node *Object) []*Object {
	return w.with(podType, "spec.nodeName", node.name(), inCluster(node.Cluster))
}

// fits returns why one more pod of a Deployment cannot be scheduled on a node, nil if it can.
func (w *World) fits(o *Object, d *appsv1.Deployment) error {
	node, spec := live[corev1.Node](o), &d.Spec.Template.Spec
	if err := first(nodeReady.when(!o.flag("ready")), nodeOpen.when(node.Spec.Unschedulable)); err != nil {
		return err
	}
	for _, taint := range node.Spec.Taints {
		if err := taintTolerated.when(!tolerated(&taint, spec.Tolerations), taint.Key, taint.Value); err != nil {
			return err
		}
	}
	pods := w.podsOn(o)
	return first(
		affinityMatches.when(!wants(spec, node.Labels)),
		podsFit.when(len(pods)+nodeAgents >= o.number("maxPods")),
		roomFor(o, pods, spec),
		w.spread(o, d),
		w.apart(o, d),
	)
}

func tolerated(taint *corev1.Taint, tolerations []corev1.Toleration) bool {
	return taint.Effect == corev1.TaintEffectPreferNoSchedule || slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool {
		return (t.Effect == "" || t.Effect == taint.Effect) && (t.Key == "" || t.Key == taint.Key) &&
			(t.Operator == corev1.TolerationOpExists || t.Value == taint.Value)
	})
}

// wants reports whether a pod's node selector and required node affinity match a node's labels.
func wants(spec *corev1.PodSpec, have labels.Set) bool {
	if !labels.SelectorFromSet(spec.NodeSelector).Matches(have) {
		return false
	}
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil || spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return true
	}
	terms := spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	return slices.ContainsFunc(terms, func(term corev1.NodeSelectorTerm) bool {
		return !slices.ContainsFunc(term.MatchExpressions, func(r corev1.NodeSelectorRequirement) bool { return !meets(r, have) })
	})
}

func meets(r corev1.NodeSelectorRequirement, have labels.Set) bool {
	operator := map[corev1.NodeSelectorOperator]selection.Operator{
		corev1.NodeSelectorOpIn: selection.In, corev1.NodeSelectorOpNotIn: selection.NotIn, corev1.NodeSelectorOpExists: selection.Exists,
		corev1.NodeSelectorOpDoesNotExist: selection.DoesNotExist, corev1.NodeSelectorOpGt: selection.GreaterThan, corev1.NodeSelectorOpLt: selection.LessThan,
	}[r.Operator]
	requirement, err := labels.NewRequirement(r.Key, operator, r.Values)
	return err == nil && requirement.Matches(have)
}

// roomFor compares the CPU and memory that pods request with what is free on the node.
func roomFor(node *Object, pods []*Object, spec *corev1.PodSpec) error {
	cpu, memory := requests(spec)
	for _, o := range pods {
		pod := live[corev1.Pod](o)
		moreCPU, moreMemory := requests(&pod.Spec)
		cpu, memory = cpu+moreCPU, memory+moreMemory
	}
	kind, err := typeOf("", node.text("instanceType"))
	return first(
		cpuFits.when(err == nil && cpu+nodeAgentsMilliCPU > allocatable(kind.cpus)),
		memoryFits.when(err == nil && memory > int64(node.number("allocatableMiB"))<<20))
}

// allocatable returns the millicores that pods may request of a node: the kubelet reserves 6% of the first CPU, 1% of
// the second, half a percent of the next two and a quarter of the others (https://github.com/awslabs/amazon-eks-ami,
// kubelet).
func allocatable(cpus int) int64 {
	reserved := 60.0 + 10*float64(min(max(cpus-1, 0), 1)) + 5*float64(min(max(cpus-2, 0), 2)) + 2.5*float64(max(cpus-4, 0))
	return int64(1000*cpus) - int64(reserved)
}

// requests returns the millicores and the bytes of memory that a pod's containers request.
func requests(spec *corev1.PodSpec) (milliCPU, memory int64) {
	for i := range spec.Containers {
		requested := spec.Containers[i].Resources.Requests
		milliCPU, memory = milliCPU+requested.Cpu().MilliValue(), memory+requested.Memory().Value()
	}
	return milliCPU, memory
}

// spread refuses a node in whose domain one more pod would violate a hard topology spread constraint.
func (w *World) spread(node *Object, d *appsv1.Deployment) error {
	for _, constraint := range d.Spec.Template.Spec.TopologySpreadConstraints {
		if constraint.WhenUnsatisfiable != corev1.DoNotSchedule {
			continue
		}
		domain, labelled := node.labels()[constraint.TopologyKey]
		counts := w.domains(node.Cluster, d.Namespace, constraint.TopologyKey, constraint.LabelSelector)
		lowest := counts[domain]
		for _, n := range counts {
			lowest = min(lowest, n)
		}
		if err := spreadHolds.when(!labelled || counts[domain]+1-lowest > int(constraint.MaxSkew)); err != nil {
			return err
		}
	}
	return nil
}

// apart refuses a node in whose domain there is a pod that matches the new one's anti-affinity.
func (w *World) apart(node *Object, d *appsv1.Deployment) error {
	affinity := d.Spec.Template.Spec.Affinity
	if affinity == nil || affinity.PodAntiAffinity == nil {
		return nil
	}
	for _, term := range affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
		domain, labelled := node.labels()[term.TopologyKey]
		counts := w.domains(node.Cluster, d.Namespace, term.TopologyKey, term.LabelSelector)
		if err := apartHolds.when(labelled && counts[domain] > 0); err != nil {
			return err
		}
	}
	return nil
}

// domains counts the pods that a selector matches in each domain of a topology, including empty domains of ready nodes.
func (w *World) domains(cluster, namespace, topology string, selector *metav1.LabelSelector) map[string]int {
	counts := map[string]int{}
	for _, o := range w.in(cluster, nodeType) {
		domain, labelled := o.labels()[topology]
		if !labelled || !o.flag("ready") {
			continue
		}
		counts[domain] += 0
		for _, pod := range w.podsOn(o) {
			if pod.namespace() == namespace && selected(selector)(pod) {
				counts[domain]++
			}
		}
	}
	return counts
}

// deploymentItems returns all Deployments, and deleted ones that still have pods.
func deploymentItems(w *World) []key {
	items := keysOf(deploymentType)(w)
	for _, pod := range w.all(podType) {
		items = append(items, deploymentOf(pod))
	}
	return items
}

// watchDeployments adds a Deployment, that of a pod, and those of the pods on a node.
func watchDeployments(w *World, changed *Object, add func(key)) bool {
	switch changed.Type {
	case deploymentType:
		add(changed.key())
	case podType:
		add(deploymentOf(changed))
	case nodeType:
		for _, pod := range w.podsOn(changed) {
			add(deploymentOf(pod))
		}
	}
	return true
}

// deploymentOf returns the key of a pod's Deployment, which may be deleted.
func deploymentOf(pod *Object) key {
	return key{pod.Cluster, deploymentType, identity(pod.namespace(), ownerOf(pod))}
}

// runPods does what the scheduler, the kubelets and the controllers of Deployments and pods do for one Deployment.
func runPods(w *World, item key) (bool, error) {
	changed := false
	deployment := w.find(item.cluster, deploymentType, item.id)
	for _, pod := range w.podsOf(item) {
		node := w.find(pod.Cluster, nodeType, pod.text("spec.nodeName"))
		if deployment == nil || deployment.deleting() || node == nil {
			w.endPod(pod)
			changed = true
		} else {
			// The pods of a node that no longer responds are removed from every Service.
			changed = setConditions(pod, node.flag("ready"), "", false) || changed
		}
	}
	if deployment == nil {
		return changed, nil
	}
	did, err := w.rollOut(deployment)
	return did || changed, err
}
