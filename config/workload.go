package config

import (
	"maps"
	"slices"
)

// Workload is a sample application behind a load balancer, in its own namespace.
type Workload struct {
	// Kind is the kind of load balancer: clb (Classic Load Balancer, created by the EKS cloud controller), nlb or alb
	// (created by the AWS Load Balancer Controller for a Service or an Ingress), gateway-nlb or gateway-alb (the same
	// load balancers, created for a Gateway, which need addons.gatewayApi). Required. A change of the kind creates
	// another load balancer with another address. Four kinds have no load balancer: policy, a server with one client
	// that a NetworkPolicy allows and one that it does not, which needs addons.vpcCni.networkPolicy; netshoot, pods with
	// network tools, spread over the nodes; speed, a server of iperf3 and clients, spread over zones and nodes, with
	// which eksnet speed measures the speed between pods; and mesh, pods with a proxy of Istio, which clients reach
	// through the gateway of the mesh, which needs addons.istio.
	Kind string `json:"kind"`
	// App is the application: echo (default), game-2048 or nginx. Only nginx supports the proxy protocol, only echo
	// supports UDP, and kind policy supports only echo. The kinds netshoot and speed have no app.
	App string `json:"app"`
	// Scheme is internet-facing (default) or internal.
	Scheme string `json:"scheme" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// Target is the target type: ip, the addresses of the pods (default for nlb and alb), or instance, a node port of
	// every node (the default and only type for clb).
	Target string `json:"target" kinds:"clb nlb alb gateway-nlb gateway-alb"`

	// Protocol is the protocol of the listener of an NLB: TCP (default), UDP, TLS, which the NLB terminates, or TCP_UDP,
	// which accepts both on one port, for kind nlb with ip targets.
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
	// IdleTimeout is how long, in seconds, 60 to 6000, a TCP connection may be idle: afterwards the NLB answers its
	// packets with a reset. Default 350, as AWS has it. If it is removed, the last value stays: write 350 instead. Needs
	// protocol TCP.
	IdleTimeout *int `json:"idleTimeout" kinds:"nlb gateway-nlb"`
	// AccessLogs writes access logs into an S3 bucket of yours (docs/load-balancing.md). If it is removed, a clb stops
	// writing logs, and the others continue: write {enabled: false} instead. Default: none. The members of a group that
	// have it must have the same.
	AccessLogs *AccessLogs `json:"accessLogs" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// SourceRanges are the IPv4 ranges, and with ipFamily ipv6 also IPv6 ranges, from which clients may connect.
	// Default: any.
	SourceRanges []string `json:"sourceRanges" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// PrefixLists are the IDs of prefix lists of EC2 from which clients may connect, each with its number of entries:
	// the maximum of your own list, the weight of a list of AWS, such as {pl-0123456789abcdef0: 20}. A rule for a list
	// counts with that number against the quota of rules of a security group. Changes of the list need no pulumi up.
	// Default: none. Without sourceRanges, only clients of the lists may connect.
	PrefixLists map[string]int `json:"prefixLists" kinds:"nlb alb gateway-nlb gateway-alb"`
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
	// TLSPolicy is the security policy of TLS and HTTPS listeners, which determines the versions and ciphers of TLS, by
	// its AWS name. Default ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, which AWS recommends: TLS 1.3 and 1.2, with
	// post-quantum key exchange for clients that support it. Needs certificate.
	TLSPolicy string `json:"tlsPolicy" kinds:"nlb alb gateway-nlb gateway-alb"`
	// MutualTLS lets the HTTPS listener authenticate clients by their certificates (docs/load-balancing.md). If it is
	// removed, the listener keeps it: write {mode: none} instead. Default: none. Needs certificate. The members of a
	// group that have it must have the same.
	MutualTLS *MutualTLS `json:"mutualTls" kinds:"alb gateway-alb"`
	// WAF is the ARN of a web ACL of AWS WAF in the region of the stack, which filters the requests, or none
	// (docs/load-balancing.md). If it is removed, an alb keeps its web ACL: write none instead. Default: no web ACL. The
	// members of a group that have it must have the same.
	WAF string `json:"waf" kinds:"alb gateway-alb"`
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
	Hosts []string `json:"hosts" kinds:"alb gateway-alb mesh"`
	// Hostname is a name for the load balancer, such as echo.example.com, which gets a record in a zone of dns.zones.
	// Default: none, clients use the load balancer's own name. An alb has hosts instead.
	Hostname string `json:"hostname" kinds:"clb nlb gateway-nlb"`
	// Paths are the path prefixes of the requests that the workload serves, such as [/shop]. Default [/].
	Paths []string `json:"paths" kinds:"alb gateway-alb mesh"`
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

	// PodSecurityGroup gives the pods a security group of their own (docs/network.md), which allows connections to the
	// ports of the application from nodes, from other pods that have the security group of the cluster, and from the load
	// balancer. A change replaces the pods. Default false. Needs addons.vpcCni.podSecurityGroups.
	PodSecurityGroup bool `json:"podSecurityGroup" kinds:"clb nlb alb gateway-nlb gateway-alb"`

	// Mesh gives each pod a proxy of Istio, by which it connects to workloads of kind mesh with mutual TLS. A load
	// balancer opens no connection with mutual TLS, so addons.istio.mtls must be permissive. The pod then sees the
	// address of its proxy as the source of its traffic. Default false.
	Mesh bool `json:"mesh" kinds:"clb nlb alb gateway-nlb gateway-alb"`
	// PreStop is how long, in seconds, a pod that is being deleted continues to serve, so that load balancers
	// deregister it first. Default 0.
	PreStop int `json:"preStop" kinds:"clb nlb alb gateway-nlb gateway-alb mesh"`
	// GracePeriod is how long, in seconds, 1 to 840, a pod has to terminate, including preStop: with 0 requests in
	// progress would be aborted, and EKS stops an update of nodes whose pods need 15 minutes. Default 30.
	GracePeriod int `json:"gracePeriod" kinds:"clb nlb alb gateway-nlb gateway-alb mesh"`
	// MinAvailable is the minimum number of pods while nodes are drained (PodDisruptionBudget), less than the number
	// of pods. Default 0, no minimum.
	MinAvailable int `json:"minAvailable" kinds:"clb nlb alb gateway-nlb gateway-alb mesh"`
	// Autoscale scales the number of pods with their load; replicas is then ignored. It requires
	// addons.metricsServer; without it the number of pods stays at min.
	Autoscale *Autoscale `json:"autoscale" kinds:"clb nlb alb gateway-nlb gateway-alb mesh"`
	// Replicas is the number of pods (policy: of the server; speed: of the clients), 1 to 100. The load balancer is
	// ready once a pod is ready. Default 2, of netshoot 3, of speed one more than network.zones has.
	Replicas int `json:"replicas"`
	// Image is the image of the application with a tag or digest, for a mirror. Default: the image of the app.
	Image string `json:"image"`
}

// Balanced reports whether the workload has a load balancer.
func (w Workload) Balanced() bool { return slices.Contains(BalancedKinds, w.Kind) }

// HasProxy reports whether the workload's pods get a proxy of Istio.
func (w Workload) HasProxy() bool { return w.Kind == KindMesh || w.Mesh }

// PrefixListIDs returns the IDs of the prefix lists, sorted.
func (w Workload) PrefixListIDs() []string { return slices.Sorted(maps.Keys(w.PrefixLists)) }

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
