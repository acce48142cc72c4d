package world

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const appsValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/apps/validation/validation.go"

var (
	selectorRequired = rule("a Deployment selects its pods",
		`%s is invalid: spec.selector: Required value`, appsValidation+" (ValidateDeploymentSpec)")
	selectorValid = rule("a Deployment's selector is well formed and not empty",
		`%s is invalid: spec.selector: Invalid value: %s: %s`, appsValidation+" (ValidateDeploymentSpec)")
	selectorMatches = rule("a Deployment's selector matches its template's labels",
		"%s is invalid: spec.template.metadata.labels: Invalid value: %s: `selector` does not match template `labels`",
		appsValidation+" (ValidatePodTemplateSpecForReplicaSet)")
	selectorStays = rule("a Deployment's selector cannot change",
		`%s is invalid: spec.selector: Invalid value: %s: field is immutable`, appsValidation+" (ValidateDeploymentUpdate)")
	replicasCount = rule("a Deployment's replicas are not negative",
		`%s is invalid: spec.replicas: Invalid value: %d: must be greater than or equal to 0`, appsValidation+" (ValidateDeploymentSpec)")
	strategyKnown = rule("a Deployment's strategy is RollingUpdate or Recreate",
		`%s is invalid: spec.strategy: %s`, appsValidation+" (ValidateDeploymentStrategy)")
	progressAfter = rule("a Deployment's progress deadline is longer than minReadySeconds",
		"%s is invalid: spec.progressDeadlineSeconds: Invalid value: %d: must be greater than minReadySeconds", appsValidation+" (ValidateDeploymentSpec)")
	restartsAlways = rule("a Deployment's pods always restart",
		`%s is invalid: spec.template.spec.restartPolicy: Unsupported value: %q: supported values: "Always"`,
		appsValidation+" (ValidatePodTemplateSpecForReplicaSet)")

	deploymentAvailable = rule("a Deployment becomes available",
		`Timeout occurred for '%s'; %s`, "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/deployment.go")
)

func deploymentKind() *kind {
	return kubernetesKind(deploymentType, awaitDeployment, "spec.selector")
}

func validateDeployment(o, old *Object) error {
	d, title := live[appsv1.Deployment](o), titled(builtin(deploymentType), o)
	if err := selectorRequired.when(d.Spec.Selector == nil, title); err != nil || d.Spec.Selector == nil {
		return err
	}
	if old != nil {
		before := live[appsv1.Deployment](old)
		if err := selectorStays.when(!same(before.Spec.Selector, d.Spec.Selector), title, compact(d.Spec.Selector)); err != nil {
			return err
		}
	}
	problem := "empty selector is invalid for deployment"
	matches, err := metav1.LabelSelectorAsSelector(d.Spec.Selector)
	if err != nil {
		problem = err.Error()
	}
	if err := selectorValid.when(err != nil || matches.Empty(), title, compact(d.Spec.Selector), problem); err != nil {
		return err
	}
	replicas, restart := replicasOf(&d), d.Spec.Template.Spec.RestartPolicy
	return first(
		selectorMatches.when(err == nil && !selected(d.Spec.Selector)(podOf(&d)), title, compact(d.Spec.Template.Labels)),
		replicasCount.when(replicas < 0, title, replicas),
		validateStrategy(title, &d),
		restartsAlways.when(restart != "" && restart != corev1.RestartPolicyAlways, title, restart),
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
	if err := strategyKnown.when(problem != "", title, problem); err != nil || !late {
		return err
	}
	return progressAfter.when(true, title, *d.Spec.ProgressDeadlineSeconds)
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
func podOf(d *appsv1.Deployment) *Object {
	labels := map[string]any{}
	for k, v := range d.Spec.Template.Labels {
		labels[k] = v
	}
	return &Object{Outputs: Properties{"metadata": map[string]any{"labels": labels}}}
}

// compact returns a value as it is printed in an error.
func compact(value any) string {
	raw, _ := json.Marshal(value)
	return string(raw)
}

// awaitDeployment returns what the provider's wait does: nil once all replicas run, or what prevents them from running.
func awaitDeployment(c *call, o *Object) error {
	d := live[appsv1.Deployment](o)
	_, blocked := c.rollOut(o)
	ready := int(d.Status.ReadyReplicas)
	if blocked == nil && ready >= replicasOf(&d) {
		surge, unavailable := strategyOf(&d)
		return incomplete(c.rolledInTime(o, surge, unavailable), nil)
	}
	message := "Minimum number of live Pods was not attained"
	if d.Status.AvailableReplicas > 0 {
		message = "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live"
	}
	if blocked == nil {
		blocked = c.waiting(o)
	}
	if blocked == nil {
		blocked = explain("%d of %d pods run", ready, replicasOf(&d))
	}
	return incomplete(deploymentAvailable.when(true, o.name(), message), blocked)
}
