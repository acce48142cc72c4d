package kube

import (
	"cmp"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/store"
)

// fillDefaults sets the defaults of fields that a manifest leaves out, as the API server does before it validates and
// stores it (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis, defaults.go of each group).
func fillDefaults(o *store.Object) {
	if o.Type == store.NamespaceType {
		namespaceDefaults(o)
	}
	spec := store.MapOf(o.Outputs["spec"])
	if spec == nil {
		return
	}
	switch o.Type {
	case store.DeploymentType:
		deploymentDefaults(spec)
	case store.AutoscalerType:
		setDefault(spec, "minReplicas", 1.0)
		setDefault(spec, "metrics", []any{map[string]any{"type": "Resource",
			"resource": map[string]any{"name": "cpu", "target": map[string]any{"type": "Utilization", "averageUtilization": 80.0}}}})
	case store.CrdType:
		setDefault(spec, "conversion", map[string]any{"strategy": "None"})
	case store.AdmissionPolicyType:
		matchDefaults(store.MapOf(spec["matchConstraints"]))
	case store.AdmissionBindingType:
		matchDefaults(store.MapOf(spec["matchResources"]))
	}
}

// matchDefaults sets the defaults of what an admission policy, or its binding, matches
// (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/admissionregistration/v1/defaults.go).
func matchDefaults(match map[string]any) {
	if match == nil {
		return
	}
	setDefault(match, "matchPolicy", "Equivalent")
	setDefault(match, "namespaceSelector", map[string]any{})
	setDefault(match, "objectSelector", map[string]any{})
	for _, list := range []string{"resourceRules", "excludeResourceRules"} {
		for _, rule := range store.ListOf(match[list]) {
			setDefault(rule, "scope", "*")
		}
	}
}

// setDefault sets a field that has no value.
func setDefault(m map[string]any, field string, value any) {
	if m[field] == nil {
		m[field] = value
	}
}

// namespaceDefaults sets the label with the namespace's name, and the finalizer of the namespace controller
// (pkg/apis/core/v1/defaults.go, pkg/registry/core/namespace/strategy.go).
func namespaceDefaults(o *store.Object) {
	o.SetAt(Name(o), "metadata", "labels", corev1.LabelMetadataName)
	o.SetAt([]any{string(corev1.FinalizerKubernetes)}, "spec", "finalizers")
}

func deploymentDefaults(spec map[string]any) {
	setDefault(spec, "replicas", 1.0)
	setDefault(spec, "revisionHistoryLimit", 10.0)
	setDefault(spec, "progressDeadlineSeconds", 600.0)
	setDefault(spec, "strategy", map[string]any{})
	strategy := store.MapOf(spec["strategy"])
	setDefault(strategy, "type", "RollingUpdate")
	if strategy["type"] == "RollingUpdate" {
		setDefault(strategy, "rollingUpdate", map[string]any{})
		rolling := store.MapOf(strategy["rollingUpdate"])
		setDefault(rolling, "maxSurge", "25%")
		setDefault(rolling, "maxUnavailable", "25%")
	}
	if pod := store.MapOf(store.MapOf(spec["template"])["spec"]); pod != nil {
		podDefaults(pod)
	}
}

func podDefaults(pod map[string]any) {
	setDefault(pod, "restartPolicy", "Always")
	setDefault(pod, "dnsPolicy", "ClusterFirst")
	setDefault(pod, "schedulerName", "default-scheduler")
	setDefault(pod, "terminationGracePeriodSeconds", 30.0)
	setDefault(pod, "securityContext", map[string]any{})
	// The deprecated field has the same value (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/v1/conversion.go).
	if account := cmp.Or(store.OrText(pod["serviceAccountName"], ""), store.OrText(pod["serviceAccount"], "")); account != "" {
		pod["serviceAccountName"], pod["serviceAccount"] = account, account
	}
	for _, list := range []string{"initContainers", "containers"} {
		for _, container := range store.ListOf(pod[list]) {
			containerDefaults(container)
		}
	}
}

func containerDefaults(container map[string]any) {
	setDefault(container, "terminationMessagePath", "/dev/termination-log")
	setDefault(container, "terminationMessagePolicy", "File")
	setDefault(container, "imagePullPolicy", PullPolicy(store.OrText(container["image"], "")))
	for _, port := range store.ListOf(container["ports"]) {
		setDefault(port, "protocol", "TCP")
	}
	for _, name := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		probe := store.MapOf(container[name])
		if probe == nil {
			continue
		}
		setDefault(probe, "timeoutSeconds", 1.0)
		setDefault(probe, "periodSeconds", 10.0)
		setDefault(probe, "successThreshold", 1.0)
		setDefault(probe, "failureThreshold", 3.0)
		if get := store.MapOf(probe["httpGet"]); get != nil {
			setDefault(get, "path", "/")
			setDefault(get, "scheme", "HTTP")
		}
	}
}

// PullPolicy returns Always for an image whose tag is latest or missing.
func PullPolicy(image string) string {
	name := image[strings.LastIndex(image, "/")+1:]
	if !strings.Contains(image, "@") && (!strings.Contains(name, ":") || strings.HasSuffix(name, ":latest")) {
		return "Always"
	}
	return "IfNotPresent"
}
