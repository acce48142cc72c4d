// Package config is what the operator typed: the types of a stack file's own keys, their strict decoding, defaults and
// validation. It knows nothing of Pulumi.
//
// The tags of the fields are the keys of the stack file. Comments give meaning, unit, default and accepted values.
package config

// Stack is everything that a stack file says about one environment in one region.
type Stack struct {
	// Region is aws:region, such as ap-northeast-2.
	Region string
	// Accounts is aws:allowedAccountIds: the stack builds in one of these accounts or not at all. Required.
	Accounts []string
	// Profile is aws:profile, a profile of the operator's AWS configuration; provider and kubeconfig use it alike.
	Profile string
	// Role is aws:assumeRole.roleArn, a role that the operator takes; provider and kubeconfig use it alike.
	Role string

	Network    Network
	Cluster    Cluster
	NodeGroups map[string]NodeGroup
	Addons     Addons
	Workloads  map[string]Workload
	// Tags go on every AWS resource, instances, volumes and load balancers included: up to 40, none with a prefix that AWS,
	// Kubernetes or eksnet uses itself. Controllers read them again, so a key has no =, nothing has a colon before a space or at its end,
	// and with a workload of kind clb no value has a =.
	// Instances and volumes get theirs from a launch template, so a change of a tag replaces every node, a few at a time.
	Tags map[string]string
	// TagsNotOnInstances are keys of tags, the stack's or a group's, that instances and volumes do not get, such as [release]: a change of
	// one replaces no node. Default: [].
	TagsNotOnInstances []string
}

// Network is the VPC.
type Network struct {
	// CIDR is the VPC's IPv4 range, /16 to /23, private or 100.64.0.0/10; others are accepted with a warning, but no reserved one. Each zone gets
	// a private subnet of an eighth of it: 8,187 addresses of a /16, 1,019 of a /19, 59 of a /23. With prefix delegation a node of 110 pods takes
	// 129 of them, without it as many as its interfaces hold, 30 of an m7g.large; for more, give pods a range of their own (podCidr). Default
	// 10.0.0.0/16.
	CIDR string `json:"cidr"`
	// Zones are two to four availability zones. The place in the list fixes a zone's subnets: append a zone, or remove the last one. The
	// control plane stays in the first two.
	Zones []string `json:"zones"`
	// NAT is how private subnets reach the internet: "zone", a NAT gateway in each zone (default), "single", one for all, or
	// "none": nodes, CNI and controller then use endpoints, and every image comes from a private registry.
	NAT string `json:"nat"`
	// Endpoints are interface endpoints, by which the VPC reaches AWS's services without the internet: auto, all that nodes, the VPC CNI and
	// the load balancer controller use, or a list such as [ecr.api, ecr.dkr, sts]. Default: auto with nat none, otherwise []. S3 has a
	// gateway endpoint in any case, which costs nothing.
	Endpoints Endpoints `json:"endpoints"`
	// PodCIDR is a second IPv4 range of the VPC, /16 to /23, from which pods get their addresses in subnets of their own, one a zone: of
	// 100.64.0.0/10, or another that AWS associates with cidr. Nodes take from it as they start. Default: none, pods share the private
	// subnets with nodes and load balancers.
	PodCIDR string `json:"podCidr"`
	// ControlPlaneSubnets puts the control plane's interfaces into subnets of their own, a /28 in each of the first two zones. EKS moves
	// the interfaces where it changes. Default false: they are in the private subnets.
	ControlPlaneSubnets bool `json:"controlPlaneSubnets"`
	// FlowLogs record the VPC's connections in CloudWatch; {} takes the defaults. Default: none.
	FlowLogs *FlowLogs `json:"flowLogs"`
}

// FlowLogs are records of who connected to whom.
type FlowLogs struct {
	// RetentionDays is how long CloudWatch keeps them, one of its fixed periods. Default 30.
	RetentionDays int `json:"retentionDays"`
}

