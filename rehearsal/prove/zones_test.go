package prove

import (
	"context"
	"testing"

	"eksnet/internal/stackfile"
	"eksnet/plan"
	"eksnet/rehearsal/prove/zoneloss"
)

func TestWhatThePlanSaysOfAZoneHoldsInTheAccount(t *testing.T) {
	proof, err := Zones(context.Background(), testRig(t))
	mustHold(t, proof, err, 3*4)
}

// In the stack of this test one zone has the only NAT gateway.
func TestALostNATGatewayIsSeenInTheAccountAndInThePlan(t *testing.T) {
	r, err := testRig(t).of(singleNAT)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := Zones(context.Background(), r)
	mustHold(t, proof, err, 3*4)
	spec, planned, err := stackfile.Load(r.Root(), singleNAT)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := r.complete(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range spec.Network.Zones {
		failing := whole.world.Clone()
		before := failing.Available()
		failing.LoseZone(zone)
		problem, _ := zoneloss.Problem(spec, plan.EgressPart, before, failing.Available())
		if holds := planned.Gateways[0] == zone; holds != (problem != "") {
			t.Errorf("without %s, where the NAT gateway is in %s: egress: %q", zone, planned.Gateways[0], problem)
		}
	}
}

const singleNAT = "test-cn-northwest-1"
