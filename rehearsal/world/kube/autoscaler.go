package kube

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

const autoscalerValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/autoscaling/validation/validation.go"

var (
	AutoscalerTarget = store.NewRule("an autoscaler has a scale target",
		`%s is invalid: spec.scaleTargetRef.%s: Required value`, autoscalerValidation+" (ValidateCrossVersionObjectReference)")
	AutoscalerLeast = store.NewRule("an autoscaler keeps at least one pod",
		`%s is invalid: spec.minReplicas: Invalid value: %d: must be greater than or equal to 1`, autoscalerValidation+" (validateHorizontalPodAutoscalerSpec)")
	AutoscalerMost = store.NewRule("an autoscaler's maximum is not below its minimum",
		"%s is invalid: spec.maxReplicas: Invalid value: %d: must be greater than or equal to `minReplicas`", autoscalerValidation+" (validateHorizontalPodAutoscalerSpec)")
	AutoscalerMetric = store.NewRule("an autoscaler's metric of pods has a name and one target above zero",
		`%s is invalid: spec.metrics[%d].resource.%s`, autoscalerValidation+" (validateMetricSpec)")
	AutoscalerKinds = store.NewRule("an autoscaler's metric has a valid type",
		`%s is invalid: spec.metrics[%d].type: Unsupported value: %q: supported values: "ContainerResource", "External", "Object", "Pods", "Resource"`,
		autoscalerValidation+" (validateMetricSpec)")
)

func validateAutoscaler(o *store.Object) error {
	a, title := Live[autoscalingv2.HorizontalPodAutoscaler](o), titled(BuiltinType(store.AutoscalerType), o)
	target, least, most := a.Spec.ScaleTargetRef, leastPods(&a), a.Spec.MaxReplicas
	if err := store.First(
		AutoscalerTarget.When(target.Kind == "", title, "kind"),
		AutoscalerTarget.When(target.Name == "", title, "name"),
		AutoscalerLeast.When(least < 1, title, least),
		AutoscalerMost.When(most < 1 || most < least, title, most),
	); err != nil {
		return err
	}
	for i := range a.Spec.Metrics {
		if err := validateMetric(title, i, &a.Spec.Metrics[i]); err != nil {
			return err
		}
	}
	return nil
}

func validateMetric(title string, i int, m *autoscalingv2.MetricSpec) error {
	known := map[autoscalingv2.MetricSourceType]bool{autoscalingv2.ResourceMetricSourceType: true, autoscalingv2.PodsMetricSourceType: true,
		autoscalingv2.ObjectMetricSourceType: true, autoscalingv2.ExternalMetricSourceType: true, autoscalingv2.ContainerResourceMetricSourceType: true}
	if err := AutoscalerKinds.When(!known[m.Type], title, i, m.Type); err != nil {
		return err
	}
	if m.Type != autoscalingv2.ResourceMetricSourceType {
		return nil
	}
	if err := AutoscalerMetric.When(m.Resource == nil, title, i, "name: Required value: must populate information for the given metric source"); err != nil || m.Resource == nil {
		return err
	}
	aim := m.Resource.Target
	problem := ""
	switch {
	case m.Resource.Name == "":
		problem = "name: Required value: must specify a resource name"
	case aim.AverageUtilization != nil && *aim.AverageUtilization < 1:
		problem = "target.averageUtilization: Invalid value: must be greater than 0"
	case aim.AverageUtilization == nil && aim.AverageValue == nil:
		problem = "target: Required value: must set either a target raw value or a target utilization"
	case aim.AverageUtilization != nil && aim.AverageValue != nil:
		problem = "target.averageValue: Forbidden: may not set both a target raw value and a target utilization"
	}
	return AutoscalerMetric.When(problem != "", title, i, problem)
}

func leastPods(a *autoscalingv2.HorizontalPodAutoscaler) int32 {
	if a.Spec.MinReplicas == nil {
		return 1
	}
	return *a.Spec.MinReplicas
}

// noMetrics is an autoscaler's condition without metrics; the last part says why there are none.
const noMetrics = "the HPA was unable to compute the replica count: failed to get %s utilization: unable to get metrics for resource %[1]s: %s"

// scaledField is the field that an autoscaler writes: it changes the number of pods through the subresource scale.
var scaledField = ManagedField{Manager: `"kube-controller-manager" with subresource "scale"`, Using: "apps/v1", Path: []string{"spec", "replicas"}}

// ScaleByHand does what kubectl scale does: it becomes the owner of the number of pods.
func ScaleByHand(o *store.Object, replicas int) {
	by := scaledField
	by.Manager = `"kubectl" with subresource "scale"`
	WriteField(o, by, float64(replicas))
}

// hasSurplusPods reports whether a Deployment has more pods than requested.
func hasSurplusPods(w *store.Account, deployment *store.Object) bool {
	return len(PodsOf(w, deployment.Key())) > scaleOf(deployment)
}

// scaleOf returns the number of pods that a stored Deployment requests: the API server sets a default.
func scaleOf(deployment *store.Object) int {
	d := Live[appsv1.Deployment](deployment)
	return replicasOf(&d)
}

