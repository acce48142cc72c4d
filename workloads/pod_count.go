package workloads

import (
	"fmt"

	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ownReplicas returns options that decide which field manager owns spec.replicas of the Deployment.
//
// With an autoscaler, Pulumi owns the field until the autoscaler changes it for the first time. The field stays in the
// manifest, and Pulumi ignores changes of it: the provider sends the current number, or omits the field if the
// autoscaler owns it. If the manifest omitted the field while only Pulumi owns it, the API server would remove it and
// the Deployment would scale to the default of one pod (kubernetes.io/docs/reference/using-api/server-side-apply,
// transferring ownership).
//
// Without an autoscaler, Pulumi takes the field over from an autoscaler that was removed. The annotation does this. It
// is absent with an autoscaler, so removing the autoscaler changes the Deployment's manifest, and Pulumi applies it
// even if the number in the state is the same.
func (args *PodsArgs) ownReplicas(meta *metav1.ObjectMetaArgs) []pulumi.ResourceOption {
	if args.Spec.Autoscale != nil {
		return []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"spec.replicas"})}
	}
	meta.Annotations = pulumi.StringMap{patchForce: pulumi.String("true")}
	return nil
}

// addScaling registers the PodDisruptionBudget, which limits evictions when nodes are drained, and the
// HorizontalPodAutoscaler, each if the stack file sets its key.
func (args *PodsArgs) addScaling(ctx *pulumi.Context, name string, in pulumi.ResourceOption) error {
	meta := &metav1.ObjectMetaArgs{Namespace: args.Application.Namespace, Name: pulumi.String(name)}
	if args.Spec.MinAvailable > 0 {
		_, err := policyv1.NewPodDisruptionBudget(ctx, name, &policyv1.PodDisruptionBudgetArgs{
			Metadata: meta,
			Spec: &policyv1.PodDisruptionBudgetSpecArgs{
				MinAvailable: pulumi.Int(args.Spec.MinAvailable),
				Selector:     &metav1.LabelSelectorArgs{MatchLabels: args.Application.Labels},
			},
		}, in)
		if err != nil {
			return fmt.Errorf("disruption budget: %w", err)
		}
	}
	if args.Spec.Autoscale == nil {
		return nil
	}
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, name, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: meta,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: pulumi.String(name)},
			MinReplicas:    pulumi.Int(args.Spec.Autoscale.Min),
			MaxReplicas:    pulumi.Int(args.Spec.Autoscale.Max),
			Metrics: autoscalingv2.MetricSpecArray{&autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name:   pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(args.Spec.Autoscale.CPU)},
				},
			}},
		},
	}, in)
	if err != nil {
		return fmt.Errorf("autoscaler: %w", err)
	}
	return nil
}
