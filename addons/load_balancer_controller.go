package addons

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/charts"
	"eksnet/internal/component"
	"eksnet/plan"
)

// The namespace and service account of the controller. Its role trusts only this service account.
const (
	ControllerNamespace      = "kube-system"
	ControllerServiceAccount = "aws-load-balancer-controller"
)

// LoadBalancerControllerArgs holds the spec and wires of the AWS Load Balancer Controller.
type LoadBalancerControllerArgs struct {
	Spec        config.LoadBalancerController
	Plan        plan.Controller
	Region      string
	ClusterName pulumi.StringInput
	VPC         pulumi.StringInput
	Role        pulumi.StringInput
	// BackendSecurityGroup is the security group that the load balancers share.
	BackendSecurityGroup pulumi.StringInput
	// Tags are put on the load balancers that the controller creates.
	Tags map[string]string
	// GatewayAPI describes the definitions of the Gateway API that the controller finds when it starts, "" for none.
	GatewayAPI string
}

// LoadBalancerController is the AWS Load Balancer Controller, which creates NLBs for Services and ALBs for Ingresses.
type LoadBalancerController struct{ pulumi.ResourceState }

// NewLoadBalancerController registers the controller's service account and its Helm release.
func NewLoadBalancerController(ctx *pulumi.Context, name string, args *LoadBalancerControllerArgs, opts ...pulumi.ResourceOption) (*LoadBalancerController, error) {
	l := &LoadBalancerController{}
	if err := ctx.RegisterComponentResource("eksnet:addons:LoadBalancerController", name, l, opts...); err != nil {
		return nil, err
	}
	// The service account is not part of the chart, so that it exists while the release is replaced.
	account, err := newRoleAccount(ctx, name, l, pulumi.String(ControllerNamespace), ControllerServiceAccount, args.Role)
	if err != nil {
		return nil, err
	}
	release := release{chart: charts.LoadBalancerController, place: args.Spec.Chart, version: args.Spec.Version, namespace: ControllerNamespace,
		timeout: helmTimeout, values: chartValues(args, account)}
	if err := release.register(ctx, name, l); err != nil {
		return nil, err
	}
	component.Outputs(ctx, l, pulumi.Map{})
	return l, nil
}

// chartValues returns the chart's values. They include region and VPC, which the controller would otherwise request
// from the instance metadata service, which pods cannot reach.
func chartValues(args *LoadBalancerControllerArgs, account pulumi.StringInput) pulumi.Map {
	values := pulumi.Map{
		"clusterName":  args.ClusterName,
		"region":       pulumi.String(args.Region),
		"vpcId":        args.VPC,
		"image":        pulumi.Map{"repository": pulumi.String(args.Plan.Image)}, // the chart's version is the tag
		"replicaCount": pulumi.Int(args.Spec.Replicas),
		// A drain evicts one pod at a time. For a single replica the chart creates no budget, which would block the
		// drain.
		"podDisruptionBudget": pulumi.Map{"maxUnavailable": pulumi.Int(1)},
		// up waits until the pods are ready. By default the kubelet asks for the first time after 10 s, and then every
		// 10 s.
		"readinessProbe": pulumi.Map{"initialDelaySeconds": pulumi.Int(2), "periodSeconds": pulumi.Int(2)},
		"serviceAccount": pulumi.Map{"create": pulumi.Bool(false), "name": account},
		"defaultTags":    pulumi.ToStringMap(args.Tags),
		// With it, the controller neither creates nor deletes a security group for all load balancers.
		"backendSecurityGroup": args.BackendSecurityGroup,
		// AWS services that the region does not have or the VPC cannot reach.
		"enableShield": pulumi.Bool(args.Plan.Shield),
		"enableWaf":    pulumi.Bool(args.Plan.WAF),
		"enableWafv2":  pulumi.Bool(args.Plan.WAF),
		// The stack has its own IngressClass, so that it is deleted after the Ingresses that name it.
		"createIngressClassResource": pulumi.Bool(false),
		// Otherwise each upgrade of the release creates another certificate, and until the pods have read it, every
		// Ingress is refused: certificate signed by unknown authority.
		"keepTLSSecret": pulumi.Bool(true),
		// If enabled, the controller would create an internal NLB for every Service of type LoadBalancer without a
		// class, and every new Service in the cluster would be refused while the controller is down.
		"enableServiceMutatorWebhook": pulumi.Bool(false),
	}
	if args.GatewayAPI != "" {
		// The controller looks for the Gateway API only when it starts, so pods that run already are replaced.
		values["podAnnotations"] = pulumi.StringMap{"eksnet/gateway-api": pulumi.String(args.GatewayAPI)}
	}
	return values
}
