package config

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
	// PodIdentityAgent is the EKS Pod Identity Agent, which runs on each node and gives pods the credentials of their
	// roles. With identity podIdentity it is always installed; with irsa the key is refused.
	PodIdentityAgent *Addon `json:"podIdentityAgent"`
	// GatewayAPI is the Gateway API, which workloads of the kinds gateway-alb and gateway-nlb need; {} uses the
	// defaults. Default: none.
	GatewayAPI *GatewayAPI `json:"gatewayApi"`
	Istio      *Istio      `json:"istio"`
}

// installed returns the optional controllers that the stack file installs.
func (a Addons) installed() []installed {
	var all []installed
	if a.MetricsServer != nil {
		all = append(all, a.MetricsServer)
	}
	if a.CNIMetricsHelper != nil {
		all = append(all, a.CNIMetricsHelper)
	}
	if a.ExternalDNS != nil {
		all = append(all, a.ExternalDNS)
	}
	if a.Istio != nil {
		all = append(all, a.Istio)
	}
	return all
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

// KubeOpsView is kube-ops-view, a page that shows the nodes and pods of the cluster, behind an NLB in the namespace
// kube-ops-view. It has no login: each client that reaches the load balancer sees the names of all pods. Not installed
// by default; {} installs it.
type KubeOpsView struct {
	// Scheme is internal (default) or internet-facing.
	Scheme string `json:"scheme"`
	// SourceRanges are the ranges from which clients may connect. Default: any.
	SourceRanges []string `json:"sourceRanges"`
	// PrefixLists are prefix lists from which clients may connect, as in workloads.<name>.prefixLists. Default: none.
	PrefixLists map[string]int `json:"prefixLists"`
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
	// PodSecurityGroups lets workloads with podSecurityGroup have a security group of their own; {} uses the defaults
	// (docs/network.md). Each node of an instance type that supports it then has a trunk interface, which is one of its
	// interfaces. Default: none, all pods have the security group of the cluster.
	PodSecurityGroups *PodSecurityGroups `json:"podSecurityGroups"`
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
