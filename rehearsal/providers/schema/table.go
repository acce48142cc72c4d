package schema

import (
	"reflect"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"

	"eksnet/rehearsal/world"
)

// typePair are the Go types in the SDK for one token.
type typePair struct{ inputs, outputs reflect.Type }

// resourceTypes pairs the Args struct of a resource with the resource's own struct.
func resourceTypes[Args interface{ ElementType() reflect.Type }, Resource any]() typePair {
	var args Args
	return typePair{inputs: args.ElementType(), outputs: reflect.TypeFor[Resource]()}
}

// structTypes pairs two plain structs, as for functions.
func structTypes[Args, Result any]() typePair {
	return typePair{inputs: reflect.TypeFor[Args](), outputs: reflect.TypeFor[Result]()}
}

// customArgs are the inputs of a custom resource, or of an object that is checked by the API server alone.
type customArgs struct {
	APIVersion *string        `pulumi:"apiVersion"`
	Kind       *string        `pulumi:"kind"`
	Metadata   map[string]any `pulumi:"metadata"`
	Spec       map[string]any `pulumi:"spec"`
}

// customObject is a custom resource.
type customObject struct {
	APIVersion *string        `pulumi:"apiVersion"`
	Kind       *string        `pulumi:"kind"`
	Metadata   map[string]any `pulumi:"metadata"`
	Spec       map[string]any `pulumi:"spec"`
	Status     map[string]any `pulumi:"status"`
}

// The SDK has no types for custom resources, and its types for definitions and admission policies are a package each,
// which the program does not import either: their manifests are data. The API server checks them.
func init() {
	for _, token := range slices.Concat(world.CustomTypes, world.PatchTypes, world.UntypedTypes) {
		resources[token] = structTypes[customArgs, customObject]()
	}
}

// resources are the types that the program and the eks component register.
var resources = map[string]typePair{
	"aws:cloudwatch/logGroup:LogGroup":                                resourceTypes[cloudwatch.LogGroupArgs, cloudwatch.LogGroup](),
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":               resourceTypes[ec2.DefaultSecurityGroupArgs, ec2.DefaultSecurityGroup](),
	"aws:ec2/eip:Eip":                                                 resourceTypes[ec2.EipArgs, ec2.Eip](),
	"aws:ec2/flowLog:FlowLog":                                         resourceTypes[ec2.FlowLogArgs, ec2.FlowLog](),
	"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway":     resourceTypes[ec2.EgressOnlyInternetGatewayArgs, ec2.EgressOnlyInternetGateway](),
	"aws:ec2/internetGateway:InternetGateway":                         resourceTypes[ec2.InternetGatewayArgs, ec2.InternetGateway](),
	"aws:ec2/launchTemplate:LaunchTemplate":                           resourceTypes[ec2.LaunchTemplateArgs, ec2.LaunchTemplate](),
	"aws:ec2/natGateway:NatGateway":                                   resourceTypes[ec2.NatGatewayArgs, ec2.NatGateway](),
	"aws:ec2/route:Route":                                             resourceTypes[ec2.RouteArgs, ec2.Route](),
	"aws:ec2/routeTable:RouteTable":                                   resourceTypes[ec2.RouteTableArgs, ec2.RouteTable](),
	"aws:ec2/routeTableAssociation:RouteTableAssociation":             resourceTypes[ec2.RouteTableAssociationArgs, ec2.RouteTableAssociation](),
	"aws:ec2/securityGroup:SecurityGroup":                             resourceTypes[ec2.SecurityGroupArgs, ec2.SecurityGroup](),
	"aws:ec2/securityGroupRule:SecurityGroupRule":                     resourceTypes[ec2.SecurityGroupRuleArgs, ec2.SecurityGroupRule](),
	"aws:ec2/subnet:Subnet":                                           resourceTypes[ec2.SubnetArgs, ec2.Subnet](),
	"aws:ec2/subnetCidrReservation:SubnetCidrReservation":             resourceTypes[ec2.SubnetCidrReservationArgs, ec2.SubnetCidrReservation](),
	"aws:ec2/vpc:Vpc":                                                 resourceTypes[ec2.VpcArgs, ec2.Vpc](),
	"aws:ec2/vpcEndpoint:VpcEndpoint":                                 resourceTypes[ec2.VpcEndpointArgs, ec2.VpcEndpoint](),
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": resourceTypes[ec2.VpcIpv4CidrBlockAssociationArgs, ec2.VpcIpv4CidrBlockAssociation](),
	"aws:eks/accessEntry:AccessEntry":                                 resourceTypes[eks.AccessEntryArgs, eks.AccessEntry](),
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation":         resourceTypes[eks.AccessPolicyAssociationArgs, eks.AccessPolicyAssociation](),
	"aws:eks/addon:Addon":                                             resourceTypes[eks.AddonArgs, eks.Addon](),
	"aws:eks/cluster:Cluster":                                         resourceTypes[eks.ClusterArgs, eks.Cluster](),
	"aws:eks/podIdentityAssociation:PodIdentityAssociation":           resourceTypes[eks.PodIdentityAssociationArgs, eks.PodIdentityAssociation](),
	"aws:eks/nodeGroup:NodeGroup":                                     resourceTypes[eks.NodeGroupArgs, eks.NodeGroup](),
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider":             resourceTypes[iam.OpenIdConnectProviderArgs, iam.OpenIdConnectProvider](),
	"aws:iam/policy:Policy":                                           resourceTypes[iam.PolicyArgs, iam.Policy](),
	"aws:iam/role:Role":                                               resourceTypes[iam.RoleArgs, iam.Role](),
	"aws:iam/rolePolicy:RolePolicy":                                   resourceTypes[iam.RolePolicyArgs, iam.RolePolicy](),
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":               resourceTypes[iam.RolePolicyAttachmentArgs, iam.RolePolicyAttachment](),
	"aws:kms/alias:Alias":                                             resourceTypes[kms.AliasArgs, kms.Alias](),
	"aws:kms/key:Key":                                                 resourceTypes[kms.KeyArgs, kms.Key](),
	"aws:route53/record:Record":                                       resourceTypes[route53.RecordArgs, route53.Record](),
	"aws:route53/zone:Zone":                                           resourceTypes[route53.ZoneArgs, route53.Zone](),
	"aws:route53/zoneAssociation:ZoneAssociation":                     resourceTypes[route53.ZoneAssociationArgs, route53.ZoneAssociation](),

	"kubernetes:apps/v1:Deployment":                     resourceTypes[appsv1.DeploymentArgs, appsv1.Deployment](),
	"kubernetes:autoscaling/v2:HorizontalPodAutoscaler": resourceTypes[autoscalingv2.HorizontalPodAutoscalerArgs, autoscalingv2.HorizontalPodAutoscaler](),
	"kubernetes:core/v1:Namespace":                      resourceTypes[corev1.NamespaceArgs, corev1.Namespace](),
	"kubernetes:core/v1:Service":                        resourceTypes[corev1.ServiceArgs, corev1.Service](),
	"kubernetes:core/v1:ServiceAccount":                 resourceTypes[corev1.ServiceAccountArgs, corev1.ServiceAccount](),
	"kubernetes:helm.sh/v3:Release":                     structTypes[releaseArgs, release](),
	"kubernetes:networking.k8s.io/v1:Ingress":           resourceTypes[networkingv1.IngressArgs, networkingv1.Ingress](),
	"kubernetes:networking.k8s.io/v1:IngressClass":      resourceTypes[networkingv1.IngressClassArgs, networkingv1.IngressClass](),
	"kubernetes:networking.k8s.io/v1:NetworkPolicy":     resourceTypes[networkingv1.NetworkPolicyArgs, networkingv1.NetworkPolicy](),
	"kubernetes:policy/v1:PodDisruptionBudget":          resourceTypes[policyv1.PodDisruptionBudgetArgs, policyv1.PodDisruptionBudget](),

	"kubernetes:rbac.authorization.k8s.io/v1:ClusterRole":        resourceTypes[rbacv1.ClusterRoleArgs, rbacv1.ClusterRole](),
	"kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": resourceTypes[rbacv1.ClusterRoleBindingArgs, rbacv1.ClusterRoleBinding](),
}