// Cluster is the EKS control plane.
type Cluster struct {
	// Name is the cluster's name, up to 40 characters, unique in account and region, not beginning with sg-. Everything that the stack
	// makes is named after it, so another name is another stack. Required.
	Name string `json:"name"`
	// Version is the Kubernetes version, in quotes: "1.33", which costs more an hour, "1.34", "1.35" (default) or "1.36".
	Version string `json:"version"`
	// ServiceCIDR is the IPv4 range of Service addresses, /12 to /24, private and apart from the VPC's. Default 172.20.0.0/16.
	ServiceCIDR string `json:"serviceCidr"`
	// Endpoint says who may reach the API server. Required.
	Endpoint *Endpoint `json:"endpoint"`
	// Admins are ARNs of IAM roles or users that administer the cluster beside its creator, who does so already and must not be
	// listed: EKS has made its entry.
	Admins []string `json:"admins"`
	// Viewers are ARNs of IAM roles or users that may look at everything in namespaces except Secrets (AmazonEKSViewPolicy).
	Viewers []string `json:"viewers"`
	// Access gives principals any of EKS's access policies, in the whole cluster or in some namespaces.
	Access []Access `json:"access"`
	// SecretsEncryption encrypts Kubernetes Secrets with a KMS key of the stack's own. EKS cannot take encryption away: switching it off replaces the
	// cluster. Default true.
	SecretsEncryption bool `json:"secretsEncryption"`
	// Logs are the control plane's logs in CloudWatch.
	Logs Logs `json:"logs"`
}

// Endpoint is the reach of the API server; at least one of private and public is on.
type Endpoint struct {
	// Private lets the VPC reach the API without leaving it. Default true.
	Private bool `json:"private"`
	// Public lets PublicCIDRs reach the API over the internet. Default false.
	Public bool `json:"public"`
	// PublicCIDRs are the IPv4 ranges that may, up to 40; required with Public, which has no default for "who".
	PublicCIDRs []string `json:"publicCidrs"`
	// Proxy is the URL by which whoever runs kubectl and pulumi reaches the API, http or socks5, such as
	// http://localhost:8888; it is written into the kubeconfig. Nodes do not use it. Default: none.
	Proxy string `json:"proxy"`
}

// Access is what one principal may do in the cluster.
type Access struct {
	// Principal is the ARN of an IAM role or user. Required.
	Principal string `json:"principal"`
	// Policy is the name of an EKS access policy, such as AmazonEKSEditPolicy. Required.
	Policy string `json:"policy"`
	// Namespaces are where it holds, such as [shop] or [team-*]. Default: the whole cluster.
	Namespaces []string `json:"namespaces"`
}

// Endpoints are services with an interface endpoint, or auto alone.
type Endpoints []string

// Logs are control plane logs.
type Logs struct {
	// Types are any of api, audit, authenticator, controllerManager, scheduler. Default the first three; [] for none.
	Types []string `json:"types"`
	// RetentionDays is how long CloudWatch keeps them, one of its fixed periods. Default 30.
	RetentionDays int `json:"retentionDays"`
}

// NodeGroup is a managed node group.
type NodeGroup struct {
	// InstanceTypes are 1 to 20 types of one architecture, such as m7g.large. Required.
	InstanceTypes []string `json:"instanceTypes"`
	// AMI is al2023-x86_64, al2023-arm64, bottlerocket-x86_64 or bottlerocket-arm64, or with drivers of accelerators al2023-x86_64-nvidia,
	// al2023-arm64-nvidia, al2023-x86_64-neuron, bottlerocket-x86_64-nvidia or bottlerocket-arm64-nvidia. Default: AL2023 of the instance
	// types' architecture, without drivers.
	AMI string `json:"ami"`
	// Capacity is onDemand (default) or spot.
	Capacity string `json:"capacity"`
	// Scaling is the number of nodes. Required.
	Scaling Scaling `json:"scaling"`
	// Labels are Kubernetes labels of the nodes, with keys of up to 63 characters, prefix included, and values of 1 to 63.
	Labels map[string]string `json:"labels"`
	// Taints keep pods away that do not tolerate them: up to 50, each key with an effect once.
	Taints []Taint `json:"taints"`
	// Subnets are private (default) or public. Nodes in public subnets get public addresses, without which they would have no way
	// out.
	Subnets string `json:"subnets"`
	// Update is how many nodes may be replaced at once. Default one.
	Update Update `json:"update"`
	// Tags go on the group, its instances and volumes, beside the stack's.
	Tags map[string]string `json:"tags"`
	// DiskGiB is the size in GiB of the volume that holds images and logs (AL2023's root volume, Bottlerocket's second), 20 to 16384.
	// Default 50.
	DiskGiB int `json:"diskGiB"`
	// MaxPods limits the pods on a node, 0 (default) for EKS's own figure. No more than that: what the interfaces of the instance types
	// hold, and 110, or 250 with more than 30 vCPUs.
	MaxPods int `json:"maxPods"`
}

