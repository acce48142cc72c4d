package node

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

const schedulerPlugins = "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/"

var (
	NodesExist = store.NewRule("a pod needs a node",
		`no nodes available to schedule pods`, "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/schedule_one.go ErrNoNodesAvailable")
	NodesFit = store.NewRule("a pod needs a node that fits",
		`0/%d nodes are available: %s`, "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/types.go FitError")
	NodeReady = store.NewRule("a node is ready before pods are scheduled on it",
		`node(s) had untolerated taint {node.kubernetes.io/not-ready: }`, "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/")
	NodeOpen = store.NewRule("no pods are scheduled on a cordoned node",
		`node(s) were unschedulable`, schedulerPlugins+"nodeunschedulable")
	TaintTolerated = store.NewRule("a pod tolerates its node's taints",
		`node(s) had untolerated taint {%s: %s}`, schedulerPlugins+"tainttoleration")
	AffinityMatches = store.NewRule("a pod's node selector and affinity match its node",
		`node(s) didn't match Pod's node affinity/selector`, schedulerPlugins+"nodeaffinity")
	PodsFit = store.NewRule("a node has no more pods than its maximum",
		`Too many pods`, schedulerPlugins+"noderesources")
	CpuFits = store.NewRule("a node has the CPU that its pods request",
		`Insufficient cpu`, schedulerPlugins+"noderesources")
	MemoryFits = store.NewRule("a node has the memory that its pods request",
		`Insufficient memory`, schedulerPlugins+"noderesources")
	SpreadHolds = store.NewRule("pods are spread according to their constraints",
		`node(s) didn't match pod topology spread constraints`, schedulerPlugins+"podtopologyspread")
	TogetherHolds = store.NewRule("pods are beside others according to their affinity",
		`node(s) didn't match pod affinity rules`, schedulerPlugins+"interpodaffinity")
	ApartHolds = store.NewRule("pods are apart according to their anti-affinity",
		`node(s) didn't match pod anti-affinity rules`, schedulerPlugins+"interpodaffinity")
)

// nodeAgentsMilliCPU are the requests of aws-node and kube-proxy, which run on every node (their add-ons' default
// requests). The EKS Pod Identity Agent has none.
const nodeAgentsMilliCPU int64 = 150

// nodeAgents returns the number of pods that run on every node: aws-node, kube-proxy, and the EKS Pod Identity Agent.
func nodeAgents(w *store.Account, cluster string) int {
	if kube.WorkloadOf(w, cluster, kube.PodIdentityAgent) != nil {
		return 3
	}
	return 2
}

// FindNode returns the node for one more pod of a Deployment: the fitting one with the fewest pods.
func FindNode(w *store.Account, cluster string, d *appsv1.Deployment) (*store.Object, error) {
	nodes := kube.ObjectsIn(w, cluster, store.NodeType)
	if err := NodesExist.When(len(nodes) == 0); err != nil {
		return nil, err
	}
	pods := map[*store.Object]int{}
	for _, node := range nodes {
		pods[node] = len(kube.PodsOn(w, node))
	}
	slices.SortStableFunc(nodes, func(a, b *store.Object) int { return pods[a] - pods[b] })
	refused := map[string]int{}
	var reasons []error
	for _, node := range nodes {
		err := podFits(w, node, d)
		if err == nil {
			return node, nil
		}
		refused[err.Error()]++
		reasons = append(reasons, err)
	}
	return nil, store.Caused(store.Summarize(NodesFit.When(true, len(nodes), countReasons(refused)), reasons), lacksInterfaces(w, nodes, &d.Spec.Template.Spec))
}

// countReasons returns reasons with the number of nodes for each: "1 Too many pods, 2 Insufficient cpu".
func countReasons(reasons map[string]int) string {
	var parts []string
	for reason, n := range reasons {
		parts = append(parts, fmt.Sprintf("%d %s", n, reason))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// podFits returns why one more pod of a Deployment cannot be scheduled on a node, nil if it can.
func podFits(w *store.Account, o *store.Object, d *appsv1.Deployment) error {
	node, spec := NodeOf(o), &d.Spec.Template.Spec
	if err := store.First(NodeReady.When(!node.Ready), NodeOpen.When(node.Spec.Unschedulable)); err != nil {
		return err
	}
	for _, taint := range node.Spec.Taints {
		if err := TaintTolerated.When(!isTolerated(&taint, spec.Tolerations), taint.Key, taint.Value); err != nil {
			return err
		}
	}
	pods := kube.PodsOn(w, o)
	return store.First(
		AffinityMatches.When(!matchesAffinity(spec, node.Labels)),
		PodsFit.When(len(pods)+nodeAgents(w, o.Cluster) >= node.MaxPods),
		resourcesFit(node, pods, spec),
		interfacesFit(node, pods, spec),
		checkTopologySpread(w, o, d),
		checkAffinity(w, o, d),
		checkAntiAffinity(w, o, d),
	)
}

func isTolerated(taint *corev1.Taint, tolerations []corev1.Toleration) bool {
	return taint.Effect == corev1.TaintEffectPreferNoSchedule || slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool {
		return (t.Effect == "" || t.Effect == taint.Effect) && (t.Key == "" || t.Key == taint.Key) &&
			(t.Operator == corev1.TolerationOpExists || t.Value == taint.Value)
	})
}

// matchesAffinity reports whether a pod's node selector and required node affinity match a node's labels.
func matchesAffinity(spec *corev1.PodSpec, have labels.Set) bool {
	if !labels.SelectorFromSet(spec.NodeSelector).Matches(have) {
		return false
	}
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil || spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return true
	}
	terms := spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	return slices.ContainsFunc(terms, func(term corev1.NodeSelectorTerm) bool {
		return !slices.ContainsFunc(term.MatchExpressions, func(r corev1.NodeSelectorRequirement) bool { return !meetsRequirement(r, have) })
	})
}