// Autoscaler keeps Deployments between the limits of their autoscalers.
var Autoscaler = store.Actor{
	Name: "autoscaler",
	Does: "keeps the pods of a Deployment between an autoscaler's minimum and maximum; with metrics it scales to the minimum, because simulated pods have no load",
	Needs: fmt.Sprintf("nothing for the limits: it runs in EKS's control plane; to scale with the load it needs the add-on metrics-server, "+
		"a ready pod of it, security groups that allow the control plane to reach its port %d and its pods to reach kubelets on port %d",
		MetricsPort, awsdata.KubeletPort),
	Items: store.KeysOf(store.AutoscalerType), Watch: watchAutoscalers, Act: autoscale,
}

// watchAutoscalers adds an autoscaler, and those of a Deployment.
func watchAutoscalers(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	switch changed.Type {
	case store.AutoscalerType:
		add(changed.Key())
	case store.PodType:
		addAutoscalers(w, changed.Cluster, add) // a pod of metrics-server, or one that is measured
	case store.DeploymentType:
		if Name(changed) == MetricsServer {
			addAutoscalers(w, changed.Cluster, add)
		}
		for _, o := range InNamespace(w, changed.Cluster, store.AutoscalerType, Namespace(changed)) {
			if a := Live[autoscalingv2.HorizontalPodAutoscaler](o); a.Spec.ScaleTargetRef.Name == Name(changed) {
				add(o.Key())
			}
		}
	}
	return true
}

// addAutoscalers adds all autoscalers of a cluster.
func addAutoscalers(w *store.Account, cluster string, add func(store.Key)) {
	for _, o := range ObjectsIn(w, cluster, store.AutoscalerType) {
		add(o.Key())
	}
}

// autoscale keeps the number of pods between an autoscaler's minimum and maximum, which needs no metrics. With metrics
// it scales with the load, which is none, after a stabilization of five minutes
// (https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/podautoscaler/horizontal.go).
func autoscale(w *store.Account, item store.Key) (bool, error) {
	o := w.Find(item.Cluster, item.Typ, item.ID)
	if o == nil {
		return false, nil
	}
	a := Live[autoscalingv2.HorizontalPodAutoscaler](o)
	target := w.Find(o.Cluster, store.DeploymentType, ObjectID(Namespace(o), a.Spec.ScaleTargetRef.Name))
	if a.Spec.ScaleTargetRef.Kind != "Deployment" || target == nil || Deleting(target) {
		return false, nil
	}
	if hasSurplusPods(w, target) {
		return false, nil // surplus pods terminate at once, and an autoscaler runs every fifteen seconds
	}
	now := scaleOf(target)
	wanted := min(max(now, int(leastPods(&a))), int(a.Spec.MaxReplicas))
	lack := lackOfMetrics(w, target)
	if lack == "" {
		wanted = int(leastPods(&a))
	}
	if now == 0 {
		wanted = 0 // an autoscaler does not change a scale of zero
	}
	if wanted != now {
		WriteField(target, scaledField, float64(wanted))
	}
	o.Set("status", map[string]any{"currentReplicas": float64(wanted), "desiredReplicas": float64(wanted), "conditions": []any{
		map[string]any{"type": "AbleToScale", "status": "True", "reason": "SucceededGetScale"}, scalingActive(lack)}})
	return false, nil
}

// scalingActive returns the condition whether an autoscaler scales with the load; lack says why it has no metrics.
func scalingActive(lack string) map[string]any {
	if lack == "" {
		return map[string]any{"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound",
			"message": "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)"}
	}
	return map[string]any{"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": fmt.Sprintf(noMetrics, "cpu", lack)}
}

// What the metrics API answers to an autoscaler when it has no metrics of a Deployment's pods.
const (
	metricsNotFound    = "unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)"
	metricsUnavailable = "unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)"
	metricsMissing     = "no metrics returned from resource metrics API"
)

// lackOfMetrics returns why the metrics API has no metrics of a Deployment's pods, "" if it has them. The API server
// calls metrics-server at its pods' port, and metrics-server calls the kubelet of each node.
func lackOfMetrics(w *store.Account, deployment *store.Object) string {
	cluster := deployment.Cluster
	load := WorkloadOf(w, cluster, MetricsServer)
	if load == nil {
		return metricsNotFound
	}
	var server *store.Object // the node of a pod that serves
	for _, pod := range PodsOf(w, load.Key()) {
		node := scheduledOn(w, pod)
		if PodReady(pod) && node != nil && eks.ControlPlaneReaches(w, cluster, node, MetricsPort) {
			server = node
		}
	}
	if server == nil {
		return metricsUnavailable
	}
	for _, pod := range PodsOf(w, deployment.Key()) {
		if node := scheduledOn(w, pod); PodReady(pod) && node != nil && reachesKubelet(w, server, node) {
			return ""
		}
	}
	return metricsMissing
}

// reachesKubelet reports whether the security groups allow pods on a node to reach the kubelet of another.
func reachesKubelet(w *store.Account, from, to *store.Object) bool {
	source, target := ec2.PrimaryInterface(w, from), ec2.PrimaryInterface(w, to)
	return source != nil && target != nil && (source == target || ec2.AllowsTCP(w, source, target, awsdata.KubeletPort))
}

// scheduledOn returns the node of a pod, nil for none.
func scheduledOn(w *store.Account, pod *store.Object) *store.Object {
	return w.Find(pod.Cluster, store.NodeType, textOf(pod, "spec", "nodeName"))
}
