package world

import (
	"fmt"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const disruptionType = "kubernetes:policy/v1:PodDisruptionBudget"

const disruptionValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/policy/validation/validation.go (ValidatePodDisruptionBudgetSpec)"

var (
	disruptionOnce = rule("a disruption budget has minAvailable or maxUnavailable",
		"%s is invalid: spec: Invalid value: minAvailable and maxUnavailable cannot be both set", disruptionValidation)
	disruptionCount = rule("a disruption budget has a number of pods or a percentage",
		`%s is invalid: spec.%s: Invalid value: %s: must be a number from 0 on or percent from 0%% to 100%%`, disruptionValidation)
	disruptionSelector = rule("a disruption budget's selector is well formed",
		`%s is invalid: spec.selector: Invalid value: %s`, disruptionValidation)
	disruptionEviction = rule("a disruption budget's eviction policy for unhealthy pods is AlwaysAllow or IfHealthyBudget",
		`%s is invalid: spec.unhealthyPodEvictionPolicy: Unsupported value: %q: supported values: "AlwaysAllow", "IfHealthyBudget"`, disruptionValidation)
)

func validateDisruption(o *Object) error {
	budget, title := live[policyv1.PodDisruptionBudget](o), titled(builtin(disruptionType), o)
	spec := &budget.Spec
	if err := disruptionOnce.when(spec.MinAvailable != nil && spec.MaxUnavailable != nil, title); err != nil {
		return err
	}
	for _, n := range []struct {
		field string
		count *intstr.IntOrString
	}{{"minAvailable", spec.MinAvailable}, {"maxUnavailable", spec.MaxUnavailable}} {
		if n.count == nil {
			continue
		}
		scaled, err := intstr.GetScaledValueFromIntOrPercent(n.count, 100, false)
		if err := disruptionCount.when(err != nil || scaled < 0 || (n.count.Type == intstr.String && scaled > 100), title, n.field, n.count.String()); err != nil {
			return err
		}
	}
	policy := spec.UnhealthyPodEvictionPolicy
	if policy != nil {
		if err := disruptionEviction.when(*policy != policyv1.IfHealthyBudget && *policy != policyv1.AlwaysAllow, title, *policy); err != nil {
			return err
		}
	}
	err := validateSelector(title, "spec.selector", spec.Selector)
	return disruptionSelector.when(err != nil, title, fmt.Sprint(err))
}

// watchDisruptions adds a disruption budget, and those that may include a pod.
func watchDisruptions(w *World, changed *Object, add func(key)) bool {
	switch changed.Type {
	case disruptionType:
		add(changed.key())
	case podType:
		for _, o := range w.inNamespace(changed.Cluster, disruptionType, changed.namespace()) {
			add(o.key())
		}
	}
	return true
}

// countDisruptions counts the pods of a budget: all, the ready ones, those that must stay, and those that may be
// evicted.
func countDisruptions(w *World, item key) (bool, error) {
	o := w.find(item.cluster, item.typ, item.id)
	if o == nil {
		return false, nil
	}
	budget := live[policyv1.PodDisruptionBudget](o)
	pods := w.inNamespace(o.Cluster, podType, o.namespace(), selected(budget.Spec.Selector))
	healthy, wanted := 0, len(pods)
	for _, pod := range pods {
		if podReady(pod) {
			healthy++
		}
	}
	switch {
	case budget.Spec.MinAvailable != nil:
		wanted, _ = intstr.GetScaledValueFromIntOrPercent(budget.Spec.MinAvailable, len(pods), true)
	case budget.Spec.MaxUnavailable != nil:
		may, _ := intstr.GetScaledValueFromIntOrPercent(budget.Spec.MaxUnavailable, len(pods), true)
		wanted = max(len(pods)-may, 0)
	}
	o.set("status", map[string]any{"expectedPods": len(pods), "currentHealthy": healthy, "desiredHealthy": wanted,
		"disruptionsAllowed": max(healthy-wanted, 0)})
	return false, nil
}
