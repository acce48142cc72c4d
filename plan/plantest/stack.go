// Package plantest has the stacks that tests of package plan and of those below it begin with.
package plantest

import (
	"fmt"
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
)

// Certificate is the ARN of a certificate in the region of Stack.
const Certificate = "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"

// Stack is a stack that can work; tests change one thing in it.
func Stack() *config.Stack {
	return &config.Stack{
		Region:   "ap-northeast-2",
		Accounts: []string{"111122223333"},
		Network:  config.Network{CIDR: "10.0.0.0/16", Zones: []string{"ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"}, NAT: config.NATZone},
		Cluster: config.Cluster{
			Name: "dev", Version: "1.35", ServiceCIDR: "172.20.0.0/16",
			Endpoint: &config.Endpoint{Private: true, Public: true, PublicCIDRs: []string{"203.0.113.0/24"}},
			Admins:   []string{"arn:aws:iam::111122223333:role/admin"},
		},
		Addons:     config.Addons{CoreDNS: config.CoreDNS{Replicas: awsdata.CoreDNSReplicas, MaxUnavailable: 1}},
		NodeGroups: map[string]config.NodeGroup{"general": {AMI: config.AL2023arm, Subnets: config.PrivateSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}}},
	}
}

// StackOfTypes is a stack with one group of some types, planned as the stack file says by default but for prefixes.
func StackOfTypes(prefixes bool, types ...string) *config.Stack {
	s := Stack()
	s.Addons.VPCCNI = config.VPCCNI{PrefixDelegation: prefixes, Warm: config.Warm{ENIs: 1, Prefixes: 1}}
	s.NodeGroups = map[string]config.NodeGroup{"general": {InstanceTypes: types, Scaling: config.Scaling{Desired: 1, Max: 1}}}
	return s
}

// ChangeGroup changes the group of that name.
func ChangeGroup(s *config.Stack, change func(*config.NodeGroup)) {
	group := s.NodeGroups["general"]
	change(&group)
	s.NodeGroups["general"] = group
}

// StackInRange is a stack in one VPC range whose one group has a size.
func StackInRange(cidr string, prefixes bool, typ string, scaling config.Scaling) *config.Stack {
	s := StackOfTypes(prefixes, typ)
	s.Network.CIDR = cidr
	ChangeGroup(s, func(group *config.NodeGroup) { group.Scaling = scaling })
	return s
}

// Workloads are a number of workloads with a load balancer of a kind each.
func Workloads(kind string, count int) map[string]config.Workload {
	all := map[string]config.Workload{}
	for i := range count {
		all[fmt.Sprintf("shop-%02d", i)] = config.Workload{Kind: kind, Scheme: config.InternetFacing, Target: config.TargetIP, Replicas: 2, Paths: []string{"/"}}
	}
	return all
}

func AddWorkload(all map[string]config.Workload, name string, w config.Workload) map[string]config.Workload {
	if all == nil {
		all = map[string]config.Workload{}
	}
	all[name] = w
	return all
}

// Subnets are all that a zone has.
func Subnets(z address.Zone) []netip.Prefix {
	return slices.DeleteFunc([]netip.Prefix{z.Private, z.Public, z.ControlPlane, z.Pods}, func(p netip.Prefix) bool { return !p.IsValid() })
}

func Contains(outer, p netip.Prefix) bool {
	return outer.Contains(p.Addr()) && outer.Bits() <= p.Bits()
}

// GroupedWorkloads makes workloads the members of one ALB group.
func GroupedWorkloads(members map[string]config.Workload) map[string]config.Workload {
	for name, w := range members {
		w.Kind, w.Group = config.KindALB, "demo"
		members[name] = w
	}
	return members
}
