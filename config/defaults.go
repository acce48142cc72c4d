package config

import (
	"math"

	"eksnet/internal/awsdata"
	"eksnet/internal/charts"
)

// defaults is a stack in which the operator has said nothing. Decoding starts from it, so what is typed, zero and false
// included, always counts. Decisions (who may reach the API, which zones, which instance types) have no default.
func defaults() Stack {
	lbc := charts.Get(charts.LoadBalancerController)
	return Stack{
		Network: Network{
			IPFamily:   IPv4,
			CIDR:       "10.0.0.0/16",
			NAT:        NATZone,
			PodSubnets: PodSubnetsCustom,
		},
		Cluster: Cluster{
			Version:           DefaultVersion(),
			UpgradePolicy:     SupportStandard,
			SecretsEncryption: true,
			Identity:          IRSA,
			Logs:              Logs{Types: []string{"api", "audit", "authenticator"}, RetentionDays: 30},
		},
		Addons: Addons{
			VPCCNI:                 VPCCNI{PrefixDelegation: true, Warm: Warm{ENIs: 1, Prefixes: 1}},
			KubeProxy:              KubeProxy{Mode: ProxyIPTables},
			CoreDNS:                CoreDNS{Replicas: awsdata.CoreDNSReplicas, MaxUnavailable: 1},
			LoadBalancerController: LoadBalancerController{Version: lbc.Version, Replicas: 2, Chart: lbc.Repository},
		},
	}
}

// DefaultVersion returns the Kubernetes version of a stack file that has none.
func DefaultVersion() string { return "1.35" }

// defaulted is what has defaults of its own where it is typed at all: an entry of a map, or something behind a pointer.
type defaulted interface{ setDefaults() }

func (e *Endpoint) setDefaults() {
	*e = Endpoint{Private: true}
}

func (f *FlowLogs) setDefaults() {
	*f = FlowLogs{RetentionDays: 30}
}

func (g *GatewayAPI) setDefaults() {
	*g = GatewayAPI{CRDs: CRDsOwn}
}

func (g *NodeGroup) setDefaults() {
	*g = NodeGroup{Capacity: OnDemand, Subnets: PrivateSubnets, DiskGiB: 50}
}

func (w *Workload) setDefaults() {
	*w = Workload{Replicas: untyped, GracePeriod: untyped, Port: untyped}
}

func (c *CoreDNSAutoscale) setDefaults() {
	*c = CoreDNSAutoscale{Min: awsdata.CoreDNSReplicas}
}

func (k *KubeOpsView) setDefaults() {
	*k = KubeOpsView{Scheme: Internal}
}

func (a *Autoscale) setDefaults() {
	*a = Autoscale{Min: 2, CPU: 70}
}

// untyped marks a number that is not set, where zero is a valid value and the default depends on other keys.
const untyped = math.MinInt

// derive fills in what follows from what is typed, after decoding.
func (s *Stack) derive() {
	if s.Network.NAT == NATNone && s.Network.Endpoints == nil {
		s.Network.Endpoints = Endpoints{EndpointsAuto}
	}
	if s.Cluster.ServiceCIDR == "" && !s.Network.IPv6() {
		s.Cluster.ServiceCIDR = "172.20.0.0/16"
	}
	for name, group := range s.NodeGroups {
		group.derive()
		s.NodeGroups[name] = group
	}
	s.addKubeOpsView()
	s.addIstioGateway()
	for name, workload := range s.Workloads {
		if workload.Kind == KindSpeed && workload.Replicas == untyped {
			workload.Replicas = SpeedClients(s.Network.Zones)
		}
		workload.Derive()
		s.Workloads[name] = workload
	}
}

func (g *NodeGroup) derive() {
	if g.AMI == "" && len(g.InstanceTypes) > 0 {
		g.AMI = amiFor(g.InstanceTypes[0])
	}
	if g.Update == (Update{}) {
		g.Update.MaxUnavailable = 1
	}
}

// Derive fills in the defaults that depend on other keys.
func (w *Workload) Derive() {
	switch {
	case w.App != "":
	case w.Kind == KindNetshoot:
		w.App = AppNetshoot
	case w.Kind == KindSpeed:
		w.App = AppIperf3
	default:
		w.App = AppEcho
	}
	if w.Replicas == untyped {
		w.Replicas = 2
		if w.Kind == KindNetshoot {
			w.Replicas = 3
		}
	}
	if w.GracePeriod == untyped {
		w.GracePeriod = 0
		if w.Balanced() || w.Kind == KindMesh {
			w.GracePeriod = awsdata.GracePeriod
		}
	}
	if w.Port == untyped {
		w.Port = 0
		if w.Kind == KindCLB || w.IsNLB() {
			w.Port = HTTPPort
			if w.Protocol == ProtocolTLS {
				w.Port = HTTPSPort
			}
		}
	}
	if w.Image == "" {
		w.Image = appImages[w.App]
	}
	if w.Kind == KindMesh && w.Paths == nil {
		w.Paths = []string{"/"}
	}
	if w.Balanced() {
		w.deriveBalancer()
	}
}

// deriveBalancer fills in what a load balancer has.
func (w *Workload) deriveBalancer() {
	if w.Scheme == "" {
		w.Scheme = InternetFacing
	}
	if w.Target == "" {
		w.Target = TargetIP
		if w.Kind == KindCLB {
			w.Target = TargetInstance
		}
	}
	if w.TrafficPolicy == "" && w.Target == TargetInstance {
		w.TrafficPolicy = PolicyCluster
	}
	switch {
	case w.IsNLB():
		w.deriveNLB()
	case w.IsALB():
		w.deriveALB()
	}
	if w.DeregistrationDelay == nil && w.Kind != KindCLB {
		w.DeregistrationDelay = point(awsdata.DeregistrationDelay)
	}
}

// deriveNLB follows AWS in what a pod sees of the client
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
func (w *Workload) deriveNLB() {
	if w.Protocol == "" {
		w.Protocol = ProtocolTCP
	}
	if w.Protocol == ProtocolTLS && w.TLSPolicy == "" {
		w.TLSPolicy = awsdata.DefaultTLSPolicy
	}
	if w.PreserveClientAddress == nil {
		w.PreserveClientAddress = point(w.Target == TargetInstance || w.HasUDP())
	}
}

func (w *Workload) deriveALB() {
	if w.Paths == nil && !(w.DefaultBackend && len(w.Hosts) == 0) {
		w.Paths = []string{"/"}
	}
	if w.Certificate != "" && w.TLSPolicy == "" {
		w.TLSPolicy = awsdata.DefaultTLSPolicy
	}
	if w.Redirect == nil && w.Certificate != "" {
		w.Redirect = point(true)
	}
}

func point[T any](value T) *T { return &value }
