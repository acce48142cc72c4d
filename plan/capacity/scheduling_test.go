package capacity_test

import (
	"fmt"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// nodesOf returns a stack with one node group and two pods of the load balancer controller.
func nodesOf(desired, largest int, prefixes bool, typ string) *config.Stack {
	s := plantest.StackOfTypes(prefixes, typ)
	s.Addons.LoadBalancerController.Replicas = 2
	plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.Scaling = config.Scaling{Desired: desired, Max: largest} })
	return s
}

// serving adds a workload for each number of replicas.
func serving(s *config.Stack, replicas ...int) *config.Stack {
	s.Workloads = map[string]config.Workload{}
	for i, n := range replicas {
		s.Workloads[fmt.Sprint("app", i)] = config.Workload{Kind: config.KindNLB, App: config.AppEcho, Scheme: config.InternetFacing, Replicas: n}
	}
	return s
}

func TestPodsThatNodesHaveNoRoomForAreRefused(t *testing.T) {
	const at = "nodeGroups: the stack's pods do not fit on the "
	for name, test := range map[string]struct {
		stack   *config.Stack
		change  func(*config.Stack)
		problem string
	}{
		"memory that Bottlerocket reserves for 110 pods": {serving(nodesOf(2, 2, true, "t4g.small"), 6, 6),
			func(s *config.Stack) {
				plantest.ChangeGroup(s, func(g *config.NodeGroup) { g.AMI = config.BottlerocketArm })
			},
			at + "2 nodes without taints, with node groups at the desired size: 908 MiB of memory where 660 is left, after what kubelets"},
		"memory": {serving(nodesOf(1, 1, true, "t3.small"), 11, 11), nil, "1548 MiB of memory where 1419 is left"},
		"pods of the stack alone": {nodesOf(1, 1, false, "t3.micro"), nil,
			at + "1 node without taints, with node groups at the desired size: 4 pods where 2 fit, after"},
		"pods beside the Pod Identity agent": {nodesOf(1, 1, false, "t3.micro"), func(s *config.Stack) { s.Cluster.Identity = config.PodIdentity }, "4 pods where 1 fit"},
		"pods of metrics-server":             {nodesOf(1, 1, false, "t3.micro"), func(s *config.Stack) { s.Addons.MetricsServer = &config.MetricsServer{Replicas: 3} }, "7 pods where 2 fit"},
		"pods of CoreDNS":                    {nodesOf(1, 1, false, "t3.micro"), func(s *config.Stack) { s.Addons.CoreDNS.Replicas = 9 }, "11 pods where 2 fit"},
		"pods of CoreDNS at their minimum":   {nodesOf(1, 1, false, "t3.micro"), func(s *config.Stack) { s.Addons.CoreDNS.Autoscale = &config.CoreDNSAutoscale{Min: 5, Max: 8} }, "7 pods where 2 fit"},
		"pods of a workload":                 {serving(nodesOf(2, 3, false, "m5.large"), 100), nil, "104 pods where 54 fit"},
		"CPU":                                {serving(nodesOf(1, 1, true, "m7g.medium"), 12), nil, "800m CPU where 790m is left"},
		"pods of x86_64 alone": {serving(nodesOf(2, 2, true, "m7g.large"), 1, 60),
			func(s *config.Stack) {
				s.NodeGroups["x86"] = config.NodeGroup{InstanceTypes: []string{"t3.micro"}, AMI: config.AL2023x86, Scaling: config.Scaling{Desired: 1, Max: 1}}
				plantest.ChangeGroup(s, func(g *config.NodeGroup) { g.AMI = config.AL2023arm })
				w := s.Workloads["app1"]
				w.Image = config.Game2048Image
				s.Workloads["app1"] = w
			},
			at + "1 x86_64 node without taints"},
		"pods where a taint keeps them away": {nodesOf(1, 1, false, "t3.micro"),
			func(s *config.Stack) {
				s.NodeGroups["data"] = config.NodeGroup{InstanceTypes: []string{"m5.large"}, Scaling: config.Scaling{Desired: 3, Max: 3}, Taints: []config.Taint{{Key: "data", Effect: "NoSchedule"}}}
			},
			"4 pods where 2 fit"},
		"addresses of a minimum without a target": {serving(nodesOf(1, 1, false, "m5.large"), 4),
			func(s *config.Stack) { s.Addons.VPCCNI.Warm.MinimumIPs = 5 },
			"8 pods where 5 fit"},
	} {
		if test.change != nil {
			test.change(test.stack)
		}
		if _, problems := plan.New(test.stack); !strings.Contains(problems.Error(), test.problem) {
			t.Errorf("%s\nwant  %s\ngot   %s", name, test.problem, problems)
		}
	}
}

