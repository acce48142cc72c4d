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
			VPCCNI:                 VPCCNI{PrefixDelegation: true},
			LoadBalancerController: LoadBalancerController{Version: "3.2.2", Replicas: 2},
		},
	}
}

// defaulted is what has defaults of its own where it is typed at all: an entry of a map, or something behind a pointer.
type defaulted interface{ setDefaults() }

func (e *Endpoint) setDefaults() {
	*e = Endpoint{Private: true}
}

func (g *NodeGroup) setDefaults() {
	*g = NodeGroup{Capacity: OnDemand, DiskGiB: 50}
}

func (w *Workload) setDefaults() {
	*w = Workload{Scheme: InternetFacing, Replicas: 2, Image: "registry.k8s.io/e2e-test-images/agnhost:2.53"}
}

// derive fills in what follows from what is typed, after decoding.
func (s *Stack) derive() {
	for name, group := range s.NodeGroups {
		if group.AMI == "" && len(group.InstanceTypes) > 0 {
			group.AMI = amiFor(group.InstanceTypes[0])
			s.NodeGroups[name] = group
		}
	}
}
