package kube

import (
	"fmt"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/rehearsal/world/store"
)

const disruptionValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/policy/validation/validation.go (ValidatePodDisruptionBudgetSpec)"

var (
	DisruptionOnce = store.NewRule("a disruption budget has minAvailable or maxUnavailable",
		"%s is invalid: spec: Invalid value: minAvailable and maxUnavailable cannot be both set", disruptionValidation)
	DisruptionCount = store.NewRule("a disruption budget has a number of pods or a percentage",
		`%s is invalid: spec.%s: Invalid value: %s: must be a number from 0 on or percent from 0%% to 100%%`, disruptionValidation)
	DisruptionSelector = store.NewRule("a disruption budget's selector is well formed",
		`%s is invalid: spec.selector: Invalid value: %s`, disruptionValidation)
	DisruptionEviction = store.NewRule("a disruption budget's eviction policy for unhealthy pods is AlwaysAllow or IfHealthyBudget",
		`%s is invalid: spec.unhealthyPodEvictionPolicy: Unsupported value: %q: supported values: "AlwaysAllow", "IfHealthyBudget"`, disruptionValidation)
)

func validateDisruption(o *store.Object) error {
	budget, title := Live[policyv1.PodDisruptionBudget](o), titled(BuiltinType(store.DisruptionType), o)
	spec := &budget.Spec
	if err := DisruptionOnce.When(spec.MinAvailable != nil && spec.MaxUnavailable != nil, title); err != nil {
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
		if err := DisruptionCount.When(err != nil || scaled < 0 || (n.count.Type == intstr.String && scaled > 100), title, n.field, n.count.String()); err != nil {
			return err
		}
	}
	policy := spec.UnhealthyPodEvictionPolicy
	if policy != nil {
		if err := DisruptionEviction.When(*policy != policyv1.IfHealthyBudget && *policy != policyv1.AlwaysAllow, title, *policy); err != nil {
			return err
		}
	}
	err := validateSelector(title, "spec.selector", spec.Selector)
	return DisruptionSelector.When(err != nil, title, fmt.Sprint(err))
}

// DisruptionController counts the pods of disruption budgets.
var DisruptionController = store.Actor{
	Name: "disruption controller", Does: "counts how many pods of a disruption budget may be evicted", Needs: "nothing: it runs in EKS's control plane",
	Items: store.KeysOf(store.DisruptionType), Watch: watchDisruptions, Act: countDisruptions,
}

// watchDisruptions adds a disruption budget, and those that may include a pod.
func watchDisruptions(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	switch changed.Type {
	case store.DisruptionType:
		add(changed.Key())
	case store.PodType:
		for _, o := range InNamespace(w, changed.Cluster, store.DisruptionType, Namespace(changed)) {
			add(o.Key())
		}
	}
	return true
}

// countDisruptions counts the pods of a budget: all, the ready ones, those that must stay, and those that may be
// evicted.
func countDisruptions(w *store.Account, item store.Key) (bool, error) {
	o := w.Find(item.Cluster, item.Typ, item.ID)
	if o == nil {
		return false, nil
	}
	budget := Live[policyv1.PodDisruptionBudget](o)
	pods := InNamespace(w, o.Cluster, store.PodType, Namespace(o), SelectedBy(budget.Spec.Selector))
	healthy, wanted := 0, len(pods)
	for _, pod := range pods {
		if PodReady(pod) {
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
	o.Set("status", map[string]any{"expectedPods": len(pods), "currentHealthy": healthy, "desiredHealthy": wanted,
		"disruptionsAllowed": max(healthy-wanted, 0)})
	return false, nil
}
