package addon_test

import (
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestTheConfigurationOfCoreDNSSetsItsPods(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Nodes()
	in := l.AddonInputs("coredns")
	in["configurationValues"] = `{"replicaCount":3,"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"ScheduleAnyway"}]}`
	l.Make("coredns", store.AddonType, in)
	load := func() *store.Object { return kube.WorkloadOf(l.World.Account, "dev", "coredns") }
	if n, spread := load().Number("spec.replicas"), store.ListOf(load().At("spec.template.spec.topologySpreadConstraints")); n != 3 || len(spread) != 1 {
		t.Errorf("%d pods, spread by %v", n, spread)
	}
	for _, test := range []struct {
		configuration string
		want          int
	}{
		{`{"autoScaling":{"enabled":true,"minReplicas":4,"maxReplicas":6}}`, 4},
		{`{"autoScaling":{"enabled":true,"maxReplicas":2}}`, 2},
		{`{"autoScaling":{"enabled":false},"replicaCount":5}`, 5},
	} {
		l.Must(l.Change(store.AddonType, l.IDs["coredns"], store.Properties{"configurationValues": test.configuration}))
		if n := load().Number("spec.replicas"); n != test.want {
			t.Errorf("%s: %d pods, want %d", test.configuration, n, test.want)
		}
		if spread := store.ListOf(load().At("spec.template.spec.topologySpreadConstraints")); len(spread) > 0 {
			t.Errorf("%s: the pods are still spread by %v", test.configuration, spread)
		}
	}
}
