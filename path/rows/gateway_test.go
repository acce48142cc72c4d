package rows

import (
	"reflect"
	"testing"

	"eksnet/config"
	"eksnet/path"
	"eksnet/plan/balancer"
)

// The rows of the kinds nlb and alb are those of the kinds for Gateways too. Only the health check of instance targets
// with the policy Local differs: a Service without a load balancer of its own has no health check node port, so a
// Gateway checks the traffic port. Therefore the plan refuses a UDP listener there, and not the proxy protocol.
func TestAGatewayHasTheRowOfItsTwin(t *testing.T) {
	const addons = "eksnet:addons" // which the measured stack does not need
	settings[addons] = `{"gatewayApi": {"crds": "own"}}`
	t.Cleanup(func() { delete(settings, addons) })
	compared, refused := map[string]int{}, 0
	for c := range Combinations {
		gateway := c
		if gateway.Kind = "gateway-" + c.Kind; c.Kind == config.KindCLB {
			continue
		}
		s, problems := load(`{"shop": ` + c.Workload() + `}`)
		twin, twinProblems := load(`{"shop": ` + gateway.Workload() + `}`)
		local := c.Kind == config.KindNLB && c.Target == config.TargetInstance && c.TrafficPolicy == config.PolicyLocal
		if problems.Err() != nil || twinProblems.Err() != nil {
			if both := problems.Err() != nil && twinProblems.Err() != nil; !both && !local {
				t.Errorf("%s is refused with %v, its twin with %v", c.Workload(), problems, twinProblems)
			}
			refused++
			continue
		}
		compared[c.Kind]++
		compareWithTwin(t, s, twin, local)
	}
	if compared[config.KindNLB] < 60 || compared[config.KindALB] < 4 || refused == 0 {
		t.Errorf("compared %v, and %d are refused", compared, refused)
	}
}

func compareWithTwin(t *testing.T, s, twin *config.Stack, local bool) {
	t.Helper()
	way, err := path.Of(s, "shop")
	if err != nil {
		t.Fatal(err)
	}
	other, err := path.Of(twin, "shop")
	if err != nil {
		t.Fatal(err)
	}
	row, twinRow := rowOf(s.Workloads["shop"], way), rowOf(twin.Workloads["shop"], other)
	if twinRow.Kind = config.BaseKind(twinRow.Kind); row != twinRow {
		t.Errorf("the row is %s, that of the Gateway %s", row, twinRow)
	}
	if checks := [2]string{way.Health.By, other.Health.By}; local && checks != [2]string{balancer.AnswersLocal, balancer.AnswersPod} {
		t.Errorf("%s: what answers the health checks is %q", row, checks)
	}
	if other.Kind = config.BaseKind(other.Kind); local {
		other.Health = way.Health
	}
	if !reflect.DeepEqual(way, other) {
		t.Errorf("%s: the path is\n%+v\nthat of the Gateway\n%+v", row, way, other)
	}
}
