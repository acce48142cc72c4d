package plan_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/config"
	"eksnet/plan"
)

// zones3 is a stack in three zones that survives the failure of each.
const zones3 = `
aws:region: ap-northeast-2
aws:allowedAccountIds: ["111122223333"]
eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b, ap-northeast-2c]}
eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [203.0.113.0/24]}}
eksnet:nodeGroups: {general: {instanceTypes: [m7i.large], scaling: {min: 3, desired: 3, max: 6}}}
eksnet:workloads: {echo: {kind: nlb}, shop: {kind: alb}}
eksnet:addons: {coreDns: {spreadZones: true}}
`

// loadStack reads sections of a stack file, of which later ones replace earlier ones.
func loadStack(t *testing.T, sections ...string) *config.Stack {
	t.Helper()
	values := map[string]any{}
	for _, section := range sections {
		if err := yaml.Unmarshal([]byte(section), &values); err != nil {
			t.Fatal(err)
		}
	}
	s, problems := config.Load(func(key string) (string, bool) {
		value, set := values[key]
		if text, is := value.(string); is || !set {
			return text, set
		}
		text, err := json.Marshal(value)
		return string(text), err == nil
	}, slices.Collect(maps.Keys(values)))
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	return s
}

// lossOf returns what is left of zones3 with other sections.
func lossOf(t *testing.T, zone string, sections ...string) *plan.ZoneLoss {
	t.Helper()
	s := loadStack(t, append([]string{zones3}, sections...)...)
	p, problems := plan.New(s)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	loss, err := plan.LoseZone(s, p, zone)
	if err != nil {
		t.Fatal(err)
	}
	return loss
}

func TestAStackThatIsSpreadSurvivesTheFailureOfEachZone(t *testing.T) {
	for _, zone := range []string{"ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"} {
		loss := lossOf(t, zone)
		if !loss.Survives || loss.Zone != zone {
			t.Errorf("without %s: %+v", zone, loss.Parts)
		}
		for _, part := range loss.Parts {
			if part.Outcome != plan.Survives {
				t.Errorf("without %s: %s is %s: %s", zone, part.Part, part.Outcome, part.Text)
			}
		}
	}
}

