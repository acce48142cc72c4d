package workloads

import (
	"fmt"

	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ownNumber settles who owns the number of pods, spec.replicas of the Deployment.
//
// With an autoscaler that is the autoscaler from its first change on. The field stays in the manifest all the same and its changes are
// ignored: the provider then sends the current number, or leaves the field out where it belongs to the autoscaler. A manifest without
// the field would remove it while the program alone owns it, and the Deployment would fall to the default of one pod
// (kubernetes.io/docs/reference/using-api/server-side-apply, transferring ownership).
//
// Without an autoscaler the program takes the field back from the one that there may have been. The annotation comes and goes with it, so
// that the Deployment is applied even where the number in the state is the same.
func (args *PodsArgs) ownNumber(meta *metav1.ObjectMetaArgs) []pulumi.ResourceOption {
	if args.Spec.Autoscale != nil {
		return []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"spec.replicas"})}
	}
	meta.Annotations = pulumi.StringMap{patchForce: pulumi.String("true")}
	return nil
}

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
