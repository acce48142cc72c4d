package config_test

import (
	"slices"
	"testing"

	"eksnet/config"
)

func TestWhatIsNotTypedHasADefault(t *testing.T) {
	s, _ := load(t, good)
	group := s.NodeGroups["general"]
	for what, holds := range map[string]bool{
		"network.cidr":                          s.Network.CIDR == "10.0.0.0/16",
		"network.nat":                           s.Network.NAT == "zone",
		"cluster.version":                       s.Cluster.Version == "1.35",
		"cluster.serviceCidr":                   s.Cluster.ServiceCIDR == "172.20.0.0/16",
		"cluster.endpoint.private":              s.Cluster.Endpoint.Private,
		"cluster.secretsEncryption":             s.Cluster.SecretsEncryption,
		"cluster.logs.types":                    slices.Equal(s.Cluster.Logs.Types, []string{"api", "audit", "authenticator"}),
		"cluster.logs.retentionDays":            s.Cluster.Logs.RetentionDays == 30,
		"cluster.upgradePolicy":                 s.Cluster.UpgradePolicy == "standard",
		"nodeGroups.capacity":                   group.Capacity == "onDemand",
		"nodeGroups.diskGiB":                    group.DiskGiB == 50,
		"nodeGroups.ami of a Graviton type":     group.AMI == "al2023-arm64",
		"addons.vpcCni.prefixDelegation":        s.Addons.VPCCNI.PrefixDelegation,
		"addons.vpcCni.warm":                    s.Addons.VPCCNI.Warm == config.Warm{ENIs: 1, Prefixes: 1},
		"addons.loadBalancerController.version": s.Addons.LoadBalancerController.Version == "3.2.2",
		"workloads.replicas":                    s.Workloads["echo"].Replicas == 2,
		"network.endpoints":                     len(s.Network.Endpoints) == 0,
		"nodeGroups.subnets":                    group.Subnets == "private",
		"nodeGroups.update":                     group.Update == config.Update{MaxUnavailable: 1},
		"addons.loadBalancerController.chart":   s.Addons.LoadBalancerController.Chart == "https://aws.github.io/eks-charts",
		"workloads.app":                         s.Workloads["echo"].App == "echo",
		"workloads.image":                       s.Workloads["echo"].Image == config.EchoImage,
		"workloads.target of an NLB":            s.Workloads["echo"].Target == "ip",
		"workloads.paths of an NLB":             len(s.Workloads["echo"].Paths) == 0,
		"network.podCidr":                       s.Network.PodCIDR == "",
		"network.ipamPool":                      s.Network.IPAMPool == "",
		"network.podSubnets":                    s.Network.PodSubnets == "customNetworking",
		"network.controlPlaneSubnets":           !s.Network.ControlPlaneSubnets,
		"network.flowLogs":                      s.Network.FlowLogs == nil,
		"addons.vpcCni.externalSnat":            !s.Addons.VPCCNI.ExternalSNAT,
		"addons.vpcCni.networkPolicy":           !s.Addons.VPCCNI.NetworkPolicy,
		"workloads.scheme":                      s.Workloads["echo"].Scheme == "internet-facing",
	} {
		if !holds {
			t.Errorf("%s has another default than documented", what)
		}
	}
}

func TestFlowLogsThatAreAskedForHaveARetention(t *testing.T) {
	s, problems := load(t, good, `eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], flowLogs: {}}`)
	if problems.Err() != nil || s.Network.FlowLogs == nil || s.Network.FlowLogs.RetentionDays != 30 {
		t.Errorf("flowLogs: {} is %+v %v", s.Network.FlowLogs, problems)
	}
}

func TestASampleWithoutALoadBalancerHasNothingOfOne(t *testing.T) {
	s, problems := load(t, good, `eksnet:workloads: {deny: {kind: policy}}`)
	if w := s.Workloads["deny"]; problems.Err() != nil || w.Scheme != "" || w.Target != "" || len(w.Paths) > 0 || w.Image != config.EchoImage {
		t.Errorf("kind: policy is %+v %v", s.Workloads["deny"], problems)
	}
}

func TestZeroAndFalseThatAreTypedCount(t *testing.T) {
	s, problems := load(t, good, `
eksnet:addons: {vpcCni: {prefixDelegation: false}}
eksnet:cluster: {name: dev, secretsEncryption: false, logs: {types: []}, endpoint: {private: true}}`)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	if s.Addons.VPCCNI.PrefixDelegation || s.Cluster.SecretsEncryption || len(s.Cluster.Logs.Types) != 0 {
		t.Errorf("a default replaced what was typed: %+v", s)
	}
}

func TestWhatFollowsFromTheKindIsFilledIn(t *testing.T) {
	s, problems := load(t, good, `
eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], nat: none}
eksnet:nodeGroups:
  x86: {instanceTypes: [m7i.large], update: {maxUnavailablePercentage: 33}, scaling: {max: 1}}
  graviton: {instanceTypes: [c8gn.large, t4g.medium], ami: bottlerocket-arm64, scaling: {max: 1}}
eksnet:workloads: {classic: {kind: clb}, web: {kind: alb}, game: {kind: alb, app: game-2048, target: instance}}`)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	for what, holds := range map[string]bool{
		"endpoints with nat none": slices.Equal(s.Network.Endpoints, []string{"auto"}),
		"the AMI of x86_64 types": s.NodeGroups["x86"].AMI == "al2023-x86_64",
		"an AMI that is typed":    s.NodeGroups["graviton"].AMI == "bottlerocket-arm64",
		"a percentage alone":      s.NodeGroups["x86"].Update == config.Update{MaxUnavailablePercentage: 33},
		"the target of a CLB":     s.Workloads["classic"].Target == "instance",
		"the paths of a CLB":      len(s.Workloads["classic"].Paths) == 0,
		"the target of an ALB":    s.Workloads["web"].Target == "ip",
		"the paths of an ALB":     slices.Equal(s.Workloads["web"].Paths, []string{"/"}),
		"a target that is typed":  s.Workloads["game"].Target == "instance",
		"the image of game-2048":  s.Workloads["game"].Image == config.Game2048Image,
	} {
		if !holds {
			t.Errorf("%s: %+v", what, s)
		}
	}
}
