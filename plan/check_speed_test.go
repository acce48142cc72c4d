package plan_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// groupsOf returns node groups by their desired sizes; those of names with a ! have a taint that blocks pods.
func groupsOf(sizes map[string]int) map[string]config.NodeGroup {
	all := map[string]config.NodeGroup{}
	for name, size := range sizes {
		group := config.NodeGroup{InstanceTypes: []string{"m7g.large"}, AMI: config.AL2023arm, Subnets: config.PrivateSubnets, Scaling: config.Scaling{Desired: size, Max: max(size, 1)}}
		if strings.HasPrefix(name, "!") {
			group.Taints = []config.Taint{{Key: "dedicated", Effect: "NoSchedule"}}
		}
		all[name] = group
	}
	return all
}

func TestSpeedBetweenNodesNeedsTwoNodes(t *testing.T) {
	const problem = `workloads["fast"].kind: speed measures between nodes and zones, and the node groups start one untainted node; give a node group without taints desired 2 or more`
	for _, test := range []struct {
		groups  map[string]int
		refused bool
	}{
		{map[string]int{"a": 1}, true},
		{map[string]int{"a": 1, "!b": 4}, true},
		{map[string]int{"a": 1, "b": 0}, true},
		{map[string]int{"a": 2}, false},
		{map[string]int{"a": 1, "b": 1}, false},
		{map[string]int{"!b": 4}, false}, // refused for another reason: no pod of the stack can run
	} {
		s := plantest.Stack()
		s.NodeGroups = groupsOf(test.groups)
		s.Workloads = map[string]config.Workload{"fast": {Kind: config.KindSpeed, App: config.AppIperf3, Replicas: 4, Image: config.NetshootImage}}
		_, problems := plan.New(s)
		if got := strings.Contains(problems.Error(), problem); got != test.refused {
			t.Errorf("%v is refused: %v; problems: %s", test.groups, got, problems)
		}
	}
}

func TestPlacesThatAreNotMeasuredAreWarnedOf(t *testing.T) {
	const (
		noZonePair = `workloads["fast"].kind: each node group without taints starts one node, and they may all be in one zone`
		noNodePair = `workloads["fast"].kind: 3 untainted nodes in 3 zones may be one in each, so the speed in a zone is not measured; start 4`
		fewClients = `workloads["fast"].replicas: 3 clients in 3 zones may leave the zone of the server with one client, on its node, so the speed in a zone is not measured; write 4`
		oneClient  = `workloads["fast"].replicas: 1 client is on the node of the server, so nothing is measured between nodes; write 4, one more than there are zones`
	)
	for _, test := range []struct {
		groups   map[string]int
		replicas int
		want     []string
	}{
		{map[string]int{"a": 4}, 4, nil},
		{map[string]int{"a": 2, "b": 2}, 4, nil},
		{map[string]int{"a": 3}, 4, []string{noNodePair}},
		{map[string]int{"a": 2, "b": 1, "!c": 9}, 4, []string{noNodePair}},
		{map[string]int{"a": 1, "b": 1, "c": 1}, 4, []string{noZonePair, noNodePair}},
		{map[string]int{"a": 4}, 3, []string{fewClients}},
		{map[string]int{"a": 4}, 1, []string{oneClient}},
	} {
		s := plantest.Stack()
		s.NodeGroups = groupsOf(test.groups)
		s.Workloads = map[string]config.Workload{"fast": {Kind: config.KindSpeed, App: config.AppIperf3, Replicas: test.replicas, Image: config.NetshootImage}}
		p, _ := plan.New(s)
		var got []string
		for _, warning := range p.Warnings {
			if strings.HasPrefix(warning.Path, `workloads["fast"]`) {
				got = append(got, warning.String())
			}
		}
		if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
			t.Errorf("%v and %d clients: %q, want %q", test.groups, test.replicas, got, test.want)
		}
	}
}
