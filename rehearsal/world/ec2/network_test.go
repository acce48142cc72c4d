package ec2_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestARouteBecomesABlackHole(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	if err := l.Delete(store.NatType, "nat"); err != nil {
		t.Fatal(err)
	}
	o, err := l.Client.Read(store.RouteType, l.IDs["to-nat"])
	if err != nil || o.Outputs["state"] != "blackhole" {
		t.Errorf("route %v, %v", o.Outputs["state"], err)
	}
	if err := l.Delete(store.EipType, "eip"); err != nil {
		t.Errorf("the address of a deleted NAT gateway: %v", err)
	}
}

func TestSubnetsAreFoundByTheirTags(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	public := store.Properties{"kubernetes.io/role/elb": "1"}
	tags := func(name string, tags store.Properties) {
		if err := l.Change(store.SubnetType, l.IDs[name], store.Properties{"tags": tags}); err != nil {
			t.Fatal(err)
		}
	}
	tags("public-a", public)
	tags("public-b", store.Properties{"kubernetes.io/role/elb": "1", "kubernetes.io/cluster/other": "owned"})
	found := ec2.DiscoverSubnets(l.World.Account, l.IDs["vpc"], "internet-facing", "dev")
	if len(found) != 1 || found[0].ID != l.IDs["public-a"] {
		t.Errorf("found %s", store.DescribeAll(found))
	}
}

func TestZonesAreReturnedAsFromAWS(t *testing.T) {
	l := worldtest.NewLab(t)
	out, err := l.Client.Invoke("aws:index/getAvailabilityZones:getAvailabilityZones", store.Properties{"state": "available",
		"filters": []any{store.Properties{"name": "opt-in-status", "values": []any{"opt-in-not-required"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := iam.JSONText(out["names"]); got != `["ap-northeast-2a","ap-northeast-2b","ap-northeast-2c","ap-northeast-2d"]` {
		t.Errorf("zones %s", got)
	}
	if got := iam.JSONText(out["zoneIds"]); !strings.Contains(got, "apne2-az1") {
		t.Errorf("ids %s", got)
	}
}

func TestTheZonesOfARegionHaveDistinctNamesAndIDs(t *testing.T) {
	for region := range store.Regions {
		names, ids := map[string]bool{}, map[string]bool{}
		for _, z := range store.ZonesOf(region) {
			names[z.Name], ids[z.ID] = true, true
		}
		if len(names) < 2 || len(names) != len(ids) {
			t.Errorf("%s: %v %v", region, names, ids)
		}
	}
}

// The routes and policies in the outputs of a route table or a role do not prevent the same as separate resources.
func TestARouteThatIsReadCanBeReplaced(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	if _, err := l.Client.Read(store.RouteTableType, l.IDs["private"]); err != nil {
		t.Fatal(err)
	}
	if err := l.Delete(store.RouteType, "to-nat"); err != nil {
		t.Fatal(err)
	}
	l.Make("again", store.RouteType, store.Properties{"routeTableId": l.IDs["private"], "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": l.IDs["nat"]})
}
