package leftover

import (
	"slices"
	"strings"

	"eksnet/internal/awsdata"
)

// Kind is a kind of resource that can remain.
type Kind struct {
	// Type is the Pulumi token of the resource, or of the same form for a resource that no program creates.
	Type string
	// Name is what AWS's documentation calls one of them.
	Name string
	// Confirm is the API call that reports whether one exists, "" for a part of another resource.
	Confirm string
	// Price is what one costs, zero for nothing.
	Price awsdata.ListPrice
	// Command deletes one. {id} is its ID, and other words in braces are fields of the resource.
	Command string
	// HoldsData reports that a deletion loses data of applications or of users.
	HoldsData bool
}

// The types that other code refers to by name.
const (
	RecordType        = "aws:route53/record:Record"
	HostedZoneType    = "aws:route53/zone:Zone"
	FlowLogType       = "aws:ec2/flowLog:FlowLog"
	LoadBalancerType  = "aws:lb/loadBalancer:LoadBalancer"
	ClassicType       = "aws:elb/loadBalancer:LoadBalancer"
	TargetGroupType   = "aws:lb/targetGroup:TargetGroup"
	NodeGroupType     = "aws:eks/nodeGroup:NodeGroup"
	ClusterType       = "aws:eks/cluster:Cluster"
	ScalingGroupType  = "aws:autoscaling/group:Group"
	InstanceType      = "aws:ec2/instance:Instance"
	TemplateType      = "aws:ec2/launchTemplate:LaunchTemplate"
	VolumeType        = "aws:ebs/volume:Volume"
	SnapshotType      = "aws:ebs/snapshot:Snapshot"
	EndpointType      = "aws:ec2/vpcEndpoint:VpcEndpoint"
	NATGatewayType    = "aws:ec2/natGateway:NatGateway"
	AddressType       = "aws:ec2/eip:Eip"
	InterfaceType     = "aws:ec2/networkInterface:NetworkInterface"
	GroupRuleType     = "aws:ec2/securityGroupRule:SecurityGroupRule"
	SecurityGroupType = "aws:ec2/securityGroup:SecurityGroup"
	AssociationType   = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	RouteTableType    = "aws:ec2/routeTable:RouteTable"
	ReservationType   = "aws:ec2/subnetCidrReservation:SubnetCidrReservation"
	SubnetType        = "aws:ec2/subnet:Subnet"
	GatewayType       = "aws:ec2/internetGateway:InternetGateway"
	EgressGatewayType = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
	VPCType           = "aws:ec2/vpc:Vpc"
	AttachmentType    = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	RolePolicyType    = "aws:iam/rolePolicy:RolePolicy"
	RoleType          = "aws:iam/role:Role"
	PolicyType        = "aws:iam/policy:Policy"
	OIDCProviderType  = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	AliasType         = "aws:kms/alias:Alias"
	KeyType           = "aws:kms/key:Key"
	LogGroupType      = "aws:cloudwatch/logGroup:LogGroup"
)

