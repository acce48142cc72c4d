package store

// The Pulumi tokens of the objects of an account and its clusters. Objects that no program creates have one too: the
// type of Pulumi's resource for it, or else one of the same form.

// EC2 with VPC and EBS. Network interfaces are created by EKS, NAT gateways, endpoints, nodes, the CNI and load
// balancers, and volumes by nodes. A CIDR reservation keeps a part of a subnet for prefixes, or for explicitly assigned
// addresses.
const (
	VPCType             = "aws:ec2/vpc:Vpc"
	SecondaryType       = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
	NetworkACLType      = "aws:ec2/networkAcl:NetworkAcl"
	SubnetType          = "aws:ec2/subnet:Subnet"
	CIDRReservationType = "aws:ec2/subnetCidrReservation:SubnetCidrReservation"
	RouteTableType      = "aws:ec2/routeTable:RouteTable"
	AssociationType     = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	RouteType           = "aws:ec2/route:Route"
	InternetGatewayType = "aws:ec2/internetGateway:InternetGateway"
	EgressGatewayType   = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
	NatType             = "aws:ec2/natGateway:NatGateway"
	EipType             = "aws:ec2/eip:Eip"
	KeyPairType         = "aws:ec2/keyPair:KeyPair"
	EndpointType        = "aws:ec2/vpcEndpoint:VpcEndpoint"
	FlowLogType         = "aws:ec2/flowLog:FlowLog"
	InterfaceType       = "aws:ec2/networkInterface:NetworkInterface"
	SecurityGroupType   = "aws:ec2/securityGroup:SecurityGroup"
	IPAMPoolType        = "aws:ec2/vpcIpamPool:VpcIpamPool"             // of the operator alone
	PrefixListType      = "aws:ec2/managedPrefixList:ManagedPrefixList" // of the operator alone
	GroupRuleType       = "aws:ec2/securityGroupRule:SecurityGroupRule"
	DefaultGroupType    = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	LaunchTemplateType  = "aws:ec2/launchTemplate:LaunchTemplate"
	VolumeType          = "aws:ebs/volume:Volume"
)

// Elastic Load Balancing: load balancers of the second generation with their parts, and Classic Load Balancers.
const (
	LoadBalancerType = "aws:lb/loadBalancer:LoadBalancer"
	ListenerType     = "aws:lb/listener:Listener"
	ListenerRuleType = "aws:lb/listenerRule:ListenerRule"
	TargetGroupType  = "aws:lb/targetGroup:TargetGroup"
	ClassicType      = "aws:elb/loadBalancer:LoadBalancer"
)

// S3. Buckets are the operator's.
const BucketType = "aws:s3/bucket:Bucket"

// EKS. An object of LateLogsType marks that a control plane with logs was deleted: EKS delivers its last events for
// some minutes after, and creates their log group again if it is missing, without retention and tags. It does so with
// its own service-linked role, so no policy of the cluster's role prevents it
// (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/920, #1019, #2446, #2763).
const (
	ClusterType      = "aws:eks/cluster:Cluster"
	AccessEntryType  = "aws:eks/accessEntry:AccessEntry"
	AccessPolicyType = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
	AddonType        = "aws:eks/addon:Addon"
	PodIdentityType  = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
	NodeGroupType    = "aws:eks/nodeGroup:NodeGroup"
	LateLogsType     = "eks:late-logs"
)

// IAM.
const (
	RoleType       = "aws:iam/role:Role"
	RolePolicyType = "aws:iam/rolePolicy:RolePolicy"
	AttachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	PolicyType     = "aws:iam/policy:Policy"
	OIDCType       = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
)

// KMS. A key that is pending deletion has a type of its own: it cannot be used, it costs nothing, and KMS deletes it
// automatically.
const (
	KeyType        = "aws:kms/key:Key"
	AliasType      = "aws:kms/alias:Alias"
	PendingKeyType = "aws:kms/key:PendingDeletion"
)

// Route 53.
const (
	HostedZoneType      = "aws:route53/zone:Zone"
	ZoneAssociationType = "aws:route53/zoneAssociation:ZoneAssociation"
	RecordType          = "aws:route53/record:Record"
)

// CloudWatch Logs.
const LogGroupType = "aws:cloudwatch/logGroup:LogGroup"

