// Package config is what the operator typed: the types of a stack file's own keys, their strict decoding, defaults and
// validation. It does not depend on Pulumi.
//
// The tags of the fields are the keys of the stack file. Comments give meaning, unit, default and accepted values.
package config

// Stack is the content of a stack file: one stack in one region.
type Stack struct {
	// Region is aws:region, such as ap-northeast-2.
	Region string
	// Accounts is aws:allowedAccountIds: the stack is created in one of these accounts only. Required.
	Accounts []string
	// Profile is aws:profile, a profile of the operator's AWS configuration. The provider and the kubeconfig use it.
	Profile string
	// Role is aws:assumeRole.roleArn, a role that the operator assumes. The provider and the kubeconfig use it.
	Role string

	Network    Network
	Cluster    Cluster
	NodeGroups map[string]NodeGroup
	Addons     Addons
	DNS        DNS
	Workloads  map[string]Workload
	// Tags are added to every AWS resource, including instances, volumes and load balancers: up to 40, without the
	// prefixes that AWS, Kubernetes and eksnet reserve. A key must not contain =. A key or value must not have a colon
	// before a space or at its end, because controllers read the tags again. With a workload of kind clb, a value must
	// not contain =. Instances and volumes get their tags from a launch template, so a change of a tag replaces every
	// node, a few at a time.
	Tags map[string]string
	// TagsNotOnInstances are keys of tags, of the stack or of a node group, that are not added to instances and
	// volumes, such as [release]: a change of such a tag replaces no node. Default: [].
	TagsNotOnInstances []string
}

// Network is the VPC.
type Network struct {
	// CIDR is the IPv4 range of the VPC, /16 to /23, private or in 100.64.0.0/10. Public ranges are accepted with a
	// warning, reserved ranges are refused. Each zone gets a private subnet of an eighth of the range: 8,187 addresses
	// with a /16, 1,019 with a /19, 59 with a /23. With prefix delegation, a node with 110 pods uses 129 of them.
	// Without it, a node uses as many as its interfaces hold, such as 30 with an m7g.large. For more addresses, give
	// pods a range of their own (podCidr). Default 10.0.0.0/16.
	CIDR string `json:"cidr"`
	// IPAMPool is the ID of a pool of Amazon VPC IPAM in the region, from which cidr is allocated when the VPC is
	// created, such as ipam-pool-0123456789abcdef0: cidr must be free in the pool. It has no effect on a VPC that exists.
	// A destroy waits until IPAM has released cidr, which takes up to 35 minutes. Default: none, cidr is allocated from
	// no pool.
	IPAMPool string `json:"ipamPool"`
	// Zones are two to four availability zones. The position in the list determines the subnets of a zone: append
	// zones at the end, and remove them from the end. The control plane is in the first two zones. Required.
	Zones []string `json:"zones"`
	// NAT is how private subnets reach the internet: "zone", a NAT gateway in each zone (default), "single", one NAT
	// gateway for all zones, or "none", no NAT gateway. With none, nodes, the VPC CNI and the load balancer controller
	// use endpoints, and every image must be in a private registry.
	NAT string `json:"nat"`
	// Endpoints are interface endpoints, through which the VPC reaches AWS services without the internet: auto, all
	// that nodes, the VPC CNI and the load balancer controller use, or a list such as [ecr.api, ecr.dkr, sts].
	// Default: auto with nat none, otherwise []. S3 always has a gateway endpoint, which is free of charge.
	Endpoints Endpoints `json:"endpoints"`
	// PodCIDR is a second IPv4 range of the VPC, /16 to /23, for pods in subnets of their own, one in each zone: in
	// 100.64.0.0/10, or another range that AWS associates with cidr. A change applies to new nodes only. Default:
	// none, pods use the private subnets, as nodes and load balancers do.
	PodCIDR string `json:"podCidr"`
	// PodSubnets is how nodes use the subnets of podCidr: customNetworking (default), pods have addresses of these
	// subnets alone, and the first interface of a node has none for pods; or discovery, the VPC CNI finds the subnets by
	// their tag kubernetes.io/role/cni, pods have addresses of the node's own subnet on its first interface, and further
	// interfaces are in the subnet of the zone with the most free addresses. Needs podCidr. A change applies to new
	// nodes only.
	PodSubnets string `json:"podSubnets"`
	// ControlPlaneSubnets creates a /28 subnet for the control plane's network interfaces in each of the first two
	// zones. After a change, EKS moves the interfaces. Default false: the interfaces are in the private subnets.
	ControlPlaneSubnets bool `json:"controlPlaneSubnets"`
	// FlowLogs record the connections of the VPC in CloudWatch Logs; {} uses the defaults. Default: none.
	FlowLogs *FlowLogs `json:"flowLogs"`
	// IPFamily is the family of the addresses of pods and Services: ipv4 (default) or ipv6. With ipv6, the VPC gets a
	// /56 from Amazon and each subnet a /64 of it, load balancers are dual-stack, and nodes keep IPv4 addresses for
	// traffic to IPv4 networks. docs/ipv6.md lists what does not work then. The family of a cluster cannot change.
	IPFamily string `json:"ipFamily"`
}

