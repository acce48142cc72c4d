package plan_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eksnet/config"
	"eksnet/plan"
)

// good is a stack that can work; tests change one thing in it.
func good() *config.Stack {
	return &config.Stack{
		Region:   "ap-northeast-2",
		Accounts: []string{"111122223333"},
		Network:  config.Network{CIDR: "10.0.0.0/16", Zones: []string{"ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"}, NAT: config.NATZone},
		Cluster: config.Cluster{
			Name: "dev", Version: "1.35", ServiceCIDR: "172.20.0.0/16",
			Endpoint: &config.Endpoint{Private: true, Public: true, PublicCIDRs: []string{"203.0.113.0/24"}},
			Admins:   []string{"arn:aws:iam::111122223333:role/admin"},
		},
		NodeGroups: map[string]config.NodeGroup{"general": {Scaling: config.Scaling{Desired: 1, Max: 1}}},
	}
}

func TestWhatCannotWorkIsRefusedWithTheWayOut(t *testing.T) {
	tests := map[string]struct {
		change  func(*config.Stack)
		problem string
	}{
		"a VPC too small for subnets": {
			func(s *config.Stack) { s.Network.CIDR = "10.0.0.0/24" },
			"network.cidr: 10.0.0.0/24: each zone would get a private /27 and a public /28 of it; a /23 at least is needed (public subnets of /27) and a /16 at most is accepted, such as 10.0.0.0/23",
		},
		"a VPC larger than AWS makes": {
			func(s *config.Stack) { s.Network.CIDR = "10.0.0.0/8" },
			"network.cidr: 10.0.0.0/8: each zone would get a private /11",
		},
		"services inside the VPC": {
			func(s *config.Stack) { s.Cluster.ServiceCIDR = "10.0.128.0/20" },
			"cluster.serviceCidr: 10.0.128.0/20 overlaps network.cidr 10.0.0.0/16; choose a range outside of it, such as 172.20.0.0/16",
		},
		"services around a VPC in the usual range": {
			func(s *config.Stack) { s.Network.CIDR = "172.20.0.0/16" },
			"cluster.serviceCidr: 172.20.0.0/16 overlaps network.cidr 172.20.0.0/16; choose a range outside of it, such as 10.100.0.0/16",
		},
		"too few services": {
			func(s *config.Stack) { s.Cluster.ServiceCIDR = "172.20.0.0/25" },
			"cluster.serviceCidr: 172.20.0.0/25; EKS accepts /12 to /24, such as 172.20.0.0/16",
		},
		"public addresses for services": {
			func(s *config.Stack) { s.Cluster.ServiceCIDR = "203.0.113.0/24" },
			"cluster.serviceCidr: 203.0.113.0/24; EKS accepts ranges within 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16",
		},
		"nodes that could not reach the API": {
			func(s *config.Stack) { s.Cluster.Endpoint.Private = false },
			"cluster.endpoint: private is false and publicCidrs (203.0.113.0/24) cannot contain the addresses of the NAT gateways, which are made with the stack: nodes could never join; set private: true",
		},
		"a node group whose name is too long with the cluster's": {
			func(s *config.Stack) {
				s.Cluster.Name = "a-cluster-for-the-platform-team"
				s.NodeGroups = map[string]config.NodeGroup{"general-purpose-graviton-nodes": {}}
			},
			`nodeGroups["general-purpose-graviton-nodes"]: the group would be named a-cluster-for-the-platform-team-general-purpose-graviton-nodes-1a2b3c4, which has 70 characters where EKS accepts 63; shorten it or cluster.name by 7`,
		},
		"no node to begin with": {
			func(s *config.Stack) { s.NodeGroups["general"] = config.NodeGroup{Scaling: config.Scaling{Max: 3}} },
			"nodeGroups: no group begins with a node that takes every pod: CoreDNS and the load balancer controller could not start; give one group desired 1 or more and no taint but PreferNoSchedule",
		},
		"nodes that repel every pod": {
			func(s *config.Stack) {
				s.NodeGroups["general"] = config.NodeGroup{Scaling: config.Scaling{Desired: 1, Max: 1}, Taints: []config.Taint{{Key: "gpu", Effect: "NoSchedule"}}}
			},
			"nodeGroups: no group begins with a node that takes every pod",
		},
		"an administrator of another partition": {
			func(s *config.Stack) { s.Cluster.Admins = []string{"arn:aws-cn:iam::111122223333:role/admin"} },
			"cluster.admins[0]: arn:aws-cn:iam::111122223333:role/admin is not of aws:region ap-northeast-2, whose ARNs begin with arn:aws:",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := good()
			test.change(s)
			if _, problems := plan.New(s); !strings.Contains(problems.Error(), test.problem) {
				t.Errorf("want  %s\ngot   %s", test.problem, problems)
			}
		})
	}
}

