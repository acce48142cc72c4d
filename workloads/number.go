package workloads

import (
	"fmt"

	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// held registers what holds the number of pods: how many stay while nodes are emptied, and how many their load asks for.
func (args *PodsArgs) held(ctx *pulumi.Context, name string, in pulumi.ResourceOption) error {
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