// Kinds are all kinds in the order in which they can be deleted. Parts of another resource are deleted before it: a
// load balancer's listeners, a role's policies, a security group's rules.
var Kinds = []Kind{
	{Type: RecordType, Name: "record", Confirm: "route53:ListResourceRecordSets", Command: "aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch '{change}'"},
	{Type: "aws:route53/zoneAssociation:ZoneAssociation", Name: "association of a hosted zone", Command: "aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id {zone} --vpc VPCRegion={region},VPCId={vpc}"},
	{Type: HostedZoneType, Name: "hosted zone", Confirm: "route53:ListHostedZones", Price: awsdata.HostedZonePrice, Command: "aws route53 delete-hosted-zone --id {id}"},
	{Type: FlowLogType, Name: "flow log", Confirm: "ec2:DescribeFlowLogs", Command: "aws ec2 delete-flow-logs --flow-log-ids {id}"},
	{Type: "aws:lb/listenerRule:ListenerRule", Name: "listener rule", Command: "aws elbv2 delete-rule --rule-arn {id}"},
	{Type: "aws:lb/listener:Listener", Name: "listener", Command: "aws elbv2 delete-listener --listener-arn {id}"},
	{Type: LoadBalancerType, Name: "application or network load balancer", Confirm: "elasticloadbalancing:DescribeLoadBalancers", Price: awsdata.LoadBalancerPrice, Command: "aws elbv2 delete-load-balancer --load-balancer-arn {id}"},
	{Type: ClassicType, Name: "classic load balancer", Confirm: "elasticloadbalancing:DescribeLoadBalancers", Price: awsdata.ClassicPrice, Command: "aws elb delete-load-balancer --load-balancer-name {id}"},
	{Type: TargetGroupType, Name: "target group", Confirm: "elasticloadbalancing:DescribeTargetGroups", Command: "aws elbv2 delete-target-group --target-group-arn {id}"},
	{Type: NodeGroupType, Name: "node group", Confirm: "eks:DescribeNodegroup", Command: "aws eks delete-nodegroup --cluster-name {cluster} --nodegroup-name {name}"},
	{Type: "aws:eks/addon:Addon", Name: "add-on", Command: "aws eks delete-addon --cluster-name {cluster} --addon-name {name}"},
	{Type: "aws:eks/podIdentityAssociation:PodIdentityAssociation", Name: "Pod Identity association", Command: "aws eks delete-pod-identity-association --cluster-name {cluster} --association-id {id}"},
	{Type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", Name: "access policy", Command: "aws eks disassociate-access-policy --cluster-name {cluster} --principal-arn {principal} --policy-arn {policy}"},
	{Type: "aws:eks/accessEntry:AccessEntry", Name: "access entry", Command: "aws eks delete-access-entry --cluster-name {cluster} --principal-arn {principal}"},
	{Type: ClusterType, Name: "cluster", Confirm: "eks:DescribeCluster", Price: awsdata.ControlPlanePrice, Command: "aws eks delete-cluster --name {id}"},
	{Type: ScalingGroupType, Name: "Auto Scaling group", Confirm: "autoscaling:DescribeAutoScalingGroups", Command: "aws autoscaling delete-auto-scaling-group --force-delete --auto-scaling-group-name {id}"},
	{Type: InstanceType, Name: "instance", Confirm: "ec2:DescribeInstances", Command: "aws ec2 terminate-instances --instance-ids {id}"},
	{Type: TemplateType, Name: "launch template", Confirm: "ec2:DescribeLaunchTemplates", Command: "aws ec2 delete-launch-template --launch-template-id {id}"},
	{Type: VolumeType, Name: "volume", Confirm: "ec2:DescribeVolumes", Price: awsdata.VolumePrice, HoldsData: true, Command: "aws ec2 delete-volume --volume-id {id}"},
	{Type: SnapshotType, Name: "snapshot", Confirm: "ec2:DescribeSnapshots", Price: awsdata.SnapshotPrice, HoldsData: true, Command: "aws ec2 delete-snapshot --snapshot-id {id}"},
	{Type: EndpointType, Name: "VPC endpoint", Confirm: "ec2:DescribeVpcEndpoints", Price: awsdata.EndpointPrice, Command: "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {id}"},
	{Type: NATGatewayType, Name: "NAT gateway", Confirm: "ec2:DescribeNatGateways", Price: awsdata.NATGatewayPrice, Command: "aws ec2 delete-nat-gateway --nat-gateway-id {id}"},
	{Type: AddressType, Name: "Elastic IP address", Confirm: "ec2:DescribeAddresses", Price: awsdata.PublicAddressPrice, Command: "aws ec2 release-address --allocation-id {id}"},
	{Type: InterfaceType, Name: "network interface", Confirm: "ec2:DescribeNetworkInterfaces", Command: "aws ec2 delete-network-interface --network-interface-id {id}"},
	{Type: GroupRuleType, Name: "rule of a security group", Command: "aws ec2 revoke-security-group-{direction} --group-id {group} --security-group-rule-ids {id}"},
	{Type: SecurityGroupType, Name: "security group", Confirm: "ec2:DescribeSecurityGroups", Command: "aws ec2 delete-security-group --group-id {id}"},
	{Type: "aws:ec2/route:Route", Name: "route", Command: "aws ec2 delete-route --route-table-id {table} --destination-cidr-block {destination}"},
	{Type: AssociationType, Name: "association of a route table", Command: "aws ec2 disassociate-route-table --association-id {id}"},
	{Type: RouteTableType, Name: "route table", Confirm: "ec2:DescribeRouteTables", Command: "aws ec2 delete-route-table --route-table-id {id}"},
	{Type: ReservationType, Name: "subnet CIDR reservation", Confirm: "ec2:GetSubnetCidrReservations", Command: "aws ec2 delete-subnet-cidr-reservation --subnet-cidr-reservation-id {id}"},
	{Type: SubnetType, Name: "subnet", Confirm: "ec2:DescribeSubnets", Command: "aws ec2 delete-subnet --subnet-id {id}"},
	{Type: GatewayType, Name: "internet gateway", Confirm: "ec2:DescribeInternetGateways", Command: "aws ec2 detach-internet-gateway --internet-gateway-id {id} --vpc-id {vpc} && aws ec2 delete-internet-gateway --internet-gateway-id {id}"},
	{Type: EgressGatewayType, Name: "egress-only internet gateway", Confirm: "ec2:DescribeEgressOnlyInternetGateways", Command: "aws ec2 delete-egress-only-internet-gateway --egress-only-internet-gateway-id {id}"},
	{Type: "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", Name: "further CIDR block of a VPC", Command: "aws ec2 disassociate-vpc-cidr-block --association-id {id}"},
	{Type: VPCType, Name: "VPC", Confirm: "ec2:DescribeVpcs", Command: "aws ec2 delete-vpc --vpc-id {id}"},
	{Type: AttachmentType, Name: "policy of a role", Command: "aws iam detach-role-policy --role-name {role} --policy-arn {policy}"},
	{Type: RolePolicyType, Name: "inline policy of a role", Command: "aws iam delete-role-policy --role-name {role} --policy-name {policy}"},
	{Type: RoleType, Name: "role", Confirm: "iam:GetRole", Command: "aws iam delete-role --role-name {id}"},
	{Type: PolicyType, Name: "policy", Confirm: "iam:ListPolicies", Command: "aws iam delete-policy --policy-arn {id}"},
	{Type: OIDCProviderType, Name: "OIDC provider", Confirm: "iam:GetOpenIDConnectProvider", Command: "aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {id}"},
	{Type: AliasType, Name: "alias of a key", Confirm: "kms:DescribeKey", Command: "aws kms delete-alias --alias-name {id}"},
	{Type: KeyType, Name: "KMS key", Confirm: "kms:DescribeKey", Price: awsdata.KeyPrice, Command: "aws kms schedule-key-deletion --key-id {id}"},
	{Type: LogGroupType, Name: "log group", Confirm: "logs:DescribeLogGroups", Price: awsdata.LogStoragePrice, Command: "aws logs delete-log-group --log-group-name {id}"},
}

// KindOf returns the kind of a type.
func KindOf(typ string) (Kind, bool) {
	if i := Rank(typ); i < len(Kinds) {
		return Kinds[i], true
	}
	return Kind{}, false
}

// Rank returns the position of a type in the order of deletion, len(Kinds) for a type that is no kind.
func Rank(typ string) int {
	if i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Type == typ }); i >= 0 {
		return i
	}
	return len(Kinds)
}

// NeedsOnlyID reports whether the ID of a resource is all that its command needs.
func (k Kind) NeedsOnlyID() bool {
	return strings.Contains(k.Command, "{id}") && !strings.ContainsAny(strings.ReplaceAll(k.Command, "{id}", ""), "{}")
}

// RemovalCommand returns the command that deletes a resource with an ID and fields.
func (k Kind) RemovalCommand(id string, fields map[string]string) string {
	pairs := []string{"{id}", id}
	for name, value := range fields {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(k.Command)
}