// CustomNetworking reports whether pods have addresses of the subnets of podCidr alone, and PodDiscovery whether the
// VPC CNI finds these subnets beside those of nodes.
func (n Network) CustomNetworking() bool {
	return n.PodCIDR != "" && n.PodSubnets != PodSubnetsDiscovery
}

// PodDiscovery is described at CustomNetworking.
func (n Network) PodDiscovery() bool { return n.PodCIDR != "" && n.PodSubnets == PodSubnetsDiscovery }

// IPv6 reports whether pods and Services have IPv6 addresses.
func (n Network) IPv6() bool { return n.IPFamily == IPv6 }

// FlowLogs are VPC flow logs.
type FlowLogs struct {
	// RetentionDays is the retention period in CloudWatch Logs, one of the periods that it supports. Default 30.
	RetentionDays int `json:"retentionDays"`
	// Encryption encrypts the log group with a KMS key of the stack, which it shares with cluster.logs. Default false:
	// with a key of CloudWatch Logs.
	Encryption bool `json:"encryption"`
}

// Cluster is the EKS control plane.
type Cluster struct {
	// Name is the name of the cluster, up to 40 characters, unique in the account and region, not beginning with sg-.
	// All resources of the stack are named after it, so it cannot change after the stack is created. Required.
	Name string `json:"name"`
	// Version is the Kubernetes version, in quotes: "1.33" (extended support, with upgradePolicy extended alone),
	// "1.34", "1.35" (default) or "1.36".
	Version string `json:"version"`
	// UpgradePolicy is the support in which the cluster may stay: standard, in which EKS upgrades its control plane
	// automatically when the standard support of its version ends, or extended, in which it stays for another year at
	// six times the price per hour. EKS accepts a change to standard only while the version is in standard support.
	// Default standard.
	UpgradePolicy string `json:"upgradePolicy"`
	// ZonalShift registers the cluster with zonal shift of Amazon Application Recovery Controller (ARC): an operator, or
	// AWS with zonal autoshift, can then move traffic between pods and new nodes out of a zone that fails. Default false.
	ZonalShift bool `json:"zonalShift"`
	// ServiceCIDR is the IPv4 range of Service addresses, /12 to /24, private and without overlap with the VPC.
	// Default 172.20.0.0/16. With ipFamily ipv6, EKS assigns an IPv6 range, and the key is refused.
	ServiceCIDR string `json:"serviceCidr"`
	// Endpoint determines which clients may reach the API server. Required.
	Endpoint *Endpoint `json:"endpoint"`
	// Admins are ARNs of IAM roles or users that administer the cluster. The creator of the cluster is always an
	// administrator and must not be listed, because EKS creates its access entry.
	Admins []string `json:"admins"`
	// Viewers are ARNs of IAM roles or users that may view everything in namespaces except Secrets
	// (AmazonEKSViewPolicy).
	Viewers []string `json:"viewers"`
	// Access assigns EKS access policies and Kubernetes groups to principals. The entries of one principal are merged.
	Access []Access `json:"access"`
	// SecretsEncryption encrypts Kubernetes Secrets with a KMS key of the stack. EKS cannot remove the encryption: a
	// change to false is refused. Default true.
	SecretsEncryption bool `json:"secretsEncryption"`
	// Logs are the control plane logs in CloudWatch Logs.
	Logs Logs `json:"logs"`
	// Identity is how the pods of the VPC CNI and of controllers get the credentials of their IAM roles,
	// docs/identity.md: irsa (default) uses tokens of their service accounts and an OIDC provider of the cluster in
	// IAM, podIdentity uses EKS Pod Identity with its agent on each node. It cannot change while the cluster exists.
	Identity string `json:"identity"`
}

// Endpoint is the access to the API server; at least one of private and public is true.
type Endpoint struct {
	// Private allows access to the API server from within the VPC. Default true.
	Private bool `json:"private"`
	// Public allows access to the API server from PublicCIDRs over the internet. Default false.
	Public bool `json:"public"`
	// PublicCIDRs are the IPv4 ranges, and with ipFamily ipv6 also IPv6 ranges, that may access the public endpoint, up
	// to 40. Required if Public is true.
	PublicCIDRs []string `json:"publicCidrs"`
	// Proxy is the URL of a proxy through which the operator's kubectl and pulumi reach the API server, http or
	// socks5, such as http://localhost:8888; it is written into the kubeconfig. Nodes do not use it. Default: none.
	Proxy string `json:"proxy"`
}

