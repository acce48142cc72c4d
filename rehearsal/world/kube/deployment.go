package kube

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/rehearsal/world/store"
)

const appsValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/apps/validation/validation.go"

var (
	SelectorRequired = store.NewRule("a Deployment selects its pods",
		`%s is invalid: spec.selector: Required value`, appsValidation+" (ValidateDeploymentSpec)")
	SelectorValid = store.NewRule("a Deployment's selector is well formed and not empty",
		`%s is invalid: spec.selector: Invalid value: %s: %s`, appsValidation+" (ValidateDeploymentSpec)")
	SelectorMatches = store.NewRule("a Deployment's selector matches its template's labels",
		"%s is invalid: spec.template.metadata.labels: Invalid value: %s: `selector` does not match template `labels`",
		appsValidation+" (ValidatePodTemplateSpecForReplicaSet)")
	SelectorStays = store.NewRule("a Deployment's selector cannot change",
		`%s is invalid: spec.selector: Invalid value: %s: field is immutable`, appsValidation+" (ValidateDeploymentUpdate)")
	ReplicasCount = store.NewRule("a Deployment's replicas are not negative",
		`%s is invalid: spec.replicas: Invalid value: %d: must be greater than or equal to 0`, appsValidation+" (ValidateDeploymentSpec)")
	StrategyKnown = store.NewRule("a Deployment's strategy is RollingUpdate or Recreate",
		`%s is invalid: spec.strategy: %s`, appsValidation+" (ValidateDeploymentStrategy)")
	ProgressAfter = store.NewRule("a Deployment's progress deadline is longer than minReadySeconds",
		"%s is invalid: spec.progressDeadlineSeconds: Invalid value: %d: must be greater than minReadySeconds", appsValidation+" (ValidateDeploymentSpec)")
	RestartsAlways = store.NewRule("a Deployment's pods always restart",
		`%s is invalid: spec.template.spec.restartPolicy: Unsupported value: %q: supported values: "Always"`,
		appsValidation+" (ValidatePodTemplateSpecForReplicaSet)")
	DeploymentAvailable = store.NewRule("a Deployment becomes available",
		`Timeout occurred for '%s'; %s`, "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/deployment.go")
)

func deploymentKind() *store.Kind {
	return kindOf(store.DeploymentType, AwaitDeployment, "spec.selector")
}

func validateDeployment(o, old *store.Object) error {
	d, title := Live[appsv1.Deployment](o), titled(BuiltinType(store.DeploymentType), o)
	if err := SelectorRequired.When(d.Spec.Selector == nil, title); err != nil || d.Spec.Selector == nil {
		return err
	}
	if old != nil {
		before := Live[appsv1.Deployment](old)
		if err := SelectorStays.When(!store.Equal(before.Spec.Selector, d.Spec.Selector), title, CompactJSON(d.Spec.Selector)); err != nil {
			return err
		}
	}
	problem := "empty selector is invalid for deployment"
	matches, err := metav1.LabelSelectorAsSelector(d.Spec.Selector)
	if err != nil {
		problem = err.Error()
	}
	if err := SelectorValid.When(err != nil || matches.Empty(), title, CompactJSON(d.Spec.Selector), problem); err != nil {
		return err
	}
	replicas, restart := replicasOf(&d), d.Spec.Template.Spec.RestartPolicy
	return store.First(
		SelectorMatches.When(err == nil && !SelectedBy(d.Spec.Selector)(podOf(&d)), title, CompactJSON(d.Spec.Template.Labels)),
		ReplicasCount.When(replicas < 0, title, replicas),
		validateStrategy(title, &d),
		RestartsAlways.When(restart != "" && restart != corev1.RestartPolicyAlways, title, restart),
		validatePod(title, "spec.template", &d.Spec.Template),
	)
}

func validateStrategy(title string, d *appsv1.Deployment) error {
	strategy, problem := d.Spec.Strategy, ""
	rolling := strategy.RollingUpdate
	switch {
	case strategy.Type != appsv1.RecreateDeploymentStrategyType && strategy.Type != appsv1.RollingUpdateDeploymentStrategyType && strategy.Type != "":
		problem = fmt.Sprintf(`type: Unsupported value: %q: supported values: "Recreate", "RollingUpdate"`, strategy.Type)
	case strategy.Type == appsv1.RecreateDeploymentStrategyType && rolling != nil:
		problem = "rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"
	case rolling != nil && isZero(rolling.MaxSurge) && isZero(rolling.MaxUnavailable):
		problem = "rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"
	}
	late := d.Spec.ProgressDeadlineSeconds != nil && *d.Spec.ProgressDeadlineSeconds <= d.Spec.MinReadySeconds
	if err := StrategyKnown.When(problem != "", title, problem); err != nil || !late {
		return err
	}
	return ProgressAfter.When(true, title, *d.Spec.ProgressDeadlineSeconds)
}

// isZero reports whether a number or percentage is zero; the default is a quarter.
func isZero(n *intstr.IntOrString) bool {
	if n == nil {
		return false
	}
	scaled, err := intstr.GetScaledValueFromIntOrPercent(n, 100, true)
	return err == nil && scaled == 0
}

// replicasOf returns the number of pods that a Deployment requests.
func replicasOf(d *appsv1.Deployment) int {
	if d.Spec.Replicas == nil {
		return 1
	}
	return int(*d.Spec.Replicas)
}

// podOf returns a pod of the Deployment with only its labels.
func podOf(d *appsv1.Deployment) *store.Object {
	labels := map[string]any{}
	for k, v := range d.Spec.Template.Labels {
		labels[k] = v
	}
	return &store.Object{Outputs: store.Properties{"metadata": map[string]any{"labels": labels}}}
}

// CompactJSON returns a value as it is printed in an error.
func CompactJSON(value any) string {
	raw, _ := json.Marshal(value)
	return string(raw)
}

// AwaitDeployment returns what the provider's wait does: nil once all replicas run, or what prevents them from running.
func AwaitDeployment(c *store.Call, o *store.Object) error {
	d := Live[appsv1.Deployment](o)
	_, blocked := RollOut(c.Account, o)
	ready := int(d.Status.ReadyReplicas)
	if blocked == nil && ready >= replicasOf(&d) {
		surge, unavailable := strategyOf(&d)
		return store.NotReady(rolledInTime(c, o, surge, unavailable), nil)
	}
	message := "Minimum number of live Pods was not attained"
	if d.Status.AvailableReplicas > 0 {
		message = "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live"
	}
	if blocked == nil {
		blocked = controllers.LacksGate(c.Account, o)
	}
	if blocked == nil {
		blocked = store.Explain("%d of %d pods run", ready, replicasOf(&d))
	}
	return store.NotReady(DeploymentAvailable.When(true, Name(o), message), blocked)
}
