package check

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// withoutTwin are keys that both kinds have and no twin: those of pods alone, and those that need what the stack
// creates.
var withoutTwin = map[string]string{
	"kind": "the twins differ in it", "image": "of pods", "app": "of pods", "replicas": "of pods", "preStop": "of pods", "gracePeriod": "of pods",
	"minAvailable": "of pods", "autoscale": "of pods", "mesh": "of pods",
	"securityGroups": "they must be in the VPC, which the stack creates",
	"hostname":       "a name has one record, of one load balancer",
}

func TestEveryKeyOfALoadBalancerHasATwin(t *testing.T) {
	used := map[string]bool{}
	for _, w := range twins {
		var keys map[string]any
		if err := yaml.Unmarshal([]byte(w.keys), &keys); err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		for key := range keys {
			used[w.kind+" "+key] = true
		}
		if len(w.name+strings.ReplaceAll(gatewaySuffix, "-", "")) > 8 {
			t.Errorf("the names of AWS resources do not contain all of %s%s", w.name, gatewaySuffix)
		}
	}
	workload := reflect.TypeFor[config.Workload]()
	for i := range workload.NumField() {
		key, kinds := workload.Field(i).Tag.Get("json"), strings.Fields(workload.Field(i).Tag.Get("kinds"))
		for _, kind := range []string{config.KindNLB, config.KindALB} {
			both := len(kinds) == 0 || slices.Contains(kinds, kind) && slices.Contains(kinds, "gateway-"+kind)
			if both && withoutTwin[key] == "" && !used[kind+" "+key] {
				t.Errorf("no twin of kind %s has key %s", kind, key)
			}
		}
	}
}

const gatewayStack = `
config:
  aws:region: cn-north-1
  eksnet:network: {zones: [cn-north-1a, cn-north-1b, cn-north-1d]}
  eksnet:addons: {gatewayApi: {crds: own}}
  eksnet:workloads: {page: {kind: gateway-alb}}
`

func TestTwinsHaveTheSameKeysButForKindGroupAndElasticIP(t *testing.T) {
	changed, err := TwinStack([]byte(gatewayStack))
	if err != nil {
		t.Fatal(err)
	}
	workloads := readConfig(t, changed)["eksnet:workloads"].(map[string]any)
	if len(workloads) != 2*len(twins) {
		t.Errorf("%d workloads for %d twins", len(workloads), len(twins))
	}
	for _, w := range twins {
		one, other := workloads[w.name].(map[string]any), workloads[w.name+gatewaySuffix].(map[string]any)
		if other["kind"] != "gateway-"+one["kind"].(string) {
			t.Errorf("%s: kinds %s and %s", w.name, one["kind"], other["kind"])
		}
		for key, value := range one {
			if same := reflect.DeepEqual(value, other[key]); same == slices.Contains([]string{"kind", "group", "elasticIps"}, key) {
				t.Errorf("%s: %s is %v and %v", w.name, key, value, other[key])
			}
		}
	}
	tls := workloads["tls"].(map[string]any)["certificate"].(string)
	if zones := workloads["inside"].(map[string]any)["zones"].([]any); len(zones) != 2 || zones[0] != "cn-north-1a" || !strings.HasPrefix(tls, "arn:aws-cn:acm:cn-north-1:") {
		t.Errorf("zones %v, certificate %s", zones, tls)
	}
}

func TestStacksWithoutGatewaysHaveNoTwins(t *testing.T) {
	if !HasGateways([]byte(gatewayStack)) {
		t.Error("a stack with gatewayApi has no Gateways")
	}
	content, err := os.ReadFile("../../Pulumi.local.yaml")
	if err != nil || HasGateways(content) {
		t.Errorf("stack local has Gateways: %v", err)
	}
	if _, err := TwinStack(content[:10]); err == nil {
		t.Error("a stack without zones has twins")
	}
}

func TestTwinsHaveSecurityGroupsForPodsWhereTheStackHasThem(t *testing.T) {
	with := strings.Replace(gatewayStack, "gatewayApi: {crds: own}", "gatewayApi: {crds: own}, vpcCni: {podSecurityGroups: {mode: strict}}", 1)
	for stack, want := range map[string]bool{gatewayStack: false, with: true} {
		changed, err := TwinStack([]byte(stack))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(changed), "podSecurityGroup: true"); got != want {
			t.Errorf("%s: %t", stack, got)
		}
	}
}

func TestTwinsAreFoundByTheirNames(t *testing.T) {
	s := &rehearsed.Stack{Plan: &rehearsed.Plan{Workloads: []rehearsed.Workload{{Name: "web-gw"}, {Name: "web"}, {Name: "alone-gw"}, {Name: "other"}}}}
	pairs := twinsOf(s)
	if len(pairs) != 1 || pairs["web"][0].Name != "web" || pairs["web"][1].Name != "web-gw" {
		t.Errorf("%v", pairs)
	}
}

func TestTwinsHaveNoNamesInHostedZones(t *testing.T) {
	const zones = "  eksnet:dns: {zones: [{domain: example.com}]}\n"
	changed, err := TwinStack([]byte(strings.Replace(gatewayStack, "gatewayApi: {crds: own}", "gatewayApi: {crds: own}, externalDns: {}", 1) + zones))
	if err != nil || strings.Contains(string(changed), "eksnet:dns") || strings.Contains(string(changed), "externalDns") || !strings.Contains(string(changed), "gatewayApi") {
		t.Errorf("%s, %v", changed, err)
	}
}