// functions are those that the program and the eks component call.
var functions = map[string]typePair{
	"aws:eks/getCluster:getCluster":                             structTypes[eks.LookupClusterArgs, eks.LookupClusterResult](),
	"aws:eks/getClusters:getClusters":                           structTypes[struct{}, eks.GetClustersResult](),
	"aws:eks/getNodeGroup:getNodeGroup":                         structTypes[eks.LookupNodeGroupArgs, eks.LookupNodeGroupResult](),
	"aws:eks/getNodeGroups:getNodeGroups":                       structTypes[eks.GetNodeGroupsArgs, eks.GetNodeGroupsResult](),
	"aws:kms/getAlias:getAlias":                                 structTypes[kms.LookupAliasArgs, kms.LookupAliasResult](),
	"aws:lb/getHostedZoneId:getHostedZoneId":                    structTypes[lb.GetHostedZoneIdArgs, lb.GetHostedZoneIdResult](),
	"aws:route53/getZone:getZone":                               structTypes[route53.LookupZoneArgs, route53.LookupZoneResult](),
	"aws:index/getAvailabilityZones:getAvailabilityZones":       structTypes[aws.GetAvailabilityZonesArgs, aws.GetAvailabilityZonesResult](),
	"aws:index/getCallerIdentity:getCallerIdentity":             structTypes[aws.GetCallerIdentityArgs, aws.GetCallerIdentityResult](),
	"aws:index/getPartition:getPartition":                       structTypes[aws.GetPartitionArgs, aws.GetPartitionResult](),
	"aws:index/getRegion:getRegion":                             structTypes[aws.GetRegionArgs, aws.GetRegionResult](),
	"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": structTypes[ec2.GetInstanceTypeOfferingsArgs, ec2.GetInstanceTypeOfferingsResult](),
	"aws:ec2/getSubnet:getSubnet":                               structTypes[ec2.LookupSubnetArgs, ec2.LookupSubnetResult](),
	"aws:ec2/getSubnets:getSubnets":                             structTypes[ec2.GetSubnetsArgs, ec2.GetSubnetsResult](),
	"aws:ec2/getSecurityGroups:getSecurityGroups":               structTypes[ec2.GetSecurityGroupsArgs, ec2.GetSecurityGroupsResult](),
}

// providers are the configurations of the simulated packages.
var providers = map[string]reflect.Type{
	"aws":        aws.ProviderArgs{}.ElementType(),
	"kubernetes": kubernetes.ProviderArgs{}.ElementType(),
}
