package world_test

import (
	"maps"
	"os"
	"slices"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
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

// The user data is what package cluster writes.
func TestThePlanAndTheSimulatedAccountAgreeOnWhatAKubeletReserves(t *testing.T) {
	own := config.Kubelet{
		KubeReserved:   config.ReservedResources{CPU: "200m", Memory: "1Gi", EphemeralStorage: "2Gi"},
		SystemReserved: config.ReservedResources{CPU: "1", Memory: "256Mi"},
		EvictionHard:   map[string]string{"memory.available": "5%", "imagefs.available": "15%"},
	}
	for _, family := range []struct{ name, ami, image string }{{"al2023", config.AL2023arm, "AL2023_ARM_64_STANDARD"}, {"bottlerocket", config.BottlerocketArm, "BOTTLEROCKET_ARM_64"}} {
		text, err := os.ReadFile("../../cluster/testdata/user_data/" + family.name + "-kubelet-1.35.txt")
		if err != nil {
			t.Fatal(err)
		}
		l := worldtest.NewLab(t)
		l.ClusterUp().CNI().Make("lt", store.LaunchTemplateType, store.Properties{"userData": eks.EncodeBase64(string(text))})
		group := worldtest.With(l.GroupInputs(), "launchTemplate", store.Properties{"id": l.IDs["lt"], "version": "1"})
		group["amiType"], group["instanceTypes"] = family.image, []any{"m7g.large"}
		l.Make("group", store.NodeGroupType, group)
		have := node.NodeOf(l.World.All(store.NodeType)[0])

		s := &config.Stack{NodeGroups: map[string]config.NodeGroup{"one": {InstanceTypes: []string{"m7g.large"}, AMI: family.ami, MaxPods: 58, Kubelet: own, Scaling: config.Scaling{Desired: 1, Max: 1}}}}
		s.Addons.VPCCNI.PrefixDelegation = true
		p, _ := plan.New(s)
		if want := p.Groups[0]; have.AllocatableMiB != want.AllocatableMiB || have.AllocatableMilliCPU != want.AllocatableMilliCPU || want.AllocatableMilliCPU != 800 || want.AllocatableMiB != 5919 {
			t.Errorf("%s: the plan has %dm and %d MiB, the world %dm and %d MiB", family.name, want.AllocatableMilliCPU, want.AllocatableMiB, have.AllocatableMilliCPU, have.AllocatableMiB)
		}
	}
}

func TestEveryRegionThatThePlanAcceptsIsSimulated(t *testing.T) {
	if known := slices.Sorted(maps.Keys(store.Regions)); !slices.Equal(known, plan.Regions()) {
		t.Errorf("the world has %q, and a plan accepts %q", known, plan.Regions())
	}
}