func TestPodsThatFitAreAccepted(t *testing.T) {
	for name, s := range map[string]*config.Stack{
		"the smallest node that takes the stack's own pods": nodesOf(1, 1, true, "t3.small"),
		"as many pods as two nodes take":                    serving(nodesOf(2, 2, false, "m5.large"), 27, 23),
		"as much CPU as there is":                           serving(nodesOf(1, 1, true, "m7g.medium"), 11),
	} {
		if _, problems := plan.New(s); problems.Err() != nil {
			t.Errorf("%s: %s", name, problems)
		}
	}
}

func TestPodsThatFitAtDesiredAloneAreWarnedOf(t *testing.T) {
	full := serving(nodesOf(1, 1, false, "t3.medium"), 3, 8)
	autoscaled := serving(nodesOf(2, 3, false, "t3.medium"), 2)
	w := autoscaled.Workloads["app0"]
	w.Autoscale = &config.Autoscale{Min: 2, Max: 60}
	autoscaled.Workloads["app0"] = w
	for name, test := range map[string]struct {
		stack   *config.Stack
		warning string
	}{
		"a rollout without room": {full, "a rollout of the load balancer controller starts a new pod before it ends an old one, and with node groups at the desired size no node has room for it"},
		"more pods than at max":  {autoscaled, "the stack's pods do not fit on the 3 nodes without taints, with node groups at max: 64 pods where 45 fit"},
	} {
		p, problems := plan.New(test.stack)
		if problems.Err() != nil {
			t.Errorf("%s: %s", name, problems)
		}
		if got := fmt.Sprint(p.Warnings); !strings.Contains(got, "nodeGroups: "+test.warning) {
			t.Errorf("%s\nwant  %s\ngot   %s", name, test.warning, got)
		}
	}
}

// The nodes of github.com/bottlerocket-os/bottlerocket/issues/4472 had 1437 and 288 MiB. The figures here differ a
// little, because the memory that hypervisor and kernel use is an estimate. The formula is that of
// docs.aws.amazon.com/eks/latest/userguide.
func TestPodsMayRequestWhatTheKubeletDoesNotReserve(t *testing.T) {
	for _, test := range []struct {
		typ, ami      string
		prefixes      bool
		milliCPU, mib int
	}{
		{"t4g.small", config.AL2023arm, true, 1930, 1419},
		{"t4g.small", config.BottlerocketArm, true, 1930, 330},
		{"t4g.small", config.BottlerocketArm, false, 1930, 1419},
		{"m7g.large", config.AL2023arm, true, 1930, 6904},
		{"g5g.xlarge", config.BottlerocketArmNVIDIA, true, 3920, 6013},
		{"m5.4xlarge", config.AL2023x86, false, 15890, 57692},
	} {
		s := plantest.StackOfTypes(test.prefixes, test.typ)
		plantest.ChangeGroup(s, func(g *config.NodeGroup) { g.AMI = test.ami })
		if g := groupOf(t, s); g.AllocatableMilliCPU != test.milliCPU || g.AllocatableMiB != test.mib {
			t.Errorf("%s with %s, prefixes %v: %dm and %d MiB, want %dm and %d", test.typ, test.ami, test.prefixes, g.AllocatableMilliCPU, g.AllocatableMiB, test.milliCPU, test.mib)
		}
	}
}

func TestANodeTakesNoMorePodsThanAMinimumOfAddressesWithoutATarget(t *testing.T) {
	for _, test := range []struct {
		prefixes bool
		warm     config.Warm
		pods     int
	}{
		{true, config.Warm{MinimumIPs: 5}, 18}, {false, config.Warm{MinimumIPs: 5}, 7}, {false, config.Warm{MinimumIPs: 60}, 29},
		{true, config.Warm{MinimumIPs: 5, IPs: 1}, 110}, {false, config.Warm{IPs: 2}, 29},
	} {
		s := plantest.StackOfTypes(test.prefixes, "m5.large")
		s.Addons.VPCCNI.Warm = test.warm
		if g := groupOf(t, s); g.MaxPods != test.pods || g.KubeletMaxPods != 0 {
			t.Errorf("prefixes %v, %+v: %d pods, %d written; want %d", test.prefixes, test.warm, g.MaxPods, g.KubeletMaxPods, test.pods)
		}
	}
}