func meetsRequirement(r corev1.NodeSelectorRequirement, have labels.Set) bool {
	operator := map[corev1.NodeSelectorOperator]selection.Operator{
		corev1.NodeSelectorOpIn: selection.In, corev1.NodeSelectorOpNotIn: selection.NotIn, corev1.NodeSelectorOpExists: selection.Exists,
		corev1.NodeSelectorOpDoesNotExist: selection.DoesNotExist, corev1.NodeSelectorOpGt: selection.GreaterThan, corev1.NodeSelectorOpLt: selection.LessThan,
	}[r.Operator]
	requirement, err := labels.NewRequirement(r.Key, operator, r.Values)
	return err == nil && requirement.Matches(have)
}

// resourcesFit compares the CPU and memory that pods request with what is free on the node.
func resourcesFit(node *Node, pods []*store.Object, spec *corev1.PodSpec) error {
	cpu, memory := podRequests(spec)
	for _, o := range pods {
		pod := kube.Live[corev1.Pod](o)
		moreCPU, moreMemory := podRequests(&pod.Spec)
		cpu, memory = cpu+moreCPU, memory+moreMemory
	}
	kind, err := ec2.TypeOf("", node.Type)
	return store.First(
		CpuFits.When(err == nil && cpu+nodeAgentsMilliCPU > cmp.Or(int64(node.AllocatableMilliCPU), Allocatable(kind.Cpus))),
		MemoryFits.When(err == nil && memory > int64(node.AllocatableMiB)<<20))
}

// Allocatable returns the millicores that pods may request of a node: the kubelet reserves 6% of the first CPU, 1% of
// the second, half a percent of the next two and a quarter of the others (https://github.com/awslabs/amazon-eks-ami,
// kubelet).
func Allocatable(cpus int) int64 {
	reserved := 60.0 + 10*float64(min(max(cpus-1, 0), 1)) + 5*float64(min(max(cpus-2, 0), 2)) + 2.5*float64(max(cpus-4, 0))
	return int64(1000*cpus) - int64(reserved)
}

// podRequests returns the millicores and the bytes of memory that a pod requests: those of its containers and sidecars,
// or those of an init container with the sidecars that are started before it, if they are more
// (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers).
func podRequests(spec *corev1.PodSpec) (milliCPU, memory int64) {
	var mostCPU, mostMemory int64
	for i := range spec.InitContainers {
		container := &spec.InitContainers[i]
		cpu, bytes := containerRequests(container)
		if container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			milliCPU, memory = milliCPU+cpu, memory+bytes
		} else {
			mostCPU, mostMemory = max(mostCPU, milliCPU+cpu), max(mostMemory, memory+bytes)
		}
	}
	for i := range spec.Containers {
		cpu, bytes := containerRequests(&spec.Containers[i])
		milliCPU, memory = milliCPU+cpu, memory+bytes
	}
	return max(milliCPU, mostCPU), max(memory, mostMemory)
}

func containerRequests(container *corev1.Container) (milliCPU, memory int64) {
	requested := container.Resources.Requests
	return requested.Cpu().MilliValue(), requested.Memory().Value()
}

// DeploymentItems returns all Deployments, and deleted ones that still have pods.
func DeploymentItems(w *store.Account) []store.Key {
	items := store.KeysOf(store.DeploymentType)(w)
	for _, pod := range w.All(store.PodType) {
		items = append(items, kube.DeploymentOf(pod))
	}
	return items
}

// WatchDeployments adds a Deployment, that of a pod, and those of the pods on a node.
func WatchDeployments(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	switch changed.Type {
	case store.DeploymentType:
		add(changed.Key())
	case store.PodType:
		add(kube.DeploymentOf(changed))
	case store.NodeType:
		for _, pod := range kube.PodsOn(w, changed) {
			add(kube.DeploymentOf(pod))
		}
	}
	return true
}

// RunPods does what the scheduler, the kubelets and the controllers of Deployments and pods do for one Deployment.
func RunPods(w *store.Account, item store.Key) (bool, error) {
	changed := false
	deployment := w.Find(item.Cluster, store.DeploymentType, item.ID)
	for _, pod := range kube.PodsOf(w, item) {
		node := w.Find(pod.Cluster, store.NodeType, kube.Live[corev1.Pod](pod).Spec.NodeName)
		if deployment == nil || kube.Deleting(deployment) || node == nil {
			kube.EndPod(w, pod)
			changed = true
		} else {
			// The pods of a node that no longer responds are removed from every Service.
			changed = kube.SetConditions(pod, NodeOf(node).Ready, "", false) || changed
		}
	}
	if deployment == nil {
		return changed, nil
	}
	did, err := kube.RollOut(w, deployment)
	return did || changed, err
}
