package addons

import (
	"fmt"
	"maps"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan"
)

// The controller's place in the cluster. Its role trusts this service account alone.
const (
	ControllerNamespace      = "kube-system"
	ControllerServiceAccount = "aws-load-balancer-controller"
)

// chartName is the name of chart and release.
const chartName = "aws-load-balancer-controller"

// LoadBalancerControllerArgs are the spec and wires of the AWS Load Balancer Controller.
type LoadBalancerControllerArgs struct {
	Spec        config.LoadBalancerController
	Plan        plan.Controller
	Region      string
	ClusterName pulumi.StringInput
	VPC         pulumi.StringInput
	Role        pulumi.StringInput
	// Tags go on the load balancers that the controller makes.
	Tags map[string]string
}

// LoadBalancerController makes NLBs for Services and ALBs for Ingresses.
type LoadBalancerController struct{ pulumi.ResourceState }

// NewLoadBalancerController registers the controller's service account and its Helm release.
func NewLoadBalancerController(ctx *pulumi.Context, name string, args *LoadBalancerControllerArgs, opts ...pulumi.ResourceOption) (*LoadBalancerController, error) {
	l := &LoadBalancerController{}
	if err := ctx.RegisterComponentResource("eksnet:addons:LoadBalancerController", name, l, opts...); err != nil {
		return nil, err
	}
	// Outside of the chart, so that the role stays bound while the chart is replaced.
	account, err := corev1.NewServiceAccount(ctx, name, &corev1.ServiceAccountArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Namespace:   pulumi.String(ControllerNamespace),
			Name:        pulumi.String(ControllerServiceAccount),
			Annotations: pulumi.StringMap{"eks.amazonaws.com/role-arn": args.Role},
		},
	}, pulumi.Parent(l))
	if err != nil {
		return nil, fmt.Errorf("service account: %w", err)
	}
	// Helm's release is registered by its token: the SDK's package of it would bring all of Kubernetes along.
	release := &pulumi.CustomResourceState{}
	advice, err := component.NewAdvice(ctx, name+"-release", component.Advice{
		"cannot re-use a name that is still in use":                   interruptedHelm("uninstall"),
		"another operation (install/upgrade/rollback) is in progress": interruptedHelm("rollback"),
	})
	if err != nil {
		return nil, err
	}
	err = ctx.RegisterResource("kubernetes:helm.sh/v3:Release", name, releaseOf(args, account.Metadata.Name().Elem()), release, pulumi.Parent(l), pulumi.ResourceHooks(advice))
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	component.Outputs(ctx, l, pulumi.Map{})
	return l, nil
}

// releaseOf are the release's inputs. Without maxHistory each update would leave one more Secret in kube-system for ever; 10 revisions are
// what helm upgrade itself keeps (helm.sh/docs/helm/helm_upgrade, --history-max).
func releaseOf(args *LoadBalancerControllerArgs, account pulumi.StringInput) pulumi.Map {
	inputs := pulumi.Map{
		"compat":     pulumi.String("true"), // what the SDK's constructor sends
		"version":    pulumi.String(args.Spec.Version),
		"namespace":  pulumi.String(ControllerNamespace),
		"name":       pulumi.String(chartName),
		"timeout":    pulumi.Int(300), // seconds
		"maxHistory": pulumi.Int(10),
		"values":     chartValues(args, account),
	}
	maps.Copy(inputs, chartFrom(args.Spec.Chart))
	return inputs
}

// interruptedHelm is what to do about a release that an operation of Helm holds whose process died. An install has no revision to go back to.
func interruptedHelm(command string) func(string) string {
	text := fmt.Sprintf("an earlier operation on this release was interrupted, unless another one runs now. Run helm %s %s --namespace %s, then the same command again", command, chartName, ControllerNamespace)
	return func(string) string { return text }
}

// chartFrom names the chart as Helm does: within a repository, or by the whole address of a registry's.
func chartFrom(place string) pulumi.Map {
	if strings.HasPrefix(place, "oci://") {
		return pulumi.Map{"chart": pulumi.String(place)}
	}
	return pulumi.Map{"chart": pulumi.String(chartName), "repositoryOpts": pulumi.StringMap{"repo": pulumi.String(place)}}
}

// chartValues tells the controller what it would otherwise ask the instance metadata service for, which pods cannot reach.
func chartValues(args *LoadBalancerControllerArgs, account pulumi.StringInput) pulumi.Map {
	return pulumi.Map{
		"clusterName":  args.ClusterName,
		"region":       pulumi.String(args.Region),
		"vpcId":        args.VPC,
		"image":        pulumi.Map{"repository": pulumi.String(args.Plan.Image)}, // the chart's version is the tag
		"replicaCount": pulumi.Int(args.Spec.Replicas),
		// While nodes are emptied one pod after the other goes. The chart makes no budget for a single pod, which could never go.
		"podDisruptionBudget": pulumi.Map{"maxUnavailable": pulumi.Int(1)},
		"serviceAccount":      pulumi.Map{"create": pulumi.Bool(false), "name": account},
		"defaultTags":         pulumi.ToStringMap(args.Tags),
		// Services that the region or the VPC's ways out lack.
		"enableShield": pulumi.Bool(args.Plan.Shield),
		"enableWaf":    pulumi.Bool(args.Plan.WAF),
		"enableWafv2":  pulumi.Bool(args.Plan.WAF),
		// The class is the stack's own, so that it outlives the Ingresses that name it.
		"createIngressClassResource": pulumi.Bool(false),
		// On, it would make an internal NLB of every Service of type LoadBalancer that names no class, and while the controller
		// is down it would refuse every new Service in the cluster.
		"enableServiceMutatorWebhook": pulumi.Bool(false),
	}
}
