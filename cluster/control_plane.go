package cluster

import (
	"fmt"
	"strings"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan"
)

// ControlPlaneArgs holds the spec and wires of a control plane.
type ControlPlaneArgs struct {
	Spec config.Cluster
	// IPv6 reports whether pods and Services have IPv6 addresses.
	IPv6 bool
	// HasZonalShift reports whether an existing cluster has a setting of zonal shift.
	HasZonalShift bool

	Caller   Caller
	VPC      pulumi.StringInput
	Subnets  pulumi.StringArray
	NodeRole *iam.Role
}

// ControlPlane is the EKS cluster without nodes, and with IRSA the OIDC provider with which its service accounts assume
// IAM roles.
type ControlPlane struct {
	pulumi.ResourceState

	Name, ARN, Endpoint, Authority pulumi.StringOutput
	// ProviderARN is the ARN of the OIDC provider, nil with EKS Pod Identity. Issuer is the cluster's OIDC issuer
	// without https://.
	ProviderARN pulumi.StringInput
	Issuer      pulumi.StringOutput
	// SecurityGroup is the cluster security group, which EKS creates. Control plane, nodes and pods use it, and it
	// allows traffic among them.
	SecurityGroup pulumi.StringOutput
	// Role is the name of the role of the cluster, which the eks component creates.
	Role pulumi.StringOutput

	spec   config.Cluster
	caller Caller
}

