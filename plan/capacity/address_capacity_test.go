package capacity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// small is a stack in a range whose private subnets have 59 addresses each.
func small(most int) *config.Stack {
	return plantest.StackInRange("10.0.0.0/23", false, "c5.large", config.Scaling{Desired: 1, Max: most})
}

// Nothing of the stack scales nodes, so what they need at max refuses nothing.
func TestSubnetsThatWouldRunOutAtMaxAreWarnedOfWithTheNumberToChange(t *testing.T) {
	for name, test := range map[string]struct {
		stack   *config.Stack
		problem string
	}{
		"nodes with their pods": {small(3),
			`network.cidr: the private subnet of ap-northeast-2a (10.0.0.0/26) has 59 addresses and needs 76 (128%) with all node groups at max (group general 60, control plane 16), so it runs out of addresses before max; ` +
				`a network.cidr of at least /22 is enough (a range cannot change after the VPC is created), such as 10.0.0.0/22, or nodeGroups["general"].scaling.max 2`},
		"a group that cannot be smaller": {plantest.StackInRange("10.0.0.0/23", false, "c5.large", config.Scaling{Desired: 3, Max: 3}),
			`such as 10.0.0.0/22, or give pods a range of their own (network.podCidr, such as 100.64.0.0/16)`},
		"nodes with prefixes": {plantest.StackInRange("10.0.0.0/22", true, "c5.large", config.Scaling{Desired: 1, Max: 1}),
			`network.cidr: the private subnet of ap-northeast-2a (10.0.0.0/25) has 123 addresses and needs 145 (117%) with all node groups at max (group general 129, control plane 16), 128 of them in 8 prefixes; of its 6 whole /28 blocks, 3 are reserved for prefixes, so it runs out of addresses before max; ` +
				`a network.cidr of at least /21 is enough`},
		"single addresses beside a reservation": {func() *config.Stack {
			s := plantest.StackInRange("10.0.0.0/20", true, "c5.large", config.Scaling{Desired: 1, Max: 1})
			s.Workloads = map[string]config.Workload{}
			for i := range 30 {
				s.Workloads[fmt.Sprint("inside-", i)] = config.Workload{Kind: config.KindNLB, Scheme: config.Internal}
			}
			return s
		}(), `network.cidr: the private subnet of ap-northeast-2a (10.0.0.0/23) has 507 addresses and needs 385 (75%) with all node groups at max (group general 129, control plane 16, internal load balancers 240), 128 of them in 8 prefixes; of its 30 whole /28 blocks, 15 are reserved for prefixes, so it runs out of addresses before max; ` +
			`a network.cidr of at least /19 is enough`},
		"more than AWS's largest VPC": {plantest.StackInRange("10.0.0.0/16", true, "c5.large", config.Scaling{Desired: 3, Max: 400}),
			`(group general 17286, control plane 16), 17152 of them in 1072 prefixes; of its 510 whole /28 blocks, 255 are reserved for prefixes, so it runs out of addresses before max; nodeGroups["general"].scaling.max 188, or give pods a range of their own (network.podCidr, such as 100.64.0.0/16)`},
		"pods in a range of their own": {func() *config.Stack {
			s := plantest.StackInRange("10.0.0.0/16", false, "m5.large", config.Scaling{Desired: 1, Max: 20})
			s.Network.PodCIDR = "100.64.0.0/23"
			return s
		}(), `network.podCidr: the pods' subnet of ap-northeast-2a (100.64.0.0/25) has 123 addresses and needs 140 (113%) with all node groups at max (group general 140), so it runs out of addresses before max; ` +
			`a network.podCidr of at least /22 is enough (a range cannot change after the VPC is created), such as 100.64.0.0/22, or nodeGroups["general"].scaling.max 17`},
	} {
		p, problems := plan.New(test.stack)
		if problems.Err() != nil || len(crowds(test.stack)) != 1 || !strings.Contains(crowds(test.stack)[0].String(), test.problem) {
			t.Errorf("%s\nwant  %s\ngot   %v, refused %s", name, test.problem, p.Warnings, problems)
		}
	}
}

