package schema

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
)

// types are the Go types that the SDK gives to one token.
type types struct{ inputs, outputs reflect.Type }

// of pairs the Args struct of a resource with the resource's own struct.
func of[Args interface{ ElementType() reflect.Type }, Resource any]() types {
	var args Args
	return types{inputs: args.ElementType(), outputs: reflect.TypeFor[Resource]()}
}

// structs pairs two plain structs, as functions have them.
func structs[Args, Result any]() types {
	return types{inputs: reflect.TypeFor[Args](), outputs: reflect.TypeFor[Result]()}
}

// resources are the types that the program and the eks component register.
var resources = map[string]types{
	"aws:cloudwatch/logGroup:LogGroup":                                of[cloudwatch.LogGroupArgs, cloudwatch.LogGroup](),
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":               of[ec2.DefaultSecurityGroupArgs, ec2.DefaultSecurityGroup](),
	"aws:ec2/eip:Eip":                                                 of[ec2.EipArgs, ec2.Eip](),
	"aws:ec2/flowLog:FlowLog":                                         of[ec2.FlowLogArgs, ec2.FlowLog](),
	"aws:ec2/internetGateway:InternetGateway":                         of[ec2.InternetGatewayArgs, ec2.InternetGateway](),
	"aws:ec2/launchTemplate:LaunchTemplate":                           of[ec2.LaunchTemplateArgs, ec2.LaunchTemplate](),
	"aws:ec2/natGateway:NatGateway":                                   of[ec2.NatGatewayArgs, ec2.NatGateway](),
	"aws:ec2/route:Route":                                             of[ec2.RouteArgs, ec2.Route](),
	"aws:ec2/routeTable:RouteTable":                                   of[ec2.RouteTableArgs, ec2.RouteTable](),
	"aws:ec2/routeTableAssociation:RouteTableAssociation":             of[ec2.RouteTableAssociationArgs, ec2.RouteTableAssociation](),
	"aws:ec2/securityGroup:SecurityGroup":                             of[ec2.SecurityGroupArgs, ec2.SecurityGroup](),
	"aws:ec2/securityGroupRule:SecurityGroupRule":                     of[ec2.SecurityGroupRuleArgs, ec2.SecurityGroupRule](),
	"aws:ec2/subnet:Subnet":                                           of[ec2.SubnetArgs, ec2.Subnet](),
	"aws:ec2/subnetCidrReservation:SubnetCidrReservation":             of[ec2.SubnetCidrReservationArgs, ec2.SubnetCidrReservation](),
	"aws:ec2/vpc:Vpc":                                                 of[ec2.VpcArgs, ec2.Vpc](),
	"aws:ec2/vpcEndpoint:VpcEndpoint":                                 of[ec2.VpcEndpointArgs, ec2.VpcEndpoint](),
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": of[ec2.VpcIpv4CidrBlockAssociationArgs, ec2.VpcIpv4CidrBlockAssociation](),
	"aws:eks/accessEntry:AccessEntry":                                 of[eks.AccessEntryArgs, eks.AccessEntry](),
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation":         of[eks.AccessPolicyAssociationArgs, eks.AccessPolicyAssociation](),
	"aws:eks/addon:Addon":                                             of[eks.AddonArgs, eks.Addon](),
	"aws:eks/cluster:Cluster":                                         of[eks.ClusterArgs, eks.Cluster](),
	"aws:eks/nodeGroup:NodeGroup":                                     of[eks.NodeGroupArgs, eks.NodeGroup](),
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider":             of[iam.OpenIdConnectProviderArgs, iam.OpenIdConnectProvider](),
	"aws:iam/policy:Policy":                                           of[iam.PolicyArgs, iam.Policy](),
	"aws:iam/role:Role":                                               of[iam.RoleArgs, iam.Role](),
	"aws:iam/rolePolicy:RolePolicy":                                   of[iam.RolePolicyArgs, iam.RolePolicy](),
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":               of[iam.RolePolicyAttachmentArgs, iam.RolePolicyAttachment](),
	"aws:kms/alias:Alias":                                             of[kms.AliasArgs, kms.Alias](),
	"aws:kms/key:Key":                                                 of[kms.KeyArgs, kms.Key](),

	"kubernetes:apps/v1:Deployment":                     of[appsv1.DeploymentArgs, appsv1.Deployment](),
	"kubernetes:autoscaling/v2:HorizontalPodAutoscaler": of[autoscalingv2.HorizontalPodAutoscalerArgs, autoscalingv2.HorizontalPodAutoscaler](),
	"kubernetes:core/v1:Namespace":                      of[corev1.NamespaceArgs, corev1.Namespace](),
	"kubernetes:core/v1:Service":                        of[corev1.ServiceArgs, corev1.Service](),
	"kubernetes:core/v1:ServiceAccount":                 of[corev1.ServiceAccountArgs, corev1.ServiceAccount](),
	"kubernetes:helm.sh/v3:Release":                     structs[releaseArgs, release](),
	"kubernetes:networking.k8s.io/v1:Ingress":           of[networkingv1.IngressArgs, networkingv1.Ingress](),
	"kubernetes:networking.k8s.io/v1:IngressClass":      of[networkingv1.IngressClassArgs, networkingv1.IngressClass](),
	"kubernetes:networking.k8s.io/v1:NetworkPolicy":     of[networkingv1.NetworkPolicyArgs, networkingv1.NetworkPolicy](),
	"kubernetes:policy/v1:PodDisruptionBudget":          of[policyv1.PodDisruptionBudgetArgs, policyv1.PodDisruptionBudget](),
}

// functions are what the program and the eks component ask for.
var functions = map[string]types{
	"aws:eks/getCluster:getCluster":                             structs[eks.LookupClusterArgs, eks.LookupClusterResult](),
	"aws:eks/getClusters:getClusters":                           structs[struct{}, eks.GetClustersResult](),
	"aws:eks/getNodeGroup:getNodeGroup":                         structs[eks.LookupNodeGroupArgs, eks.LookupNodeGroupResult](),
	"aws:eks/getNodeGroups:getNodeGroups":                       structs[eks.GetNodeGroupsArgs, eks.GetNodeGroupsResult](),
	"aws:index/getAvailabilityZones:getAvailabilityZones":       structs[aws.GetAvailabilityZonesArgs, aws.GetAvailabilityZonesResult](),
	"aws:index/getCallerIdentity:getCallerIdentity":             structs[aws.GetCallerIdentityArgs, aws.GetCallerIdentityResult](),
	"aws:index/getPartition:getPartition":                       structs[aws.GetPartitionArgs, aws.GetPartitionResult](),
	"aws:index/getRegion:getRegion":                             structs[aws.GetRegionArgs, aws.GetRegionResult](),
	"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": structs[ec2.GetInstanceTypeOfferingsArgs, ec2.GetInstanceTypeOfferingsResult](),
	"aws:ec2/getSubnet:getSubnet":                               structs[ec2.LookupSubnetArgs, ec2.LookupSubnetResult](),
	"aws:ec2/getSubnets:getSubnets":                             structs[ec2.GetSubnetsArgs, ec2.GetSubnetsResult](),
}

// providers are the configurations of the simulated packages.
var providers = map[string]reflect.Type{
	"aws":        aws.ProviderArgs{}.ElementType(),
	"kubernetes": kubernetes.ProviderArgs{}.ElementType(),
}
