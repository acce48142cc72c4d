// Package program is a small Pulumi program with a network and a cluster of the eks component.
package program

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Cluster is a VPC with subnets, a cluster with a node role of its own, and a namespace in it.
func Cluster(ctx *pulumi.Context) error {
	var network struct{ CIDR string }
	config.New(ctx, "eksnet").RequireObject("network", &network)
	account, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{
		Region:            pulumi.String(config.New(ctx, "aws").Require("region")),
		AllowedAccountIds: pulumi.StringArray{pulumi.String("111122223333")},
		DefaultTags:       aws.ProviderDefaultTagsArgs{Tags: pulumi.StringMap{"team": pulumi.String("platform")}},
	})
	if err != nil {
		return err
	}
	in := pulumi.Provider(account)
	vpc, subnets, err := vpc(ctx, network.CIDR, in)
	if err != nil {
		return err
	}
	role, err := iam.NewRole(ctx, "node", &iam.RoleArgs{AssumeRolePolicy: pulumi.String("{}")}, in)
	if err != nil {
		return err
	}
	mode := eks.AuthenticationModeApi
	cluster, err := eks.NewCluster(ctx, "main", &eks.ClusterArgs{
		VpcId:                  vpc.ID(),
		PrivateSubnetIds:       subnets,
		AuthenticationMode:     &mode,
		InstanceRole:           role,
		EndpointPublicAccess:   pulumi.Bool(true),
		SkipDefaultNodeGroup:   pulumi.BoolRef(true),
		UseDefaultVpcCni:       pulumi.BoolRef(true),
		ProviderCredentialOpts: eks.KubeconfigOptionsArgs{},
	}, pulumi.Providers(account))
	if err != nil {
		return err
	}
	ctx.Export("nodeRole", role.Arn)
	ctx.Export("kubeconfig", cluster.KubeconfigJson)
	ctx.Export("name", cluster.EksCluster.Name())
	ctx.Export("endpoint", cluster.EksCluster.Endpoint())
	ctx.Export("arn", cluster.EksCluster.Arn())
	ctx.Export("ca", cluster.EksCluster.CertificateAuthority().Data())
	ctx.Export("issuer", cluster.EksCluster.Identities().Index(pulumi.Int(0)).Oidcs().Index(pulumi.Int(0)).Issuer())
	ctx.Export("securityGroup", cluster.EksCluster.VpcConfig().ClusterSecurityGroupId())
	inside, err := kubernetes.NewProvider(ctx, "inside", &kubernetes.ProviderArgs{
		Kubeconfig:        cluster.KubeconfigJson,
		ClusterIdentifier: pulumi.String("main"),
	})
	if err != nil {
		return err
	}
	_, err = corev1.NewNamespace(ctx, "demo", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("demo")},
	}, pulumi.Provider(inside))
	return err
}

func vpc(ctx *pulumi.Context, cidr string, in pulumi.ResourceOption) (*ec2.Vpc, pulumi.StringArray, error) {
	vpc, err := ec2.NewVpc(ctx, "vpc", &ec2.VpcArgs{CidrBlock: pulumi.String(cidr)}, in)
	if err != nil {
		return nil, nil, err
	}
	var ids pulumi.StringArray
	for i := range config.New(ctx, "eksnet").RequireInt("zones") {
		zone := string(rune('a' + i))
		subnet, err := ec2.NewSubnet(ctx, "subnet-"+zone, &ec2.SubnetArgs{
			VpcId: vpc.ID(), CidrBlock: pulumi.Sprintf("10.0.%d.0/24", i), AvailabilityZone: pulumi.String("us-east-1" + zone),
		}, in)
		if err != nil {
			return nil, nil, fmt.Errorf("subnet %s: %w", zone, err)
		}
		ids = append(ids, subnet.ID())
	}
	return vpc, ids, nil
}

// Network is the VPC and its subnets only: it does not need Node.
func Network(ctx *pulumi.Context) error {
	var network struct{ CIDR string }
	config.New(ctx, "eksnet").RequireObject("network", &network)
	account, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
	if err != nil {
		return err
	}
	made, _, err := vpc(ctx, network.CIDR, pulumi.Provider(account))
	if err != nil {
		return err
	}
	ctx.Export("vpc", made.ID())
	ctx.Export("token", pulumi.ToSecret(pulumi.String("hunter2")))
	return nil
}
