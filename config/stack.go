// Package config is what the operator typed: the types of a stack file's own keys, their strict decoding, defaults and
// validation. It does not depend on Pulumi.
//
// The tags of the fields are the keys of the stack file. Comments give meaning, unit, default and accepted values.
package config

import "slices"

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
	// Zones are two to four availability zones. The position in the list determines the subnets of a zone: append
	// zones at the end, and remove them from the end. The control plane is in the first two zones.
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

// IPv6 reports whether pods and Services have IPv6 addresses.
func (n Network) IPv6() bool { return n.IPFamily == IPv6 }

// FlowLogs are VPC flow logs.
type FlowLogs struct {
	// RetentionDays is the retention period in CloudWatch Logs, one of the periods that it supports. Default 30.
	RetentionDays int `json:"retentionDays"`
}

// Cluster is the EKS control plane.
type Cluster struct {
	// Name is the name of the cluster, up to 40 characters, unique in the account and region, not beginning with sg-.
	// All resources of the stack are named after it, so it cannot change after the stack is created. Required.
	Name string `json:"name"`
	// Version is the Kubernetes version, in quotes: "1.33" (extended support, which costs more per hour), "1.34",
	// "1.35" (default) or "1.36".
	Version string `json:"version"`
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
	// Access assigns EKS access policies to principals, in the whole cluster or in some namespaces.
	Access []Access `json:"access"`
	// SecretsEncryption encrypts Kubernetes Secrets with a KMS key of the stack. EKS cannot remove the encryption: a
	// change to false is refused. Default true.
	SecretsEncryption bool `json:"secretsEncryption"`
	// Logs are the control plane logs in CloudWatch Logs.
	Logs Logs `json:"logs"`
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

// Access is an access policy of one principal.
type Access struct {
	// Principal is the ARN of an IAM role or user. Required.
	Principal string `json:"principal"`
	// Policy is the name of an EKS access policy, such as AmazonEKSEditPolicy. Required.
	Policy string `json:"policy"`
	// Namespaces are the namespaces in which the policy applies, such as [shop] or [team-*]. Default: the whole
	// cluster.
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
	// Tags are added to the node group, its instances and volumes, in addition to the tags of the stack.
	Tags map[string]string `json:"tags"`
	// DiskGiB is the size in GiB of the volume for images and logs (the root volume of AL2023, the second volume of
	// Bottlerocket), 20 to 16384. Default 50.
	DiskGiB int `json:"diskGiB"`
	// MaxPods limits the pods on a node; 0 (default) uses the number that EKS computes. The maximum is what the
	// interfaces of the instance types hold, and at most 110, or 250 with more than 30 vCPUs.
	MaxPods int `json:"maxPods"`
}

// Scaling is the size of a node group. Desired applies at creation only: afterwards an autoscaler or the operator
// changes the size, and up keeps it between min and max.
type Scaling struct {
	// Min is the minimum number of nodes, 0 or more.
	Min int `json:"min"`
	// Desired is the number of nodes at creation, between min and max. An existing node group keeps its current size,
	// limited to min and max.
	Desired int `json:"desired"`
	// Max is the maximum number of nodes, 1 or more.
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
	// Effect is NoSchedule, PreferNoSchedule or NoExecute.
	Effect string `json:"effect"`
}

// Addons are the EKS add-ons, the load balancer controller and other controllers.
type Addons struct {
	VPCCNI                 VPCCNI                 `json:"vpcCni"`
	KubeProxy              KubeProxy              `json:"kubeProxy"`
	CoreDNS                CoreDNS                `json:"coreDns"`
	LoadBalancerController LoadBalancerController `json:"loadBalancerController"`
	MetricsServer          *MetricsServer         `json:"metricsServer"`
	KubeOpsView            *KubeOpsView           `json:"kubeOpsView"`
	CNIMetricsHelper       *CNIMetricsHelper      `json:"cniMetricsHelper"`
	ExternalDNS            *ExternalDNS           `json:"externalDns"`
	// GatewayAPI is the Gateway API, which workloads of the kinds gateway-alb and gateway-nlb need; {} uses the
	// defaults. Default: none.
	GatewayAPI *GatewayAPI `json:"gatewayApi"`
}

// GatewayAPI is the Gateway API with the GatewayClasses alb and nlb.
type GatewayAPI struct {
	// CRDs is who manages the custom resource definitions of the Gateway API: own (default), the stack, which creates
	// those that fit the version of the load balancer controller, or existing, something else, such as another
	// controller. They must be there before the stack's Gateways, and the load balancer controller looks for them only
	// when it starts.
	CRDs string `json:"crds"`
}

// Addon is an EKS add-on that has only a version.
type Addon struct {
	// Version is the version of the add-on, such as v1.13.2-eksbuild.21. Default: the default of EKS for the cluster's
	// version as of November 2026 (in aws-cn and aws-us-gov: the default of EKS when the add-on is created).
	Version string `json:"version"`
}

// CoreDNS is the cluster's DNS server.
type CoreDNS struct {
	// Version is as in Addon.
	Version string `json:"version"`
	// Replicas is the number of pods, 1 to 100. Default 2.
	Replicas int `json:"replicas"`
	// Autoscale lets EKS set the number of pods by the number of nodes and CPU cores of the cluster; replicas is then
	// ignored. It does not need metrics-server. Default: replicas.
	Autoscale *CoreDNSAutoscale `json:"autoscale"`
	// MaxUnavailable is the number of pods that may be missing while nodes are drained (PodDisruptionBudget), 1 or
	// more. Default 1.
	MaxUnavailable int `json:"maxUnavailable"`
	// SpreadZones prefers, among the zones, those with the fewest CoreDNS pods (topologySpreadConstraints), so that the
	// failure of one zone leaves pods in the others. Default false: pods are spread over nodes only.
	SpreadZones bool `json:"spreadZones"`
}

// LeastPods returns the minimum number of pods.
func (c CoreDNS) LeastPods() int {
	if c.Autoscale != nil {
		return c.Autoscale.Min
	}
	return c.Replicas
}

// MostPods returns the maximum number of pods.
func (c CoreDNS) MostPods() int {
	if c.Autoscale != nil {
		return c.Autoscale.Max
	}
	return c.Replicas
}

// CoreDNSAutoscale is the range of the number of CoreDNS pods.
type CoreDNSAutoscale struct {
	// Min is the minimum number of pods, 2 to 1000. Default 2.
	Min int `json:"min"`
	// Max is the maximum number of pods, up to 1000. Required.
	Max int `json:"max"`
}

// MetricsServer is the EKS add-on metrics-server, which measures the CPU and memory of nodes and pods, for autoscale of
// workloads, kubectl top and kubeOpsView. Not installed by default; {} installs it.
type MetricsServer struct {
	// Version is the version of the add-on, such as v0.8.1-eksbuild.10. Default: the default of EKS when the add-on is
	// created.
	Version string `json:"version"`
	// Replicas is the number of pods, 1 to 10. Default 2.
	Replicas int `json:"replicas"`
}

// KubeOpsView is kube-ops-view, a page that shows the nodes and pods of the cluster, behind an NLB in the namespace
// kube-ops-view. It has no login: each client that reaches the load balancer sees the names of all pods. Not installed
// by default; {} installs it.
type KubeOpsView struct {
	// Scheme is internal (default) or internet-facing.
	Scheme string `json:"scheme"`
	// SourceRanges are the ranges from which clients may connect. Default: any.
	SourceRanges []string `json:"sourceRanges"`
	// Image is the image with a tag or digest, for a mirror. Default: docker.io/hjacobs/kube-ops-view:23.5.0.
	Image string `json:"image"`
}

// KubeProxy is kube-proxy, which translates the addresses and node ports of Services on each node.
type KubeProxy struct {
	// Version is as in Addon.
	Version string `json:"version"`
	// Mode is how kube-proxy writes its rules: iptables (default) or nftables, whose cost does not grow with the number
	// of Services. The paths of packets are the same, but with nftables node ports answer on the address of a node's
	// first interface alone, which is the one that load balancers use. A change restarts kube-proxy on each node.
	Mode string `json:"mode"`
}

// VPCCNI is the Amazon VPC CNI, which assigns addresses to pods.
type VPCCNI struct {
	// Version is as in Addon.
	Version string `json:"version"`
	// PrefixDelegation assigns /28 prefixes to nodes instead of single addresses, so that a node can run more pods.
	// Default true.
	PrefixDelegation bool `json:"prefixDelegation"`
	// ExternalSNAT keeps a pod's address as the source of traffic that leaves the VPC, for networks with a route back
	// to pods; traffic to the internet is translated by the NAT gateways. Default false: traffic that leaves the VPC
	// has the node's address.
	ExternalSNAT bool `json:"externalSnat"`
	// NetworkPolicy runs the agent of the add-on that enforces Kubernetes NetworkPolicies on each node. Default false.
	NetworkPolicy bool `json:"networkPolicy"`
	// Warm is what a node keeps available in addition to what its pods use.
	Warm Warm `json:"warm"`
}

// Warm is how many addresses a node keeps available for new pods. With more of them pods start faster, and subnets run
// out of addresses earlier. If IPs or MinimumIPs is set, it overrides ENIs and Prefixes.
type Warm struct {
	// ENIs is the number of network interfaces whose addresses are kept available, without prefix delegation
	// (WARM_ENI_TARGET). Default 1.
	ENIs int `json:"enis"`
	// IPs is the number of addresses kept available, 0 (default) if not set (WARM_IP_TARGET).
	IPs int `json:"ips"`
	// MinimumIPs is the minimum number of addresses of a node, used or available, 0 (default) for none
	// (MINIMUM_IP_TARGET).
	MinimumIPs int `json:"minimumIps"`
	// Prefixes is the number of /28 prefixes kept available, with prefix delegation (WARM_PREFIX_TARGET): 0 only with
	// IPs or MinimumIPs. Default 1.
	Prefixes int `json:"prefixes"`
}

// LoadBalancerController is the AWS Load Balancer Controller, which creates NLBs for Services and ALBs for Ingresses.
type LoadBalancerController struct {
	// Version is the version of the chart and the controller, 3.0.0 or later. Default 3.2.2.
	Version string `json:"version"`
	// Replicas is the number of controller pods. Default 2.
	Replicas int `json:"replicas"`
	// Chart is the location of the chart: an https:// repository, or the oci:// address of the chart. Default
	// https://aws.github.io/eks-charts.
	Chart string `json:"chart"`
	// Image is the image of the controller without a tag; the tag is set from the version. Default:
	// public.ecr.aws/eks/aws-load-balancer-controller, or the EKS registry of the region where nodes cannot reach that
	// one (nat none, aws-cn, aws-us-gov).
	Image string `json:"image"`
}

// Workload is a sample application behind a load balancer, in its own namespace.
type Workload struct {
	// Kind is the kind of load balancer: clb (Classic Load Balancer, created by the EKS cloud controller), nlb or alb
	// (created by the AWS Load Balancer Controller for a Service or an Ingress), gateway-nlb or gateway-alb (the same
	// load balancers, created for a Gateway, which need addons.gatewayApi). Required. A change of the kind creates
	// another load balancer with another address. Three kinds have no load balancer: policy, a server with one client
	// that a NetworkPolicy allows and one that it does not, which needs addons.vpcCni.networkPolicy; netshoot, pods with
	// network tools, spread over the nodes; and speed, a server of iperf3 and clients, spread over zones and nodes,
	// with which eksnet speed measures the speed between pods.
	Kind string `json:"kind"`
	// App is the application: echo (default), game-2048 or nginx. Only nginx supports the proxy protocol, only echo
	// supports UDP, and kind policy supports only echo. The kinds netshoot and speed have no app.
	App string `json:"app"`
	// Scheme is internet-facing (default) or internal.
	Scheme string `json:"scheme" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// Target is the target type: ip, the addresses of the pods (default for nlb and alb), or instance, a node port of
	// every node (the default and only type for clb).
	Target string `json:"target" kinds:"clb nlb alb gateway-nlb gateway-alb"`

	// Protocol is the protocol of the listener of an NLB: TCP (default), UDP, or TLS, which the NLB terminates.
	Protocol string `json:"protocol" kinds:"nlb gateway-nlb"`
	// Port is the port of the listener, 1 to 65535. Default 80, with protocol TLS 443. A change creates another
	// listener and another target group; the address stays. An ALB listens on port 80, and with a certificate on 443.
	Port int `json:"port" kinds:"clb nlb gateway-nlb"`
	// TrafficPolicy determines to which pods a node forwards traffic from its node port: Cluster (default), to all
	// pods, which then receive it from the node's address, or Local, only to pods on the same node, which receive it
	// from the address that the load balancer sent; nodes without a pod fail the health check. An nlb and an alb need
	// instance targets for it.
	TrafficPolicy string `json:"trafficPolicy" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// ProxyProtocol sends the client's address to pods in a proxy protocol header: version 1 with clb, version 2 with
	// nlb. Default false. Needs app nginx.
	ProxyProtocol bool `json:"proxyProtocol" kinds:"clb nlb gateway-nlb"`
	// PreserveClientAddress keeps the client's address as the source address of the traffic to pods. Default: as AWS
	// has it, true with instance targets and with UDP, otherwise false.
	PreserveClientAddress *bool `json:"preserveClientAddress" kinds:"nlb gateway-nlb"`
	// CrossZone distributes traffic from each zone to the targets of all zones; AWS bills traffic between zones.
	// Default false. An ALB always does this.
	CrossZone bool `json:"crossZone" kinds:"clb nlb gateway-nlb"`
	// SourceRanges are the IPv4 ranges, and with ipFamily ipv6 also IPv6 ranges, from which clients may connect.
	// Default: any.
	SourceRanges []string `json:"sourceRanges" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// Zones are the zones of network.zones in which the load balancer has a subnet; a change updates the load
	// balancer. Default: all zones, including zones that are added later. The members of a group must have the same
	// list.
	Zones []string `json:"zones" kinds:"nlb alb gateway-nlb gateway-alb"`
	// SecurityGroups are IDs of your security groups, up to four, which replace the one that the controller creates.
	SecurityGroups []string `json:"securityGroups" kinds:"nlb alb gateway-nlb gateway-alb"`
	// ElasticIPs are allocation IDs of your Elastic IPs, one for each zone of the load balancer, in the order of the
	// zones. A change creates another load balancer with another name. Needs scheme internet-facing.
	ElasticIPs []string `json:"elasticIps" kinds:"nlb gateway-nlb"`
	// Attributes are load balancer attributes without a key of their own here, by their AWS names, such as
	// idle_timeout.timeout_seconds for an ALB. An attribute that is removed keeps its last value: set it to the
	// default of AWS instead, except secondary_ips.auto_assigned.per_subnet, which AWS never decreases.
	Attributes map[string]string `json:"attributes" kinds:"nlb alb gateway-nlb gateway-alb"`

	// Certificate is the ARN of a certificate in ACM, in the region of the stack. An nlb requires one with protocol
	// TLS, and accepts none with other protocols; an alb with a certificate also has an HTTPS listener on port 443.
	Certificate string `json:"certificate" kinds:"nlb alb gateway-nlb gateway-alb"`
	// Redirect redirects requests on port 80 to port 443. Default true. Needs certificate.
	Redirect *bool `json:"redirect" kinds:"alb gateway-alb"`
	// Group is the name of a load balancer that several workloads of one kind share. With gateway-nlb each has a port of
	// its own. Default: a load balancer for this workload only.
	Group string `json:"group" kinds:"alb gateway-nlb gateway-alb"`
	// Weight is the share of the requests that this workload gets, 0 to 999, relative to the other members of its group
	// with the same hosts and paths, or with gateway-nlb the same port, each of which needs a weight. Needs group.
	// Default: none, no other member has the same.
	Weight *int `json:"weight" kinds:"gateway-nlb gateway-alb"`
	// Order is the order of the workload's rules among the rules of its group, -1000 to 1000, the lowest first.
	// Default: exact hosts before wildcards before any host, and long paths before short ones. Needs group. A Gateway
	// has an order of its own (docs/gateway-api.md).
	Order *int `json:"order" kinds:"alb"`
	// Hosts are the host names of the requests that the workload serves, such as shop.example.com. Default: any.
	// With dns.zones, each host gets a record in Route 53.
	Hosts []string `json:"hosts" kinds:"alb gateway-alb"`
	// Hostname is a name for the load balancer, such as echo.example.com, which gets a record in a zone of dns.zones.
	// Default: none, clients use the load balancer's own name. An alb has hosts instead.
	Hostname string `json:"hostname" kinds:"clb nlb gateway-nlb"`
	// Paths are the path prefixes of the requests that the workload serves, such as [/shop]. Default [/].
	Paths []string `json:"paths" kinds:"alb gateway-alb"`
	// DefaultBackend forwards requests that match no rule to this workload; a group can have one. Without hosts and
	// paths the workload then has no rules. Default false.
	DefaultBackend bool `json:"defaultBackend" kinds:"alb"`

	// Health is the health check of the load balancer.
	Health *Health `json:"health" kinds:"nlb alb gateway-nlb gateway-alb"`
	// DeregistrationDelay is how long, in seconds, 0 to 3600, a deregistered target keeps its connections. Default
	// 300.
	DeregistrationDelay *int `json:"deregistrationDelay" kinds:"nlb alb gateway-nlb gateway-alb"`
	// Draining is how long, in seconds, a deregistered node keeps its connections: 0 (default) to disable connection
	// draining, otherwise up to 3600.
	Draining int `json:"draining" kinds:"clb"`
	// TargetGroupAttributes are target group attributes without a key of their own here, by their AWS names, such as
	// stickiness.enabled. An attribute that is removed keeps its last value: set it to the default of AWS instead.
	// Attributes that constrain one of the listed ones are set to the defaults of AWS if they are not listed.
	TargetGroupAttributes map[string]string `json:"targetGroupAttributes" kinds:"nlb alb gateway-nlb gateway-alb"`
	// ReadinessGate marks a pod as ready only after the load balancer reports it as healthy, so that a rollout waits
	// for the load balancer. Default false. Needs ip targets.
	ReadinessGate bool `json:"readinessGate" kinds:"nlb alb gateway-nlb gateway-alb"`

	// PreStop is how long, in seconds, a pod that is being deleted continues to serve, so that load balancers
	// deregister it first. Default 0.
	PreStop int `json:"preStop" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// GracePeriod is how long, in seconds, 1 to 840, a pod has to terminate, including preStop: with 0 requests in
	// progress would be aborted, and EKS stops an update of nodes whose pods need 15 minutes. Default 30.
	GracePeriod int `json:"gracePeriod" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// MinAvailable is the minimum number of pods while nodes are drained (PodDisruptionBudget), less than the number
	// of pods. Default 0, no minimum.
	MinAvailable int `json:"minAvailable" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// Autoscale scales the number of pods with their load; replicas is then ignored. It requires
	// addons.metricsServer; without it the number of pods stays at min.
	Autoscale *Autoscale `json:"autoscale" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// Replicas is the number of pods (policy: of the server; speed: of the clients), 1 to 100. The load balancer is
	// ready once a pod is ready. Default 2, of netshoot 3, of speed one more than network.zones has.
	Replicas int `json:"replicas"`
	// Image is the image of the application with a tag or digest, for a mirror. Default: the image of the app.
	Image string `json:"image"`
}

// Balanced reports whether the workload has a load balancer.
func (w Workload) Balanced() bool { return slices.Contains(BalancedKinds, w.Kind) }

// LeastPods returns the minimum number of pods.
func (w Workload) LeastPods() int {
	if w.Autoscale != nil {
		return w.Autoscale.Min
	}
	return w.Replicas
}

// MostPods returns the maximum number of pods.
func (w Workload) MostPods() int {
	if w.Autoscale != nil {
		return w.Autoscale.Max
	}
	return w.Replicas
}

// Health is a load balancer's health check.
type Health struct {
	// Protocol is TCP (default for nlb), HTTP (default for alb) or HTTPS, which none of the applications serves. TCP
	// is for nlb only.
	Protocol string `json:"protocol"`
	// Port is a port number, or traffic-port (default), the port to which the load balancer sends traffic. For kind nlb
	// with instance targets and trafficPolicy Local the default is the health check node port, which kube-proxy
	// serves.
	Port Port `json:"port"`
	// Path is the path of HTTP and HTTPS checks. Default: the health check path of the app.
	Path string `json:"path"`
	// Interval is the time between two checks, in seconds, 5 to 300. Default 10 for nlb, 15 for alb, the defaults of
	// the controller.
	Interval int `json:"interval"`
	// HealthyThreshold is how many consecutive checks must succeed, 2 to 10. Default 3 for nlb, 2 for alb and for
	// checks of the health check node port.
	HealthyThreshold int `json:"healthyThreshold"`
	// UnhealthyThreshold is how many consecutive checks must fail, 2 to 10. Default as of healthyThreshold.
	UnhealthyThreshold int `json:"unhealthyThreshold"`
}

// Port is the number of a port, or a word for one.
type Port string

// Autoscale scales the number of pods with their load (HorizontalPodAutoscaler).
type Autoscale struct {
	// Min is the minimum number of pods, 1 or more. Default 2.
	Min int `json:"min"`
	// Max is the maximum number of pods, up to 100. Required.
	Max int `json:"max"`
	// CPU is the target for the average CPU utilization of the pods, in percent of their requests: above it, pods are
	// added. Default 70.
	CPU int `json:"cpu"`
}