func TestOneGroupThatTakesEveryPodIsEnough(t *testing.T) {
	s := good()
	s.NodeGroups["gpu"] = config.NodeGroup{Taints: []config.Taint{{Key: "gpu", Effect: "NoSchedule"}}}
	s.NodeGroups["general"] = config.NodeGroup{Scaling: config.Scaling{Desired: 1, Max: 1}, Taints: []config.Taint{{Key: "spot", Effect: "PreferNoSchedule"}}}
	if _, problems := plan.New(s); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestEverybodyMayReachAPublicEndpointSoNodesMayToo(t *testing.T) {
	s := good()
	s.Cluster.Endpoint = &config.Endpoint{Public: true, PublicCIDRs: []string{"0.0.0.0/0"}}
	if _, problems := plan.New(s); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestValuesThatCannotBeReadAreNotPlanned(t *testing.T) {
	if _, problems := plan.New(&config.Stack{Network: config.Network{CIDR: "x", NAT: config.NATSingle}}); problems.Err() != nil {
		t.Errorf("a second problem where config has told the first: %s", problems)
	}
}

func TestPartitionsFollowTheRegion(t *testing.T) {
	for region, want := range map[string]plan.Partition{
		"ap-northeast-2": {Name: "aws", DNSSuffix: "amazonaws.com"},
		"cn-north-1":     {Name: "aws-cn", DNSSuffix: "amazonaws.com.cn"},
		"us-gov-west-1":  {Name: "aws-us-gov", DNSSuffix: "amazonaws.com"},
	} {
		s := good()
		s.Region = region
		if p, _ := plan.New(s); p.Partition != want {
			t.Errorf("%s is in %v, want %v", region, p.Partition, want)
		}
	}
}

func TestASingleNATGatewayServesEveryZone(t *testing.T) {
	s := good()
	s.Network.NAT = config.NATSingle
	p, _ := plan.New(s)
	for _, zone := range s.Network.Zones {
		if got := p.Gateway(zone); got != "ap-northeast-2a" {
			t.Errorf("zone %s leaves by %s", zone, got)
		}
	}
}

// anyNetwork draws a VPC range that is accepted and two to four zones.
func anyNetwork(t *rapid.T) config.Network {
	bits := rapid.IntRange(16, 23).Draw(t, "bits")
	address := netip.AddrFrom4([4]byte{10, byte(rapid.IntRange(0, 255).Draw(t, "second")), byte(rapid.IntRange(0, 255).Draw(t, "third")), 0})
	network := config.Network{CIDR: netip.PrefixFrom(address, bits).Masked().String(), NAT: config.NATZone}
	for i := range rapid.IntRange(2, 4).Draw(t, "zones") {
		network.Zones = append(network.Zones, fmt.Sprintf("ap-northeast-2%c", 'a'+i))
	}
	return network
}

func planned(t *rapid.T, network config.Network) *plan.Plan {
	s := good()
	s.Network = network
	s.Cluster.ServiceCIDR = "172.20.0.0/16"
	p, problems := plan.New(s)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	return p
}

func ranges(p *plan.Plan) []netip.Prefix {
	var all []netip.Prefix
	for _, zone := range p.Zones {
		all = append(all, zone.Private, zone.Public)
	}
	return all
}

func TestSubnetsLieInsideTheVPCAndApartFromEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		network := anyNetwork(t)
		vpc := netip.MustParsePrefix(network.CIDR)
		all := ranges(planned(t, network))
		for i, subnet := range all {
			if subnet != subnet.Masked() || !vpc.Contains(subnet.Addr()) || subnet.Bits() <= vpc.Bits() || subnet.Bits() > 28 {
				t.Fatalf("subnet %s of %s", subnet, vpc)
			}
			if slices.ContainsFunc(all[:i], subnet.Overlaps) {
				t.Fatalf("subnet %s overlaps an earlier one of %v", subnet, all)
			}
		}
	})
}

func TestAddingAZoneMovesNoSubnet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		network := anyNetwork(t)
		all := ranges(planned(t, network))
		network.Zones = network.Zones[:len(network.Zones)-1]
		fewer := ranges(planned(t, network))
		if !slices.Equal(fewer, all[:len(fewer)]) {
			t.Fatalf("without the last zone %v, with it %v", fewer, all)
		}
	})
}