func TestSubnetsThatWouldRunOutAtTheDesiredSizeAreRefused(t *testing.T) {
	balanced := small(1)
	balanced.Workloads = plantest.Workloads(config.KindNLB, 4)
	for name, test := range map[string]struct {
		stack   *config.Stack
		problem string
	}{
		"load balancers in public subnets": {balanced,
			`network.cidr: the public subnet of ap-northeast-2a (10.0.0.64/27) has 27 addresses and needs 33 (122%) with all node groups at their desired size (NAT gateway 1, internet-facing load balancers 32); a network.cidr of at least /22 is enough`},
		"nodes": {plantest.StackInRange("10.0.0.0/23", false, "c5.large", config.Scaling{Desired: 20, Max: 20}),
			`network.cidr: the private subnet of ap-northeast-2a (10.0.0.0/26) has 59 addresses and needs 96 (162%) with all node groups at their desired size (group general 90, control plane 6); a network.cidr of at least /22 is enough`},
		"nodes with prefixes": {plantest.StackInRange("10.0.0.0/23", true, "c5.large", config.Scaling{Desired: 9, Max: 9}),
			`needs 89 (150%) with all node groups at their desired size (group general 83, control plane 6), 80 of them in 5 prefixes; of its 2 whole /28 blocks, 1 are reserved for prefixes; a network.cidr of at least /22 is enough`},
	} {
		p, problems := plan.New(test.stack)
		if len(problems) != 1 || !strings.Contains(problems[0].String(), test.problem) {
			t.Errorf("%s\nwant  %s\ngot   %s", name, test.problem, problems)
		}
		if len(p.Demand) == 0 {
			t.Errorf("%s: a refused plan does not show its arithmetic", name)
		}
	}
}

// blocky is a stack whose nodes take prefixes in pods' subnets of a /25 each, which have 123 addresses and 6 whole /28 blocks.
func blocky(typ string, pods, most int) *config.Stack {
	s := plantest.StackInRange("10.0.0.0/16", true, typ, config.Scaling{Desired: 1, Max: most})
	s.Network.PodCIDR = "100.64.0.0/23"
	plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.MaxPods = pods })
	return s
}

// A prefix is a whole /28 block, and AWS keeps addresses of the first and the last of a subnet.
func TestPrefixesThatFindNoWholeBlockAreWarnedOfThoughThereAreAddresses(t *testing.T) {
	want := `network.podCidr: the pods' subnet of ap-northeast-2a (100.64.0.0/25) has 123 addresses and needs 113 (91%) with all node groups at max (group general 113), 112 of them in 7 prefixes; ` +
		`it has 6 whole /28 blocks, as long as no other address is in them, so it runs out of addresses before max; a network.podCidr of at least /22 is enough`
	s := blocky("m5.large", 90, 1) // 88 pods with an address are 6 prefixes, and one is ready
	if got := crowds(s); len(got) != 1 || !strings.HasPrefix(got[0].String(), want) {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	if _, problems := plan.New(blocky("m5.large", 82, 1)); problems.Err() != nil {
		t.Errorf("six prefixes in six blocks: %v", problems)
	}
}

// AWS keeps the last address of the reserved half and the first four of the other, in whose first block there is room for twelve.
func TestSingleAddressesTakeBlocksFromPrefixesBeyondTheReservedHalf(t *testing.T) {
	services := config.Endpoints{"autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticfilesystem", "elasticloadbalancing", "kms", "logs", "sts"}
	for _, test := range []struct {
		pods, endpoints int // in addition to the node's own address
		fits            bool
	}{{80 + 2, 11, true}, {80 + 2, 12, false}, {64 + 2, 12, true}} { // 6, 6 and 5 prefixes with the one that is ready
		s := plantest.StackInRange("10.0.0.0/22", true, "m5.large", config.Scaling{Desired: 1, Max: 1})
		s.Network.ControlPlaneSubnets, s.Network.Endpoints = true, services[:test.endpoints]
		plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.MaxPods = test.pods })
		p, problems := plan.New(s)
		runsOut := slices.ContainsFunc(p.Warnings, func(w config.Warning) bool { return strings.Contains(w.Text, "runs out of addresses before max") })
		if problems.Err() != nil || runsOut == test.fits {
			t.Errorf("%+v: %v %v", test, p.Warnings, problems)
		}
	}
}

