package lbc_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// Everything of a Gateway has a finalizer of the controller, so without it nothing is deleted, and once it is back all
// is.
func TestNothingOfAGatewayIsDeletedWithoutTheController(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	k.Apply(store.TargetConfigurationType, worldtest.TargetConfiguration("web", nil))
	k.Gated("alb", nil).StopController()
	for _, of := range []struct{ typ, id string }{{store.GatewayType, "default/web"}, {store.GatewayClassType, "alb"}, {store.BalancerConfigurationType, "default/web"},
		{store.TargetConfigurationType, "default/web"}} {
		err := k.Kube.Delete(of.typ, of.id)
		worldtest.Refused(t, err, kube.DeletionEnds)
		worldtest.Refused(t, err, lbc.ControllerRuns)
	}
	k.OnNodes(func(node *store.Object) { node.Set("spec.unschedulable", false) })
	k.World.Settle()
	for _, typ := range []string{store.GatewayType, store.BalancerConfigurationType, store.TargetConfigurationType, store.LoadBalancerType} {
		if left := k.World.All(typ); len(left) > 0 {
			t.Errorf("left: %s %s", typ, left[0].ID)
		}
	}
}

// The definitions go last: while the controller runs, their deletion deletes the objects, and without it they hang.
func TestDefinitionsAreDeletedWithTheirGatewaysWhileTheControllerRuns(t *testing.T) {
	for _, runs := range []bool{true, false} {
		k := worldtest.NewCluster(t).Gateways(nil).Gated("nlb", nil)
		if !runs {
			k.StopController()
		}
		err := k.Kube.Delete(store.CrdType, "gateways.gateway.networking.k8s.io")
		balancers := k.World.All(store.LoadBalancerType)
		if runs && (err != nil || len(balancers) > 0) {
			t.Errorf("the error is %v, and %d load balancers remain", err, len(balancers))
		}
		if !runs && (err == nil || !strings.Contains(err.Error(), "Gateway default/web remains (gateway.k8s.aws/nlb)") || len(balancers) != 1) {
			t.Errorf("the error is %v, and %d load balancers remain", err, len(balancers))
		}
	}
}

// In the order in which they were created, backwards, each is deleted at once.
func TestAGatewayIsDeletedInOrder(t *testing.T) {
	for _, layer := range layers {
		k := worldtest.NewCluster(t)
		before := k.Standing()
		k.Gateways(nil)
		k.Apply(store.TargetConfigurationType, worldtest.TargetConfiguration("web", nil))
		k.Gated(layer, nil)
		route, _ := worldtest.Route("web", layer)
		for _, of := range []struct{ typ, id string }{{route, "default/web"}, {store.GatewayType, "default/web"}, {store.TargetConfigurationType, "default/web"},
			{store.BalancerConfigurationType, "default/web"}, {store.GatewayClassType, "alb"}, {store.GatewayClassType, "nlb"}, {store.ReleaseType, "kube-system/" + store.ControllerOwner}} {
			k.Remove(of.typ, of.id)
		}
		for _, o := range k.World.All(store.CrdType, func(o *store.Object) bool { return strings.HasSuffix(o.ID, ".gateway.networking.k8s.io") }) {
			k.Remove(store.CrdType, o.ID)
		}
		for key := range k.Standing() {
			gateway := strings.Contains(key.Typ, "gateway") || strings.Contains(key.ID, "gateway.networking.k8s.io") && key.Typ == store.CrdType
			if !before[key] && (gateway || key.Typ == store.LoadBalancerType || key.Typ == store.TargetGroupType) {
				t.Errorf("%s: left: %v", layer, key)
			}
		}
	}
}