// Scaling is the size of a node group. Desired counts at creation; afterwards an autoscaler or an operator changes the size, and up keeps
// it between min and max.
type Scaling struct {
	// Min is the least number of nodes, from 0.
	Min int `json:"min"`
	// Desired is the number at creation, between min and max. A group that exists keeps its current size, brought between min and max.
	Desired int `json:"desired"`
	// Max is the greatest number, from 1.
	Max int `json:"max"`
}

// Update says how many nodes may be away while a group is updated: a number or a percentage, not both.
type Update struct {
	// MaxUnavailable is a number of nodes, 1 to 100, or 0 for a percentage instead.
	MaxUnavailable int `json:"maxUnavailable"`
	// MaxUnavailablePercentage is a part of the group's nodes, 1 to 100, or 0 (default) for a number instead.
	MaxUnavailablePercentage int `json:"maxUnavailablePercentage"`
}

// Taint is a Kubernetes taint.
type Taint struct {
	// Key is as in Kubernetes, such as example.com/dedicated, up to 63 characters, prefix included. Required.
	Key string `json:"key"`
	// Value may be left out.
	Value string `json:"value"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute.
	Effect string `json:"effect"`
}

// Addons are the EKS add-ons and the load balancer controller.
type Addons struct {
	VPCCNI                 VPCCNI                 `json:"vpcCni"`
	KubeProxy              Addon                  `json:"kubeProxy"`
	CoreDNS                Addon                  `json:"coreDns"`
	LoadBalancerController LoadBalancerController `json:"loadBalancerController"`
}

// Addon is an EKS add-on without settings of its own.
type Addon struct {
	// Version is the add-on's version, such as v1.13.2-eksbuild.21. Default: EKS's own for the cluster's version, as of November 2026 (in
	// aws-cn and aws-us-gov: as EKS has it when the add-on is made).
	Version string `json:"version"`
}

// VPCCNI gives pods their addresses.
type VPCCNI struct {
	// Version is as in Addon.
	Version string `json:"version"`
	// PrefixDelegation gives nodes /28 blocks instead of single addresses, so that more pods fit on one. Default true.
	PrefixDelegation bool `json:"prefixDelegation"`
	// ExternalSNAT leaves a pod's own address on what it sends out of the VPC, for networks that route it back; NAT gateways do the
	// rest. Default false: such packets carry the node's address.
	ExternalSNAT bool `json:"externalSnat"`
	// NetworkPolicy runs the add-on's agent, which enforces Kubernetes NetworkPolicies on each node. Default false.
	NetworkPolicy bool `json:"networkPolicy"`
	// Warm is what a node holds ready beyond what its pods use.
	Warm Warm `json:"warm"`
}

// Warm is how many addresses a node holds ready for pods to come: more of them start faster, and a subnet runs out earlier. IPs or
// MinimumIPs, where one is set, decide in the place of ENIs and Prefixes.
type Warm struct {
	// ENIs is the number of network interfaces whose addresses are ready, without prefix delegation (WARM_ENI_TARGET). Default 1.
	ENIs int `json:"enis"`
	// IPs is the number of single addresses ready, 0 (default) for none of their own (WARM_IP_TARGET).
	IPs int `json:"ips"`
	// MinimumIPs is the least number of addresses that a node holds, used or ready, 0 (default) for none (MINIMUM_IP_TARGET).
	MinimumIPs int `json:"minimumIps"`
	// Prefixes is the number of /28 prefixes ready, with prefix delegation (WARM_PREFIX_TARGET): 0 only with IPs or MinimumIPs. Default 1.
	Prefixes int `json:"prefixes"`
}

// LoadBalancerController makes NLBs and ALBs for Services and Ingresses.
type LoadBalancerController struct {
	// Version is the version of chart and controller, 3.0.0 or later. Default 3.2.2.
	Version string `json:"version"`
	// Replicas is the number of controller pods. Default 2.
	Replicas int `json:"replicas"`
	// Chart is where the chart comes from: an https:// repository, or the oci:// address of the chart itself.
	// Default https://aws.github.io/eks-charts.
	Chart string `json:"chart"`
	// Image is the controller's image without its tag, which is the version. Default: public.ecr.aws/eks/aws-load-balancer-controller,
	// or EKS's own registry of the region where nodes cannot reach that one (nat none, aws-cn, aws-us-gov).
	Image string `json:"image"`
}

// Workload is a sample application behind a load balancer, in a namespace of its own.
type Workload struct {
	// Kind is the load balancer: clb (Classic, made by EKS's own cloud controller), nlb or alb (made by the AWS Load Balancer
	// Controller). Required. Another kind is another load balancer with another address. Two kinds have none: policy, a server, a client
	// that a NetworkPolicy lets in and one that it does not, which needs addons.vpcCni.networkPolicy; and netshoot, pods with tools to
	// look at the network from, one a node as far as there are nodes.
	Kind string `json:"kind"`
	// App is the application: echo (default), game-2048 or nginx, which alone reads the proxy protocol. echo alone answers UDP, and is the
	// only one of policy. Not of netshoot, which is one by itself.
	App string `json:"app"`
	// Scheme is internet-facing (default) or internal.
	Scheme string `json:"scheme" kinds:"clb nlb alb"`
	// Target is what the load balancer sends to: ip, the pods themselves (default of nlb and alb), or instance, a port of the nodes
	// (the only one of clb, and its default).
	Target string `json:"target" kinds:"clb nlb alb"`

	// Protocol is what an NLB listens for: TCP (default) or UDP on port 80, or TLS, which it takes off, on port 443.
	Protocol string `json:"protocol" kinds:"nlb"`
	// TrafficPolicy is where a node may send what comes to its port: Cluster (default), to any pod, which then sees the node's address,
	// or Local, to its own pods alone, which see the client's; nodes without one fail the health check. An nlb needs
	// instance targets for it.
	TrafficPolicy string `json:"trafficPolicy" kinds:"clb nlb"`
	// ProxyProtocol tells pods the client's address ahead of each connection's data: version 1 of clb, 2 of nlb. Default false. Needs
	// app nginx.
	ProxyProtocol bool `json:"proxyProtocol" kinds:"clb nlb"`
	// PreserveClientAddress lets pods see the client's address as the packets' source. Default: AWS's own, true with instance targets and
	// with UDP, otherwise false.
	PreserveClientAddress *bool `json:"preserveClientAddress" kinds:"nlb"`
	// CrossZone spreads what comes in by one zone over the targets of all, which AWS bills between zones. Default false. An
	// ALB always does.
	CrossZone bool `json:"crossZone" kinds:"clb nlb"`
	// SourceRanges are the IPv4 ranges that may connect. Default: any.
	SourceRanges []string `json:"sourceRanges" kinds:"clb nlb alb"`
	// Zones are those of network.zones in which the load balancer has a subnet; it follows a changed list in place. Default: all, those
	// that are appended later too. Members of a group have one list.
	Zones []string `json:"zones" kinds:"nlb alb"`
	// SecurityGroups are ids of security groups of yours, up to four, in place of the one that the controller makes.
	SecurityGroups []string `json:"securityGroups" kinds:"nlb alb"`
	// ElasticIPs are allocation ids of addresses of yours, one for each of its zones in their order. Others make another load balancer,
	// with another name. Needs scheme internet-facing.
	ElasticIPs []string `json:"elasticIps" kinds:"nlb"`
	// Attributes are those of the load balancer that have no key of their own here, by AWS's names, such as idle_timeout.timeout_seconds
	// of an ALB. One that is taken out keeps its last value: write AWS's default instead, but secondary_ips.auto_assigned.per_subnet, which
	// AWS never decreases.
	Attributes map[string]string `json:"attributes" kinds:"nlb alb"`

	// Certificate is the ARN of a certificate in ACM, of the stack's region. An nlb needs one with protocol TLS, and takes none
	// with others; an alb with one listens for HTTPS on port 443 too.
	Certificate string `json:"certificate" kinds:"nlb alb"`
	// Redirect sends who asks on port 80 to 443. Default true. Needs certificate.
	Redirect *bool `json:"redirect" kinds:"alb"`
	// Group is the name of the ALB that several workloads share. Default: an ALB of its own.
	Group string `json:"group" kinds:"alb"`
	// Order is the place of the workload's rules among those of its group, -1000 to 1000, the least first. Default: exact hosts before
	// wildcards before any, and long paths before short ones. Needs group.
	Order *int `json:"order" kinds:"alb"`
	// Hosts are names of which requests must ask for one, such as shop.example.com. Default: any.
	Hosts []string `json:"hosts" kinds:"alb"`
	// Paths are where the workload begins, such as [/shop]. Default [/].
	Paths []string `json:"paths" kinds:"alb"`
	// DefaultBackend sends what matches no rule to this workload, one in a group. Without hosts and paths it has no rules then. Default
	// false.
	DefaultBackend bool `json:"defaultBackend" kinds:"alb"`

	// Health is how the load balancer tells whether a target works.
	Health *Health `json:"health" kinds:"nlb alb"`
	// DeregistrationDelay is how long, in seconds, 0 to 3600, a target that leaves keeps the connections it has. Default 300.
	DeregistrationDelay *int `json:"deregistrationDelay" kinds:"nlb alb"`
	// Draining is how long, in seconds, a node that leaves keeps the connections it has: 0 (default) for none, otherwise up to 3600.
	Draining int `json:"draining" kinds:"clb"`
	// TargetGroupAttributes are those of the target group that have no key of their own here, by AWS's names, such as stickiness.enabled.
	// One that is taken out keeps its last value: write AWS's default instead. Those that constrain one of them are set to AWS's defaults where
	// nothing is written.
	TargetGroupAttributes map[string]string `json:"targetGroupAttributes" kinds:"nlb alb"`
	// ReadinessGate counts a pod as ready once the load balancer finds it healthy, so that a rollout waits for the load balancer. Default
	// false. Needs ip targets.
	ReadinessGate bool `json:"readinessGate" kinds:"nlb alb"`

	// PreStop is how long, in seconds, a pod that shall end goes on as before, so that load balancers hear of it first. Default 0.
	PreStop int `json:"preStop" kinds:"clb nlb alb"`
	// GracePeriod is how long, in seconds, 1 to 840, a pod has to end, preStop within it: EKS gives up an update of nodes whose pods take 15
	// minutes. Default 30.
	GracePeriod int `json:"gracePeriod" kinds:"clb nlb alb"`
	// MinAvailable is how many pods stay while nodes are emptied, fewer than there are, 0 (default) for any number
	// (PodDisruptionBudget).
	MinAvailable int `json:"minAvailable" kinds:"clb nlb alb"`
	// Autoscale lets the number of pods follow their load; replicas is ignored then. It needs metrics-server, which the stack
	// does not bring; without it the number is min and stays.
	Autoscale *Autoscale `json:"autoscale" kinds:"clb nlb alb"`
	// Replicas is the number of pods (policy: of the server), 1 to 100: the load balancer is ready once a pod is. Default 2, of netshoot 3.
	Replicas int `json:"replicas"`
	// Image is the application's image with a tag or digest, for a mirror. Default: the app's own.
	Image string `json:"image"`
}

// Balanced tells whether a load balancer stands before the workload.
func (w Workload) Balanced() bool {
	return w.Kind == KindCLB || w.Kind == KindNLB || w.Kind == KindALB
}

// LeastPods is how many pods there are when there is little to do.
func (w Workload) LeastPods() int {
	if w.Autoscale != nil {
		return w.Autoscale.Min
	}
	return w.Replicas
}

// MostPods is how many there may be.
func (w Workload) MostPods() int {
	if w.Autoscale != nil {
		return w.Autoscale.Max
	}
	return w.Replicas
}

// Health is a load balancer's health check.
type Health struct {
	// Protocol is TCP (default of nlb), HTTP (default of alb) or HTTPS, which none of the applications answers. TCP is of nlb alone.
	Protocol string `json:"protocol"`
	// Port is a number, or traffic-port (default), which is where the load balancer sends to. An NLB that sends to nodes with trafficPolicy
	// Local asks a port of kube-proxy's by default.
	Port Port `json:"port"`
	// Path is what HTTP and HTTPS ask for. Default: the app's own.
	Path string `json:"path"`
	// Interval is the time between two checks, in seconds, 5 to 300. Default 10 of nlb, 15 of alb, as the controller has it.
	Interval int `json:"interval"`
	// HealthyThreshold is how many checks in a row must succeed, 2 to 10. Default 3 of nlb, 2 of alb and of trafficPolicy
	// Local.
	HealthyThreshold int `json:"healthyThreshold"`
	// UnhealthyThreshold is how many must fail, 2 to 10. Default as of healthyThreshold.
	UnhealthyThreshold int `json:"unhealthyThreshold"`
}

// Port is the number of a port, or a word for one.
type Port string

// Autoscale is the number of pods by their load (HorizontalPodAutoscaler).
type Autoscale struct {
	// Min is the least number of pods, from 1. Default 2.
	Min int `json:"min"`
	// Max is the greatest, up to 100. Required.
	Max int `json:"max"`
	// CPU is how much of the processor time that they ask for pods use on average, in percent: more of it makes more pods. Default 70.
	CPU int `json:"cpu"`
}