// NewControlPlane registers the cluster, its KMS key and its OIDC provider.
func NewControlPlane(ctx *pulumi.Context, name string, args *ControlPlaneArgs, opts ...pulumi.ResourceOption) (*ControlPlane, error) {
	c := &ControlPlane{spec: args.Spec, caller: args.Caller}
	if err := ctx.RegisterComponentResource("eksnet:cluster:ControlPlane", name, c, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(c)
	clusterArgs := c.clusterArgs(args)
	if args.Spec.SecretsEncryption {
		key, err := newSecretsKey(ctx, name, in)
		if err != nil {
			return nil, err
		}
		clusterArgs.EncryptionConfigKeyArn = key.Arn
	}
	replacement, err := newReplacementTransform(ctx, name)
	if err != nil {
		return nil, err
	}
	transforms := []pulumi.ResourceTransform{replacement, newClusterTransform(args), newNodeGroupTransform(name)}
	remote, err := eks.NewCluster(ctx, name, clusterArgs, in, pulumi.Transforms(transforms))
	if err != nil {
		return nil, fmt.Errorf("EKS cluster: %w", err)
	}
	c.setOutputs(ctx, remote.EksCluster)
	if args.Spec.Identity == config.IRSA {
		if err := c.addOIDCProvider(ctx, name, in); err != nil {
			return nil, err
		}
	}
	component.Outputs(ctx, c, pulumi.Map{"name": c.Name, "arn": c.ARN, "endpoint": c.Endpoint})
	return c, nil
}

func (c *ControlPlane) clusterArgs(args *ControlPlaneArgs) *eks.ClusterArgs {
	mode := eks.AuthenticationModeApi
	yes := true
	made := &eks.ClusterArgs{
		Name:                   pulumi.String(args.Spec.Name),
		Version:                pulumi.String(args.Spec.Version),
		VpcId:                  args.VPC,
		SubnetIds:              args.Subnets,
		EndpointPrivateAccess:  pulumi.Bool(args.Spec.Endpoint.Private),
		PublicAccessCidrs:      optionalList(args.Spec.Endpoint.PublicCIDRs),
		EnabledClusterLogTypes: optionalList(args.Spec.Logs.Types),
		AuthenticationMode:     &mode,
		InstanceRole:           args.NodeRole,
		ProviderCredentialOpts: args.Caller.credentials(),
		// Nodes and the CNI are separate components: those that the eks component would create are outdated.
		SkipDefaultNodeGroup: &yes,
		UseDefaultVpcCni:     &yes,
	}
	if args.IPv6 {
		made.IpFamily = pulumi.String(config.IPv6) // EKS then assigns the range of Services
	} else {
		made.KubernetesServiceIpAddressRange = pulumi.String(args.Spec.ServiceCIDR)
	}
	if args.Spec.Identity == config.PodIdentity {
		made.ClusterTags = pulumi.StringMap{plan.IdentityTag: pulumi.String(config.PodIdentity)}
	}
	// Public access is EKS's default. If it is set, the eks component polls the API's health itself: up to six minutes
	// at each up, without any output, if the operator cannot reach the API or reaches it through a SOCKS proxy only
	// (cluster.ts, createCore).
	if !args.Spec.Endpoint.Public {
		made.EndpointPublicAccess = pulumi.Bool(false)
	}
	return made
}

// optionalList returns a list input, nil for an empty list: EKS keeps the CIDR blocks of a private endpoint, so an
// empty list would be a change at each update (github.com/terraform-aws-modules/terraform-aws-eks/issues/2320).
func optionalList(values []string) pulumi.StringArrayInput {
	if len(values) == 0 {
		return nil
	}
	return pulumi.ToStringArray(values)
}

// credentials returns the caller's credentials for the eks component's own kubeconfig. They are always set: without
// them the component writes the AWS_PROFILE of the operator's shell into the state (@pulumi/eks 2.8.1, cluster.js,
// createCluster).
func (c Caller) credentials() eks.KubeconfigOptionsPtrInput {
	options := &eks.KubeconfigOptionsArgs{}
	if c.Profile != "" {
		options.ProfileName = pulumi.String(c.Profile)
	}
	if c.Role != "" {
		options.RoleArn = pulumi.String(c.Role)
	}
	return options
}

func (c *ControlPlane) setOutputs(ctx *pulumi.Context, cluster awseks.ClusterOutput) {
	c.Name, c.ARN, c.Endpoint = cluster.Name(), cluster.Arn(), cluster.Endpoint()
	c.Authority = cluster.CertificateAuthority().Data().Elem()
	c.Role = cluster.RoleArn().ApplyT(func(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }).(pulumi.StringOutput)
	// Without the ARN, which is unknown until the cluster exists, a preview would have an empty ID.
	c.SecurityGroup = pulumi.All(cluster.VpcConfig().ClusterSecurityGroupId().Elem(), cluster.Arn()).ApplyT(func(values []any) string {
		return values[0].(string)
	}).(pulumi.StringOutput)
	c.Issuer = cluster.Identities().ApplyT(func(identities []awseks.ClusterIdentity) (string, error) {
		for _, identity := range identities {
			for _, oidc := range identity.Oidcs {
				if oidc.Issuer != nil {
					return strings.TrimPrefix(*oidc.Issuer, "https://"), nil
				}
			}
		}
		if ctx.DryRun() { // the state has no issuer for a cluster whose creation did not complete
			return "", nil
		}
		return "", fmt.Errorf("the cluster has no OIDC issuer; service accounts cannot assume IAM roles")
	}).(pulumi.StringOutput)
}

// addOIDCProvider registers the OIDC provider with which IAM verifies the tokens of the cluster's service accounts. AWS
// verifies the issuer's certificate with its own list of certificate authorities, so no thumbprint is set
// (docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html).
func (c *ControlPlane) addOIDCProvider(ctx *pulumi.Context, name string, in pulumi.ResourceOption) error {
	provider, err := iam.NewOpenIdConnectProvider(ctx, name, &iam.OpenIdConnectProviderArgs{
		Url:           pulumi.Sprintf("https://%s", c.Issuer),
		ClientIdLists: pulumi.StringArray{pulumi.String("sts.amazonaws.com")},
	}, in)
	if err != nil {
		return fmt.Errorf("OIDC provider: %w", err)
	}
	c.ProviderARN = provider.Arn
	return nil
}
