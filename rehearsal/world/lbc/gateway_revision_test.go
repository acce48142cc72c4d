package lbc_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// revision returns a patch that gives Gateway web another generation.
func revision(value string) store.Properties {
	m := worldtest.Manifest("gateway.networking.k8s.io/v1", "Gateway", "web",
		store.Properties{"infrastructure": map[string]any{"annotations": map[string]any{"eksnet/revision": value}}})
	return m
}

// revisionOf returns the value that a patch has set, and the generations of Gateway web and of its condition
// Programmed.
func revisionOf(k *worldtest.KubeLab) (value any, generation, observed float64) {
	o := k.World.Find("dev", store.GatewayType, "default/web")
	for _, c := range store.ListOf(store.Nested(o.Outputs, "status", "conditions")) {
		if c["type"] == "Programmed" {
			observed, _ = c["observedGeneration"].(float64)
		}
	}
	return store.Nested(o.Outputs, "spec", "infrastructure", "annotations", "eksnet/revision"), kube.Generation(o), observed
}

func checkRevision(t *testing.T, k *worldtest.KubeLab, value any, generation float64) {
	t.Helper()
	if v, of, observed := revisionOf(k); v != value || of != generation || observed != generation {
		t.Errorf("the Gateway has revision %v and generation %v, and is programmed with %v, want %v and %v", v, of, observed, value, generation)
	}
}

func TestAPatchGivesItsGatewayANewGenerationWhichIsDeployed(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil).Gated("alb", nil)
	checkRevision(t, k, nil, 1)
	k.Apply(store.GatewayPatchType, revision("a"))
	checkRevision(t, k, "a", 2)
	k.Must(k.Update(store.GatewayPatchType, "default/web", revision("b")))
	checkRevision(t, k, "b", 3)
	k.Must(k.Update(store.GatewayPatchType, "default/web", revision("b")))
	checkRevision(t, k, "b", 3)

	// The Gateway's own resource does not have the field, and keeps it.
	gateway := worldtest.Gateway("web", "alb")
	k.Must(k.Update(store.GatewayType, "default/web", gateway))
	checkRevision(t, k, "b", 3)
	store.ListOf(store.Nested(gateway, "spec", "listeners"))[0]["port"] = 8080.0
	k.Must(k.Update(store.GatewayType, "default/web", gateway))
	checkRevision(t, k, "b", 4)

	k.Remove(store.GatewayPatchType, "default/web")
	checkRevision(t, k, nil, 5)
}

// A patch shows the whole object, as the provider reads it.
func TestAPatchHasTheOutputsOfItsGatewayUntilThatIsDeleted(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil).Gated("nlb", nil)
	k.Apply(store.GatewayPatchType, revision("a"))
	name := elb.LoadBalancerOf(k.One(store.LoadBalancerType)).DNSName
	o, err := k.Kube.Read(store.GatewayPatchType, "default/web")
	if err != nil {
		t.Fatal(err)
	}
	if address := store.ListOf(store.Nested(o.Outputs, "status", "addresses"))[0]; address["value"] != name {
		t.Errorf("the address is %v, want %s", address, name)
	}
	typ, _ := worldtest.Route("web", "nlb")
	k.Remove(typ, "default/web")
	k.Remove(store.GatewayType, "default/web")
	if _, err := k.Kube.Read(store.GatewayPatchType, "default/web"); err != store.ErrNotFound {
		t.Errorf("without the Gateway its patch is read with %v", err)
	}
}

func TestAPatchNeedsItsGateway(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	err := k.Create(store.GatewayPatchType, revision("a"))
	worldtest.Refused(t, err, kube.CustomValues)
	if !strings.Contains(err.Error(), "spec.gatewayClassName: Required value") {
		t.Error(err)
	}
}

func TestAPatchIsRefusedWhereTheGatewayHasAnotherValueOrNoSuchField(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil).Gated("alb", nil)
	other := revision("a")
	worldtest.With(other, "spec.gatewayClassName", "nlb")
	worldtest.Refused(t, k.Create(store.GatewayPatchType, other), kube.FieldConflict)
	unknown := revision("a")
	worldtest.With(unknown, "spec.revision", "a")
	worldtest.Refused(t, k.Create(store.GatewayPatchType, unknown), kube.CustomFields)
	k.Apply(store.GatewayPatchType, revision("a"))
}

// A deployment that fails leaves Programmed true, with the generation of the last one that succeeded, and a route
// accepted.
func TestAPatchWaitsForADeploymentThatSucceeds(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil).Gated("alb", nil)
	k.Apply(store.GatewayPatchType, revision("a"))
	wrong := func(seconds string) store.Properties {
		return worldtest.TargetConfiguration("web", store.Properties{"targetType": "ip",
			"targetGroupAttributes": []any{map[string]any{"key": "deregistration_delay.timeout_seconds", "value": seconds}}})
	}
	k.Apply(store.TargetConfigurationType, wrong("99999"))
	typ, route := worldtest.Route("web", "alb")
	k.Must(k.Update(typ, "default/web", route))
	k.Must(k.Update(store.GatewayType, "default/web", worldtest.Gateway("web", "alb")))
	err := k.Update(store.GatewayPatchType, "default/web", revision("b"))
	worldtest.Refused(t, err, kube.WaitForComes)
	if v, generation, observed := revisionOf(k); v != "b" || generation != 3 || observed != 2 {
		t.Errorf("revision %v of generation %v is programmed with generation %v", v, generation, observed)
	}
	k.Must(k.Update(store.TargetConfigurationType, "default/web", wrong("60")))
	k.Must(k.Update(store.GatewayPatchType, "default/web", revision("b")))
	checkRevision(t, k, "b", 3)
}