// Kubernetes, by API group.
const (
	NamespaceType      = "kubernetes:core/v1:Namespace"
	NodeType           = "kubernetes:core/v1:Node"
	PodType            = "kubernetes:core/v1:Pod"
	ServiceType        = "kubernetes:core/v1:Service"
	ServiceAccountType = "kubernetes:core/v1:ServiceAccount"
	ConfigMapType      = "kubernetes:core/v1:ConfigMap"
	SecretType         = "kubernetes:core/v1:Secret"
	DeploymentType     = "kubernetes:apps/v1:Deployment"
	DaemonSetType      = "kubernetes:apps/v1:DaemonSet"
	AutoscalerType     = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
	DisruptionType     = "kubernetes:policy/v1:PodDisruptionBudget"
	IngressType        = "kubernetes:networking.k8s.io/v1:Ingress"
	IngressClassType   = "kubernetes:networking.k8s.io/v1:IngressClass"
	NetworkPolicyType  = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
	ClusterRoleType    = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
	ClusterBindingType = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
	MutatingType       = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration"
	ValidatingType     = "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration"
	CrdType            = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
	// A ValidatingAdmissionPolicy, and its binding, without which it has no effect.
	AdmissionPolicyType  = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"
	AdmissionBindingType = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding"
)

// The Gateway API, in the versions that the load balancer controller reads, and the controller's configurations of it.
const (
	GatewayClassType   = "kubernetes:gateway.networking.k8s.io/v1:GatewayClass"
	GatewayType        = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
	ListenerSetType    = "kubernetes:gateway.networking.k8s.io/v1:ListenerSet"
	HTTPRouteType      = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
	GRPCRouteType      = "kubernetes:gateway.networking.k8s.io/v1:GRPCRoute"
	TLSRouteType       = "kubernetes:gateway.networking.k8s.io/v1:TLSRoute"
	TCPRouteType       = "kubernetes:gateway.networking.k8s.io/v1alpha2:TCPRoute"
	UDPRouteType       = "kubernetes:gateway.networking.k8s.io/v1alpha2:UDPRoute"
	ReferenceGrantType = "kubernetes:gateway.networking.k8s.io/v1beta1:ReferenceGrant"
	// A resource of the provider that owns fields of a Gateway.
	GatewayPatchType = GatewayType + PatchSuffix

	BalancerConfigurationType     = "kubernetes:gateway.k8s.aws/v1beta1:LoadBalancerConfiguration"
	TargetConfigurationType       = "kubernetes:gateway.k8s.aws/v1beta1:TargetGroupConfiguration"
	ListenerRuleConfigurationType = "kubernetes:gateway.k8s.aws/v1beta1:ListenerRuleConfiguration"
)

// Istio, in the versions that the program uses.
const (
	VirtualServiceType     = "kubernetes:networking.istio.io/v1:VirtualService"
	IstioGatewayType       = "kubernetes:networking.istio.io/v1:Gateway"
	PeerAuthenticationType = "kubernetes:security.istio.io/v1:PeerAuthentication"
)

// CustomTypes are the custom resources that a program may own, if their definitions exist.
var CustomTypes = []string{GatewayClassType, GatewayType, HTTPRouteType, GRPCRouteType, TLSRouteType, TCPRouteType, UDPRouteType,
	ReferenceGrantType, BalancerConfigurationType, TargetConfigurationType, ListenerRuleConfigurationType,
	VirtualServiceType, IstioGatewayType, PeerAuthenticationType, SecurityGroupPolicyType}

// PatchSuffix is the end of the types of the provider's resources that own fields of an object of another resource.
const PatchSuffix = "Patch"

// PatchTypes are those that a program may own. Such a resource has the ID of the object, and is dropped with it.
var PatchTypes = []string{GatewayPatchType}

// The custom resources of the load balancer controller: the targets of a load balancer, and the parameters of
// IngressClasses.
const (
	BindingType     = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
	ClassParamsType = "kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams"
)

// SecurityGroupPolicyType are the objects with the security groups of pods, which the VPC resource controller reads.
const SecurityGroupPolicyType = "kubernetes:vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy"

// Helm.
const ReleaseType = "kubernetes:helm.sh/v3:Release"