// Access is an access policy of one principal, its Kubernetes groups, or both.
type Access struct {
	// Principal is the ARN of an IAM role or user. Required.
	Principal string `json:"principal"`
	// Policy is the name of an EKS access policy, such as AmazonEKSEditPolicy. Required without groups.
	Policy string `json:"policy"`
	// Groups are Kubernetes groups of the principal, such as [shop-team], which get permissions from RoleBindings and
	// ClusterRoleBindings. The stack creates no bindings. A name must not begin with system:, eks:, aws:, amazon: or
	// iam:. Default: none.
	Groups []string `json:"groups"`
	// Namespaces are the namespaces in which the policy applies, such as [shop] or [team-*]. They do not apply to
	// groups. Default: the whole cluster.
	Namespaces []string `json:"namespaces"`
}

// Endpoints are services with an interface endpoint, or auto alone.
type Endpoints []string

// Logs are control plane logs.
type Logs struct {
	// Types are any of api, audit, authenticator, controllerManager, scheduler. Default the first three; [] for none.
	Types []string `json:"types"`
	// RetentionDays is the retention period in CloudWatch Logs, one of the periods that it supports. Default 30.
	RetentionDays int `json:"retentionDays"`
	// Encryption encrypts the log group with a KMS key of the stack, which it shares with network.flowLogs. Default
	// false: with a key of CloudWatch Logs.
	Encryption bool `json:"encryption"`
}

// NodeGroup is a managed node group.
type NodeGroup struct {
	// InstanceTypes are 1 to 20 instance types of one architecture, such as m7g.large. Required.
	InstanceTypes []string `json:"instanceTypes"`
	// AMI is al2023-x86_64, al2023-arm64, bottlerocket-x86_64 or bottlerocket-arm64, or with drivers for accelerators
	// al2023-x86_64-nvidia, al2023-arm64-nvidia, al2023-x86_64-neuron, bottlerocket-x86_64-nvidia or
	// bottlerocket-arm64-nvidia. Default: AL2023 for the architecture of the instance types, without drivers.
	AMI string `json:"ami"`
	// Capacity is onDemand (default) or spot.
	Capacity string `json:"capacity"`
	// Scaling is the number of nodes. Required.
	Scaling Scaling `json:"scaling"`
	// Labels are Kubernetes labels of the nodes. A key has up to 63 characters including its prefix, a value 1 to 63.
	Labels map[string]string `json:"labels"`
	// Taints keep pods without a matching toleration off the nodes: up to 50, unique by key and effect.
	Taints []Taint `json:"taints"`
	// Subnets are private (default) or public. Nodes in public subnets get public addresses, which they need to reach
	// the internet.
	Subnets string `json:"subnets"`
	// Update is how many nodes may be unavailable during an update. Default one.
	Update Update `json:"update"`
	// Repair enables EKS's automatic repair: EKS replaces a node that has not been ready for 30 minutes. Default false.
	Repair bool `json:"repair"`
	// Tags are added to the node group, its instances and volumes, in addition to the tags of the stack.
	Tags map[string]string `json:"tags"`
	// DiskGiB is the size in GiB of the volume for images and logs (the root volume of AL2023, the second volume of
	// Bottlerocket), 20 to 16384. Default 50.
	DiskGiB int `json:"diskGiB"`
	// KeyName is the name of an EC2 key pair of the region, with which people in the VPC connect to nodes of AL2023 by
	// SSH. The key pair must exist. A change replaces the nodes. Default: none; Session Manager needs no key.
	KeyName string `json:"keyName"`
	// MaxPods limits the pods on a node; 0 (default) uses the number that EKS computes. The maximum is what the
	// interfaces of the instance types hold, and at most 110, or 250 with more than 30 vCPUs.
	MaxPods int `json:"maxPods"`
	// Kubelet is what the kubelet reserves, and when it evicts pods. The plan counts it. Default: that of the image.
	Kubelet Kubelet `json:"kubelet"`
}

// Scaling is the size of a node group. Desired applies at creation only: afterwards an autoscaler or the operator
// changes the size, and up keeps it between min and max.
type Scaling struct {
	// Min is the minimum number of nodes, 0 or more.
	Min int `json:"min"`
	// Desired is the number of nodes at creation, between min and max. An existing node group keeps its current size,
	// limited to min and max.
	Desired int `json:"desired"`
	// Max is the maximum number of nodes, 1 or more. Required.
	Max int `json:"max"`
}

// Update is how many nodes may be unavailable during an update of a node group: a number or a percentage, not both.
type Update struct {
	// MaxUnavailable is a number of nodes, 1 to 100, or 0 to use a percentage.
	MaxUnavailable int `json:"maxUnavailable"`
	// MaxUnavailablePercentage is a percentage of the nodes, 1 to 100, or 0 (default) to use a number.
	MaxUnavailablePercentage int `json:"maxUnavailablePercentage"`
}

// Taint is a Kubernetes taint.
type Taint struct {
	// Key is the key of the taint, such as example.com/dedicated, up to 63 characters including its prefix. Required.
	Key string `json:"key"`
	// Value is the value of the taint. Optional.
	Value string `json:"value"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute. Required.
	Effect string `json:"effect"`
}