// EC2 takes an interface's own address from anywhere.
func TestPrefixesThatAnotherAddressMayLeaveWithoutABlockAreWarnedOf(t *testing.T) {
	for pods, warned := range map[int]bool{66: false, 82: true} { // 5 and 6 prefixes, and one address that spoils a block
		if got := crowds(blocky("m5.large", pods, 1)); (len(got) > 0) != warned {
			t.Errorf("%d pods: %v", pods, got)
		}
	}
}

// What a refusal or a warning names as the way out is one.
func TestTheNumberToChangeIsEnough(t *testing.T) {
	runsOut := func(s *config.Stack) bool {
		return slices.ContainsFunc(crowds(s), func(w config.Warning) bool { return strings.Contains(w.Text, "runs out of addresses before max") })
	}
	s := small(3)
	if !runsOut(s) || runsOut(small(2)) {
		t.Errorf("max 2 is reported as enough: %v", crowds(small(2)))
	}
	if s.Network.CIDR = "10.0.0.0/22"; runsOut(s) {
		t.Errorf("a /22 was said to be enough: %v", crowds(s))
	}
	s = plantest.StackInRange("10.0.0.0/16", false, "m5.large", config.Scaling{Desired: 1, Max: 17})
	if s.Network.PodCIDR = "100.64.0.0/23"; len(crowds(s)) != 1 || !strings.Contains(crowds(s)[0].Text, "scaling.max 11") {
		t.Errorf("%v", crowds(s))
	}
	plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.Scaling.Max = 11 })
	if len(crowds(s)) != 0 {
		t.Errorf("max 11 was said to be below the warning: %v", crowds(s))
	}
}

// crowds are the warnings of subnets that are nearly full.
func crowds(s *config.Stack) []config.Warning {
	p, _ := plan.New(s)
	return slices.DeleteFunc(p.Warnings, func(w config.Warning) bool { return w.Path != "network.cidr" && w.Path != "network.podCidr" })
}

func TestSubnetsThatAreNearlyFullAreWarnedOfWithTheNumberToChange(t *testing.T) {
	want := `network.cidr: the private subnet of ap-northeast-2a (10.0.0.0/25) has 123 addresses and needs 106 (86%) with all node groups at max (group general 90, control plane 16); ` +
		`a network.cidr of at least /21 is enough (a range cannot change after the VPC is created), such as 10.0.0.0/21, or nodeGroups["general"].scaling.max 5`
	s := plantest.StackInRange("10.0.0.0/22", false, "c5.large", config.Scaling{Desired: 1, Max: 8})
	if got := crowds(s); len(got) != 1 || got[0].String() != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	if got := crowds(plantest.StackInRange("10.0.0.0/21", false, "c5.large", config.Scaling{Desired: 1, Max: 8})); len(got) != 0 {
		t.Errorf("warned of subnets with room: %v", got)
	}
	beyond := plantest.StackInRange("10.0.0.0/20", true, "c5.large", config.Scaling{Desired: 1, Max: 6})
	if got := crowds(beyond); len(got) != 1 || !strings.Contains(got[0].Text, "384 of them in 24 prefixes; of its 30 whole /28 blocks, 15 are reserved for prefixes") {
		t.Errorf("no warning of prefixes that find no reserved place: %v", got)
	}
}
