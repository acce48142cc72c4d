package prove

import (
	"context"
	"strings"
	"testing"

	"eksnet/internal/stackfile"
	"eksnet/plan"
	"eksnet/rehearsal/world"
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
		problem, _ := zoneProblem(spec, plan.EgressPart, before, failing.Available())
		if holds := planned.Gateways[0] == zone; holds != (problem != "") {
			t.Errorf("without %s, where the NAT gateway is in %s: egress: %q", zone, planned.Gateways[0], problem)
		}
	}
}

const singleNAT = "test-cn-northwest-1"

// A plan that says something else of a part than the account shows is a broken trial.
func TestAPlanThatIsWrongAboutAZoneIsNoticed(t *testing.T) {
	r := testRig(t)
	spec, planned, err := stackfile.Load(r.Root(), "local")
	if err != nil {
		t.Fatal(err)
	}
	loss, err := plan.LoseZone(spec, planned, "ap-northeast-2a")
	if err != nil {
		t.Fatal(err)
	}
	works := world.Available{ControlPlanes: []string{"local"}, Subnets: []string{"subnet-1"}, Internet: []string{"subnet-1"}}
	fails := world.Available{
		Stopped: map[string]string{"echo/echo": "0 of 2 pods run"}, Isolated: map[string]string{"ip-10-0-0-1": "sts"},
		Unhealthy: map[string]string{"echo": "no targets"},
	}
	for _, t2 := range compareZone(spec, loss, works, works) {
		if t2.Broken != "" {
			t.Errorf("%s: %s", t2.Name, t2.Broken)
		}
	}
	broken := map[string]bool{}
	for _, t2 := range compareZone(spec, loss, works, fails) {
		broken[strings.TrimPrefix(t2.Name, "without ap-northeast-2a: ")] = strings.Contains(t2.Broken, "the plan says survives") || strings.Contains(t2.Broken, "the plan says interrupted")
	}
	for _, part := range []string{plan.ControlPlanePart, plan.PodsPart, plan.EgressPart, "load balancer of workload echo"} {
		if !broken[part] {
			t.Errorf("a failed %s is not noticed", part)
		}
	}
	for i := range loss.Parts {
		loss.Parts[i].Outcome = plan.Lost
	}
	for _, t2 := range compareZone(spec, loss, works, works) {
		if !strings.Contains(t2.Broken, "but it works") {
			t.Errorf("%s: a part that works is not noticed", t2.Name)
		}
	}
}
