package addons

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/charts"
	"eksnet/internal/component"
	"eksnet/internal/iam"
)

// CNIMetricsServiceAccount is the service account of the CNI metrics helper in kube-system, where the VPC CNI runs. Its
// role trusts only this service account.
const CNIMetricsServiceAccount = "cni-metrics-helper"

// CNIMetricsHelperArgs holds the spec and wires of the CNI metrics helper.
type CNIMetricsHelperArgs struct {
	Spec config.CNIMetricsHelper
	// Account is the account of the EKS registry in the region, and Domain the partition's domain.
	Account, Region, Domain string
	ClusterName             pulumi.StringInput
	Role                    pulumi.StringInput
}

// CNIMetricsHelper is the CNI metrics helper, which sends metrics of the VPC CNI to CloudWatch.
type CNIMetricsHelper struct{ pulumi.ResourceState }

// NewCNIMetricsHelper registers the helper's service account and its Helm release.
func NewCNIMetricsHelper(ctx *pulumi.Context, name string, args *CNIMetricsHelperArgs, opts ...pulumi.ResourceOption) (*CNIMetricsHelper, error) {
	c := &CNIMetricsHelper{}
	if err := ctx.RegisterComponentResource("eksnet:addons:CNIMetricsHelper", name, c, opts...); err != nil {
		return nil, err
	}
	account, err := newRoleAccount(ctx, name, c, pulumi.String(CNINamespace), CNIMetricsServiceAccount, args.Role)
	if err != nil {
		return nil, err
	}
	release := release{chart: charts.CNIMetricsHelper, place: args.Spec.Chart, version: args.Spec.Version, namespace: CNINamespace,
		timeout: helmTimeout, values: metricsHelperValues(args, account)}
	if err := release.register(ctx, name, c); err != nil {
		return nil, err
	}
	component.Outputs(ctx, c, pulumi.Map{})
	return c, nil
}

// metricsHelperValues returns the values of the chart. They include the region and the cluster's name, which the helper
// would otherwise read from the instance metadata service and from the tags of the instance.
func metricsHelperValues(args *CNIMetricsHelperArgs, account pulumi.StringInput) pulumi.Map {
	image := pulumi.Map{"account": pulumi.String(args.Account), "region": pulumi.String(args.Region), "domain": pulumi.String(args.Domain)}
	if args.Spec.Image != "" {
		image = pulumi.Map{"override": pulumi.String(args.Spec.Image)}
	}
	return pulumi.Map{
		"image":          image,
		"env":            pulumi.Map{"AWS_CLUSTER_ID": args.ClusterName, "AWS_REGION": pulumi.String(args.Region)},
		"serviceAccount": pulumi.Map{"create": pulumi.Bool(false), "name": account},
	}
}

// CNIMetricsPolicy returns the IAM policy of the CNI metrics helper: it sends metrics in the namespace Kubernetes, and
// PutMetricData has no resources (github.com/aws/amazon-vpc-cni-k8s v1.23.2, pkg/publisher;
// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html).
func CNIMetricsPolicy() *iam.Document {
	document := iam.Policy(iam.Allow("cloudwatch:PutMetricData").When("StringEquals", "cloudwatch:namespace", "Kubernetes"))
	return &document
}
