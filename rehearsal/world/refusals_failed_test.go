package world_test

import (
	"testing"

	"eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// failedRefusals are calls to resources whose creation failed.
func failedRefusals() []refusal {
	failed := func(typ, id string, try func(*worldtest.Lab) error) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Nodes()
			l.World.FailCreate(typ, id)
			return try(l)
		}
	}
	return []refusal{
		{"an update of a node group whose creation failed", node.NodeGroupActive, failed(store.NodeGroupType, "dev:general", func(l *worldtest.Lab) error {
			return l.Change(store.NodeGroupType, "dev:general", store.Properties{"labels": store.Properties{"a": "b"}})
		})},
		{"an update of an add-on whose creation failed", addon.AddonActive, failed(store.AddonType, "dev:vpc-cni", func(l *worldtest.Lab) error {
			return l.Change(store.AddonType, "dev:vpc-cni", store.Properties{"resolveConflictsOnUpdate": "OVERWRITE"})
		})},
		{"a node group in a cluster whose creation failed", eks.ClusterActive, failed(store.ClusterType, "dev", func(l *worldtest.Lab) error {
			return l.Fails(store.NodeGroupType, worldtest.With(l.GroupInputs(), "nodeGroupName", "more"))
		})},
	}
}

// The status of a failed creation remains; a failed update changes the status of a node group that was active.
func TestTheStatusOfAFailedCreationRemainsAndThatOfAFailedUpdateDoesNot(t *testing.T) {
	l := worldtest.NewLab(t)
	l.ClusterUp().CNI()
	route := *l.Object(store.RouteType, "to-nat")
	l.World.Drop(l.Object(store.RouteType, "to-nat"))
	if err := l.Fails(store.NodeGroupType, l.GroupInputs()); worldtest.RuleOf(err) != node.NodeWayOut {
		t.Fatalf("nodes without a route to the internet: %v", err)
	}
	l.World.Put(&route)
	if o, err := l.Client.Read(store.NodeGroupType, "dev:general"); err != nil || o.Outputs["status"] != "CREATE_FAILED" {
		t.Errorf("after the cause is removed the node group is %v, %v", o.Outputs["status"], err)
	}
	if err := l.Delete(store.NodeGroupType, "dev:general"); err != nil {
		t.Fatal(err)
	}
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	l.World.Drop(l.World.Get(store.RouteType, route.ID))
	if err := l.Change(store.NodeGroupType, "dev:general", store.Properties{"scalingConfig": store.Properties{"minSize": 1.0, "desiredSize": 3.0, "maxSize": 4.0}}); worldtest.RuleOf(err) != node.NodeWayOut {
		t.Fatalf("an update whose nodes have no route to the internet: %v", err)
	}
	if o, _ := l.Client.Read(store.NodeGroupType, "dev:general"); o.Outputs["status"] != "DEGRADED" {
		t.Errorf("after a failed update the node group is %v", o.Outputs["status"])
	}
	l.World.Put(&route)
	if err := l.Change(store.NodeGroupType, "dev:general", store.Properties{"labels": store.Properties{"a": "b"}}); err != nil {
		t.Errorf("the update after it: %v", err)
	}
}

// A failed NAT gateway does not use its Elastic IP address or count for the zone's quota, and a failed endpoint serves
// no node.
func TestFailedNetworkResourcesUseNothing(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	l.World.FailCreate(store.NatType, l.IDs["nat"])
	if l.Object(store.EipType, "eip").Text("associationId") != "" {
		t.Error("a failed NAT gateway keeps its Elastic IP address")
	}
	for range 4 {
		l.Make("eip2", store.EipType, store.Properties{"domain": "vpc"})
		l.Make("another", store.NatType, store.Properties{"allocationId": l.IDs["eip2"], "subnetId": l.IDs["public-a"]})
	}
	l.Make("again", store.NatType, store.Properties{"allocationId": l.IDs["eip"], "subnetId": l.IDs["public-a"]})
	if err := l.Delete(store.NatType, "nat"); err != nil {
		t.Fatal(err)
	}
	if l.Object(store.EipType, "eip").Text("associationId") == "" {
		t.Error("the deletion of a failed NAT gateway disassociates the address from the one that has it now")
	}
	if l.World.FailCreate(store.VPCType, l.IDs["vpc"]) {
		t.Error("a VPC has no state for a failed creation")
	}
}
