package config

// defaults is a stack in which the operator has said nothing. Decoding starts from it, so what is typed, zero and false
// included, always counts. Decisions (who may reach the API, which zones, which instance types) have no default.
func defaults() Stack {
	return Stack{
		Network: Network{
			CIDR: "10.0.0.0/16",
			NAT:  NATZone,
		},
		Cluster: Cluster{
			Version:           "1.35",
			ServiceCIDR:       "172.20.0.0/16",
			SecretsEncryption: true,
			Logs:              Logs{Types: []string{"api", "audit", "authenticator"}, RetentionDays: 30},
		},
		Addons: Addons{
			VPCCNI:                 VPCCNI{PrefixDelegation: true, Warm: Warm{ENIs: 1, Prefixes: 1}},
			LoadBalancerController: LoadBalancerController{Version: "3.2.2", Replicas: 2, Chart: "https://aws.github.io/eks-charts"},
		},
	}
}

// defaulted is what has defaults of its own where it is typed at all: an entry of a map, or something behind a pointer.
type defaulted interface{ setDefaults() }

func (e *Endpoint) setDefaults() {
	*e = Endpoint{Private: true}
}

func (f *FlowLogs) setDefaults() {
	*f = FlowLogs{RetentionDays: 30}
}

func (g *NodeGroup) setDefaults() {
	*g = NodeGroup{Capacity: OnDemand, Subnets: PrivateSubnets, DiskGiB: 50}
}

func (w *Workload) setDefaults() {
	*w = Workload{App: AppEcho, Replicas: 2}
}

// derive fills in what follows from what is typed, after decoding.
func (s *Stack) derive() {
	if s.Network.NAT == NATNone && s.Network.Endpoints == nil {
		s.Network.Endpoints = Endpoints{EndpointsAuto}
	}
	for name, group := range s.NodeGroups {
		group.derive()
		s.NodeGroups[name] = group
	}
	for name, workload := range s.Workloads {
		workload.derive()
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

func (w *Workload) derive() {
	if w.Kind != KindPolicy {
		w.deriveBalancer()
	}
	if w.Image == "" {
		w.Image = appImages[w.App]
	}
}

// deriveBalancer fills in what a load balancer has.
func (w *Workload) deriveBalancer() {
	if w.Scheme == "" {
		w.Scheme = InternetFacing
	}
	switch {
	case w.Target != "":
	case w.Kind == KindCLB:
		w.Target = TargetInstance
	default:
		w.Target = TargetIP
	}
	if w.Path == "" && w.Kind == KindALB {
		w.Path = "/"
	}
}
