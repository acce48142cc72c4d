package plan_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// meshStack returns a stack with a mesh, one workload in it, and nodes of a type.
func meshStack(t *testing.T, typ string, more ...string) *config.Stack {
	t.Helper()
	settings := map[string]string{
		"aws:region": "ap-northeast-2", "aws:allowedAccountIds": `["111122223333"]`,
		"eksnet:network":    `{"zones": ["ap-northeast-2a", "ap-northeast-2b"]}`,
		"eksnet:cluster":    `{"name": "dev", "endpoint": {"private": true}}`,
		"eksnet:nodeGroups": `{"general": {"instanceTypes": ["` + typ + `"], "scaling": {"min": 2, "desired": 2, "max": 2}}}`,
		"eksnet:addons":     `{"istio": {}}`,
		"eksnet:workloads":  `{"shop": {"kind": "mesh", "hosts": ["shop.example.com"]}}`,
	}
	for i := 0; i < len(more); i += 2 {
		settings[more[i]] = more[i+1]
	}
	var keys []string
	for key := range settings {
		keys = append(keys, key)
	}
	s, problems := config.Load(func(key string) (string, bool) { value, set := settings[key]; return value, set }, keys)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAMeshThatDoesNotFitOnTheNodesIsRefused(t *testing.T) {
	if _, problems := plan.New(meshStack(t, "m7g.large")); problems.Err() != nil {
		t.Errorf("a mesh on m7g.large: %v", problems)
	}
	large := meshStack(t, "m7g.large", "eksnet:addons", `{"istio": {"istiod": {"cpu": 2000}}}`)
	if _, problems := plan.New(large); !strings.Contains(problems.Error(), "4700m CPU where 3560m is left") {
		t.Errorf("istiod with the CPU of a whole node gives %v", problems)
	}
	sidecars := meshStack(t, "m7g.large", "eksnet:addons", `{"istio": {"sidecar": {"cpu": 1900}}}`)
	if _, problems := plan.New(sidecars); !strings.Contains(problems.Error(), "4800m CPU where 3560m is left") {
		t.Errorf("a proxy with the CPU of a whole node gives %v", problems)
	}
}

func TestTheHostsOfAMeshAreNamesOfItsGateway(t *testing.T) {
	s := meshStack(t, "m7g.large", "eksnet:dns", `{"zones": [{"domain": "example.com"}]}`)
	p, problems := plan.New(s)
	want := []string{"shop.example.com in example.com as A of istio-ingress"}
	if got := described(p); problems.Err() != nil || !slices.Equal(got, want) {
		t.Errorf("%v, the records are %q", problems, got)
	}
	elsewhere := meshStack(t, "m7g.large", "eksnet:dns", `{"zones": [{"domain": "example.org"}]}`)
	const refused = `workloads["shop"].hosts[0]: "shop.example.com" is in no zone of dns.zones (example.org); add a zone that contains it, or remove it`
	if _, problems := plan.New(elsewhere); len(problems) != 1 || problems[0].String() != refused {
		t.Errorf("a host in no zone gives %v", problems)
	}
	if _, problems := plan.New(meshStack(t, "m7g.large")); problems.Err() != nil {
		t.Errorf("a host without zones gives %v", problems)
	}
}

func TestTheImagesOfAMeshAreCopiedForNodesWithoutTheInternet(t *testing.T) {
	s := meshStack(t, "m7g.large", "eksnet:network", `{"zones": ["ap-northeast-2a", "ap-northeast-2b"], "nat": "none"}`)
	_, problems := plan.New(s)
	const want = `addons.istio.hub: registry.istio.io/release/pilot:1.30.4 cannot be pulled with network.nat none`
	if !strings.Contains(problems.Error(), want) || strings.Contains(problems.Error(), "addons.istio.gateway") {
		t.Errorf("the problems are %v", problems)
	}
	s.Addons.Istio.Hub = "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/istio"
	if _, problems := plan.New(s); strings.Contains(problems.Error(), "addons.istio") {
		t.Errorf("with a copy the problems are %v", problems)
	}
}

func TestAStackWithoutAMeshHasNoHostsOfOne(t *testing.T) {
	if p, _ := plan.New(plantest.Stack()); len(p.Records) > 0 {
		t.Errorf("the records are %v", p.Records)
	}
}
