package world_test

import (
	"maps"
	"slices"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// The simulated account has its own table of instance types and its own formula, so that a mistake of the plan is
// found.
func TestThePlanAndTheSimulatedAccountAgreeOnEveryInstanceType(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(ec2.InstanceTypes())) {
		for _, prefixes := range []bool{false, true} {
			for _, own := range []bool{false, true} {
				s := &config.Stack{NodeGroups: map[string]config.NodeGroup{"one": {InstanceTypes: []string{name}, Scaling: config.Scaling{Desired: 1, Max: 1}}}}
				s.Addons.VPCCNI.PrefixDelegation = prefixes
				if own {
					s.Network.PodCIDR = "100.64.0.0/16"
				}
				p, _ := plan.New(s)
				if len(p.Groups) != 1 {
					t.Fatalf("the plan has no instance type %s", name)
				}
				want, got := ec2.InstanceTypes()[name], p.Groups[0]
				if memory := want.AllocatableMiB("AL2023_x86_64_STANDARD", got.MaxPods); want.Memory == 0 || got.AllocatableMiB != memory || int64(got.AllocatableMilliCPU) != node.Allocatable(want.Cpus) {
					t.Errorf("%s: pods may request %dm and %d MiB in the plan, %dm and %d MiB in the world", name, got.AllocatableMilliCPU, got.AllocatableMiB, node.Allocatable(want.Cpus), memory)
				}
				if got.MaxPods != want.MaxPods(prefixes, own) || got.VCPUs != want.Cpus || got.ENIs != want.Interfaces || got.AddressesPerENI != want.Addresses || got.Nitro != want.Nitro {
					t.Errorf("%s (prefixes %v, own subnets %v): the plan has %+v, the world %+v and %d pods", name, prefixes, own, got, want, want.MaxPods(prefixes, own))
				}
			}
		}
	}
}

func TestEveryRegionThatThePlanAcceptsIsSimulated(t *testing.T) {
	if known := slices.Sorted(maps.Keys(store.Regions)); !slices.Equal(known, plan.Regions()) {
		t.Errorf("the world has %q, and a plan accepts %q", known, plan.Regions())
	}
}