func TestWhatDependsOnAZoneDoesNotSurviveIt(t *testing.T) {
	const a, b, c = "ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"
	for _, test := range []struct {
		zone, section, part string
		outcome             plan.Outcome
		text                string
	}{
		{a, `eksnet:network: {nat: single, zones: [` + a + `, ` + b + `, ` + c + `]}`, "egress", plan.Lost, "the only NAT gateway is in this zone"},
		{a, `eksnet:network: {nat: single, zones: [` + a + `, ` + b + `, ` + c + `]}`, "pods", plan.Uncertain, "pull images only through endpoints"},
		{a, `eksnet:network: {nat: single, zones: [` + a + `, ` + b + `, ` + c + `]}`, "load balancer of workload echo", plan.Uncertain, "so others may not start"},
		{b, `eksnet:network: {nat: single, zones: [` + a + `, ` + b + `, ` + c + `]}`, "egress", plan.Survives, "the only NAT gateway is in " + a},
		{a, `eksnet:network: {nat: none, endpoints: [], zones: [` + a + `, ` + b + `, ` + c + `]}` + "\n" +
			`eksnet:nodeGroups: {general: {subnets: public, instanceTypes: [m7i.large], scaling: {min: 3, desired: 3, max: 6}}}`, "egress", plan.Survives, "internet gateway, which is in no zone"},
		{a, `eksnet:network: {nat: single, zones: [` + a + `, ` + b + `, ` + c + `]}` + "\n" +
			`eksnet:nodeGroups: {general: {subnets: public, instanceTypes: [m7i.large], scaling: {min: 3, desired: 3, max: 6}}}`, "egress", plan.Survives, "internet gateway"},
		{a, `eksnet:nodeGroups: {general: {instanceTypes: [m7i.large], scaling: {min: 1, desired: 1, max: 6}}}`, "nodes", plan.Uncertain, "general: 0 of 1 left, since Auto Scaling may have put all of them into this zone"},
		{a, `eksnet:nodeGroups: {general: {instanceTypes: [m7i.large], scaling: {min: 1, desired: 1, max: 6}}}`, "pods", plan.Uncertain, "this is if the zone has more nodes than another"},
		{a, `eksnet:nodeGroups: {general: {instanceTypes: [m7i.large], scaling: {min: 1, desired: 1, max: 6}}}`, "load balancer of workload echo", plan.Uncertain, "nothing ensures that the pods of echo find a node"},
		{a, `eksnet:nodeGroups: {general: {instanceTypes: [t3.small], scaling: {min: 6, desired: 6, max: 6}}}` + "\n" + `eksnet:workloads: {echo: {kind: nlb, replicas: 100}}` + "\n" +
			`eksnet:addons: {coreDns: {spreadZones: true}, vpcCni: {prefixDelegation: true}}`, "pods", plan.Lost, "do not fit on the 4 nodes"},
		{a, `eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {min: 3, desired: 3, max: 6}}, x86: {instanceTypes: [m7i.large], scaling: {min: 1, desired: 1, max: 1}}}` + "\n" +
			`eksnet:workloads: {echo: {kind: nlb}, game: {kind: alb, app: game-2048}}`, "load balancer of workload game", plan.Uncertain, "nothing ensures that the pods of game find a node"},
		{a, `eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {min: 3, desired: 3, max: 6}}, x86: {instanceTypes: [m7i.large], scaling: {min: 1, desired: 1, max: 1}}}` + "\n" +
			`eksnet:workloads: {echo: {kind: nlb}, game: {kind: alb, app: game-2048}}`, "load balancer of workload echo", plan.Survives, ""},
		{a, `eksnet:workloads: {echo: {kind: nlb, zones: [` + a + `]}}`, "load balancer of workload echo", plan.Lost, "it is in this zone only; list another zone"},
		{a, `eksnet:workloads: {echo: {kind: nlb, zones: [` + a + `, ` + b + `]}}`, "load balancer of workload echo", plan.Uncertain, "sends to no target in another zone"},
		{c, `eksnet:workloads: {echo: {kind: nlb, zones: [` + a + `, ` + b + `]}}`, "load balancer of workload echo", plan.Survives, "it is in " + a + ", " + b},
		{a, `eksnet:workloads: {echo: {kind: nlb, replicas: 1}}`, "load balancer of workload echo", plan.Interrupted, "a workload of it has one pod"},
		{a, `eksnet:workloads: {echo: {kind: nlb, replicas: 1}}`, "pods", plan.Interrupted, "there is one pod, which may be in this zone: workload echo"},
		{a, `eksnet:workloads: {echo: {kind: alb, group: web, paths: [/a]}, shop: {kind: alb, group: web, replicas: 1}}`, "load balancer of group web", plan.Interrupted, ""},
		{a, `eksnet:addons: {coreDns: {}}`, "pods", plan.Interrupted, "write addons.coreDns.spreadZones: true"},
		{a, `eksnet:workloads: {echo: {kind: nlb, target: instance}}`, "load balancer of workload echo", plan.Survives, "each node forwards to pods in all zones"},
		{a, `eksnet:workloads: {echo: {kind: nlb, crossZone: true}}`, "load balancer of workload echo", plan.Survives, "it sends to targets in all zones"},
		{a, `eksnet:workloads: {echo: {kind: nlb, elasticIps: [eipalloc-00000001, eipalloc-00000002, eipalloc-00000003]}}`, "load balancer of workload echo", plan.Survives, "clients that use its Elastic IP of this zone"},
		{b, ``, "control plane", plan.Survives, "use its network interface in " + a},
		{c, ``, "control plane", plan.Survives, "its network interfaces are in " + a + " and " + b},
	} {
		loss := lossOf(t, test.zone, test.section)
		found := false
		for _, part := range loss.Parts {
			if part.Part != test.part {
				continue
			}
			found = true
			if part.Outcome != test.outcome || !strings.Contains(part.Text, test.text) {
				t.Errorf("without %s, %s: %s is %s: %s\nwant %s: %s", test.zone, test.section, part.Part, part.Outcome, part.Text, test.outcome, test.text)
			}
		}
		if failed := test.outcome == plan.Lost || test.outcome == plan.Uncertain; !found || failed && loss.Survives {
			t.Errorf("without %s, %s: survives is %t in %+v", test.zone, test.section, loss.Survives, loss.Parts)
		}
	}
}

func TestAZoneThatTheStackDoesNotHaveIsRefused(t *testing.T) {
	s := loadStack(t, zones3)
	p, _ := plan.New(s)
	if _, err := plan.LoseZone(s, p, "ap-northeast-2d"); err == nil || err.Error() != `"ap-northeast-2d" is not a zone of the stack; accepted: ap-northeast-2a, ap-northeast-2b, ap-northeast-2c` {
		t.Error(err)
	}
}

func TestAZonalShiftIsOfWhatIsRegistered(t *testing.T) {
	const (
		cluster  = `eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [203.0.113.0/24]}, zonalShift: true}`
		balancer = `eksnet:workloads: {echo: {kind: nlb, attributes: {zonal_shift.config.enabled: "true"}}, shop: {kind: alb}}`
		cordons  = "EKS cordons the nodes in the zone and removes their pods from the endpoints of Services; the pods keep running, and no others are started"
		missing  = "the cluster is not registered, so pods in the zone still get requests: write cluster.zonalShift: true"
		shifted  = "; clients get no addresses in the zone of: load balancer of workload echo; clients still get those of: load balancer of workload shop (without the attribute zonal_shift.config.enabled)"
		neither  = "; clients still get those of: load balancer of workload echo, load balancer of workload shop (without the attribute zonal_shift.config.enabled)"
	)
	for _, test := range []struct {
		sections []string
		want     string
	}{
		{nil, ""},
		{[]string{cluster}, cordons + neither},
		{[]string{balancer}, missing + shifted},
		{[]string{cluster, balancer}, cordons + shifted},
	} {
		if got := lossOf(t, "ap-northeast-2a", test.sections...).ZonalShift; got != test.want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.sections, got, test.want)
		}
	}
}
