package zoneloss_test

import (
	"strings"
	"testing"

	"eksnet/internal/stackfile"
	"eksnet/plan"
	"eksnet/rehearsal/prove/zoneloss"
	"eksnet/rehearsal/world"
)

// A plan that says something else of a part than the account shows is a broken trial.
func TestAPlanThatIsWrongAboutAZoneIsNoticed(t *testing.T) {
	spec, planned, err := stackfile.Load("../../..", "local")
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
	for _, c := range zoneloss.Compare(spec, loss, works, works) {
		if c.Broken != "" {
			t.Errorf("%s: %s", c.Part, c.Broken)
		}
	}
	broken := map[string]bool{}
	for _, c := range zoneloss.Compare(spec, loss, works, fails) {
		broken[c.Part] = strings.Contains(c.Broken, "the plan says survives") || strings.Contains(c.Broken, "the plan says interrupted")
	}
	for _, part := range []string{plan.ControlPlanePart, plan.PodsPart, plan.EgressPart, "load balancer of workload echo"} {
		if !broken[part] {
			t.Errorf("a failed %s is not noticed", part)
		}
	}
	for i := range loss.Parts {
		loss.Parts[i].Outcome = plan.Lost
	}
	for _, c := range zoneloss.Compare(spec, loss, works, works) {
		if !strings.Contains(c.Broken, "but it works") {
			t.Errorf("%s: a part that works is not noticed", c.Part)
		}
	}
}
