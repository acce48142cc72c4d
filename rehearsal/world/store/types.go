package store

const (
	AccessEntryType  = "aws:eks/accessEntry:AccessEntry"
	AccessPolicyType = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
)

const AddonType = "aws:eks/addon:Addon"

const EipType = "aws:ec2/eip:Eip"

const ClusterType = "aws:eks/cluster:Cluster"

// ClassParamsType is the type of the parameters of IngressClasses.
const ClassParamsType = "kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams"

const EgressGatewayType = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"

const EndpointType = "aws:ec2/vpcEndpoint:VpcEndpoint"

const FlowLogType = "aws:ec2/flowLog:FlowLog"

const (
	InternetGatewayType = "aws:ec2/internetGateway:InternetGateway"
	NatType             = "aws:ec2/natGateway:NatGateway"
)

const (
	RoleType       = "aws:iam/role:Role"
	AttachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	PolicyType     = "aws:iam/policy:Policy"
)

const RolePolicyType = "aws:iam/rolePolicy:RolePolicy"

// InterfaceType is the type of network interfaces. Programs do not create them: EKS, NAT gateways, endpoints, nodes,
// the CNI and load balancers do.
const InterfaceType = "aws:ec2/networkInterface:NetworkInterface"

const (
	KeyType   = "aws:kms/key:Key"
	AliasType = "aws:kms/alias:Alias"
	// PendingKeyType is a key that is pending deletion: it can't be used, it costs nothing, and KMS deletes it
	// automatically.
	PendingKeyType = "aws:kms/key:PendingDeletion"
)

const AutoscalerType = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"

const DisruptionType = "kubernetes:policy/v1:PodDisruptionBudget"

const NetworkPolicyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy"

// The Pulumi tokens of the objects in a cluster.
const (
	NamespaceType      = "kubernetes:core/v1:Namespace"
	PodType            = "kubernetes:core/v1:Pod"
	ServiceType        = "kubernetes:core/v1:Service"
	ServiceAccountType = "kubernetes:core/v1:ServiceAccount"
	ConfigMapType      = "kubernetes:core/v1:ConfigMap"
	SecretType         = "kubernetes:core/v1:Secret"
	IngressType        = "kubernetes:networking.k8s.io/v1:Ingress"
	IngressClassType   = "kubernetes:networking.k8s.io/v1:IngressClass"
	ClusterRoleType    = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
	ClusterBindingType = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
	MutatingType       = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration"
	ValidatingType     = "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration"
	CrdType            = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
	BindingType        = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
	ReleaseType        = "kubernetes:helm.sh/v3:Release"
)

// LateLogsType marks that a control plane with logs was deleted: EKS delivers its last events for some minutes after,
// and creates their log group again if it is missing, without retention and tags. It does so with its own
// service-linked role, so no policy of the cluster's role prevents it
// (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/920, #1019, #2446, #2763).
const LateLogsType = "eks:late-logs"

const LaunchTemplateType = "aws:ec2/launchTemplate:LaunchTemplate"

const (
	LoadBalancerType = "aws:lb/loadBalancer:LoadBalancer"
	ListenerType     = "aws:lb/listener:Listener"
	ListenerRuleType = "aws:lb/listenerRule:ListenerRule"
	TargetGroupType  = "aws:lb/targetGroup:TargetGroup"
	ClassicType      = "aws:elb/loadBalancer:LoadBalancer"
)

const LogGroupType = "aws:cloudwatch/logGroup:LogGroup"

const (
	VolumeType = "aws:ebs/volume:Volume"
)

const NodeGroupType = "aws:eks/nodeGroup:NodeGroup"

const OIDCType = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"

const (
	RouteTableType  = "aws:ec2/routeTable:RouteTable"
	AssociationType = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	RouteType       = "aws:ec2/route:Route"
)

const (
	SecurityGroupType = "aws:ec2/securityGroup:SecurityGroup"
	GroupRuleType     = "aws:ec2/securityGroupRule:SecurityGroupRule"
	DefaultGroupType  = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
)

const SubnetType = "aws:ec2/subnet:Subnet"

// CIDRReservationType reserves a part of a subnet for prefixes, or for explicitly assigned addresses.
const CIDRReservationType = "aws:ec2/subnetCidrReservation:SubnetCidrReservation"

const (
	DaemonSetType  = "kubernetes:apps/v1:DaemonSet"
	DeploymentType = "kubernetes:apps/v1:Deployment"
	NodeType       = "kubernetes:core/v1:Node"
)

const (
	VPCType        = "aws:ec2/vpc:Vpc"
	SecondaryType  = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
	NetworkACLType = "aws:ec2/networkAcl:NetworkAcl"
)
