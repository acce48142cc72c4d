package world

import "testing"

// failedRefusals are calls to resources whose creation failed.
func failedRefusals() []refusal {
	failed := func(typ, id string, try func(*lab) error) func(*lab) error {
		return func(l *lab) error {
			l.nodes()
			l.world.FailCreate(typ, id)
			return try(l)
		}
	}
	return []refusal{
		{"an update of a node group whose creation failed", nodeGroupActive, failed(nodeGroupType, "dev:general", func(l *lab) error {
			return l.change(nodeGroupType, "dev:general", Properties{"labels": Properties{"a": "b"}})
		})},
		{"an update of an add-on whose creation failed", addonActive, failed(addonType, "dev:vpc-cni", func(l *lab) error {
			return l.change(addonType, "dev:vpc-cni", Properties{"resolveConflictsOnUpdate": "OVERWRITE"})
		})},
		{"a node group in a cluster whose creation failed", clusterActive, failed(clusterType, "dev", func(l *lab) error {
			return l.fails(nodeGroupType, with(l.groupInputs(), "nodeGroupName", "more"))
		})},
	}
}

// The status of a failed creation remains; a failed update changes the status of a node group that was active.
func TestTheStatusOfAFailedCreationRemainsAndThatOfAFailedUpdateDoesNot(t *testing.T) {
	l := newLab(t)
	l.clusterUp().cni()
	route := *l.object(routeType, "to-nat")
	l.world.drop(l.object(routeType, "to-nat"))
	if err := l.fails(nodeGroupType, l.groupInputs()); ruleOf(err) != nodeWayOut {
		t.Fatalf("nodes without a route to the internet: %v", err)
	}
	l.world.put(&route)
	if o, err := l.client.Read(nodeGroupType, "dev:general"); err != nil || o.Outputs["status"] != "CREATE_FAILED" {
		t.Errorf("after the cause is removed the node group is %v, %v", o.Outputs["status"], err)
	}
	if err := l.delete(nodeGroupType, "dev:general"); err != nil {
		t.Fatal(err)
	}
	l.make("general", nodeGroupType, l.groupInputs())
	l.world.drop(l.world.get(routeType, route.ID))
	if err := l.change(nodeGroupType, "dev:general", Properties{"scalingConfig": Properties{"minSize": 1.0, "desiredSize": 3.0, "maxSize": 4.0}}); ruleOf(err) != nodeWayOut {
		t.Fatalf("an update whose nodes have no route to the internet: %v", err)
	}
	if o, _ := l.client.Read(nodeGroupType, "dev:general"); o.Outputs["status"] != "DEGRADED" {
		t.Errorf("after a failed update the node group is %v", o.Outputs["status"])
	}
	l.world.put(&route)
	if err := l.change(nodeGroupType, "dev:general", Properties{"labels": Properties{"a": "b"}}); err != nil {
		t.Errorf("the update after it: %v", err)
	}
}

// A failed NAT gateway does not use its Elastic IP address or count for the zone's quota, and a failed endpoint serves
// no node.
func TestFailedNetworkResourcesUseNothing(t *testing.T) {
	l := newLab(t).network()
	l.world.FailCreate(natType, l.ids["nat"])
	if l.object(eipType, "eip").text("associationId") != "" {
		t.Error("a failed NAT gateway keeps its Elastic IP address")
	}
	for range 4 {
		l.make("eip2", eipType, Properties{"domain": "vpc"})
		l.make("another", natType, Properties{"allocationId": l.ids["eip2"], "subnetId": l.ids["public-a"]})
	}
	l.make("again", natType, Properties{"allocationId": l.ids["eip"], "subnetId": l.ids["public-a"]})
	if err := l.delete(natType, "nat"); err != nil {
		t.Fatal(err)
	}
	if l.object(eipType, "eip").text("associationId") == "" {
		t.Error("the deletion of a failed NAT gateway disassociates the address from the one that has it now")
	}
	if l.world.FailCreate(vpcType, l.ids["vpc"]) {
		t.Error("a VPC has no state for a failed creation")
	}
}
