package cleanup_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// owned reports whether the load balancer controller created something that still exists.
func owned(k *worldtest.KubeLab) (left []string) {
	for _, o := range k.World.All("", func(o *store.Object) bool { return o.Owner == store.ControllerOwner }) {
		left = append(left, o.Type+" "+o.ID)
	}
	return left
}

func TestTheCommandForAGatewayWithDeletionProtectionDeletesItsLoadBalancerToo(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	k.Gated("alb", store.Properties{"loadBalancerAttributes": []any{map[string]any{"key": "idle_timeout.timeout_seconds", "value": "90"},
		map[string]any{"key": "deletion_protection.enabled", "value": "true"}}})
	if err := k.Kube.Delete(store.GatewayType, "default/web"); err == nil {
		t.Fatal("a guarded Gateway is deleted")
	}
	left := worldtest.OrphansOf(k.World, store.GatewayType)
	if len(left) != 1 || !strings.HasPrefix(left[0].Remove, "kubectl patch loadbalancerconfiguration web --namespace default --type=merge") ||
		!strings.Contains(left[0].Advice, `set deletion_protection.enabled to "false" in the stack file, run up`) {
		t.Fatalf("%+v", left)
	}
	k.Must(k.World.Run(left[0].Remove))
	if found := owned(k); len(found) > 0 || k.World.Find("dev", store.GatewayType, "default/web") != nil {
		t.Errorf("after %s there are %v", left[0].Remove, found)
	}
}

// The controller ignores a Gateway without its class, so its load balancer is removed by a command of its own.
func TestTheCommandsForAGatewayWithoutItsClassRemoveItAndItsLoadBalancer(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil).Gated("nlb", nil)
	class := k.World.Find("dev", store.GatewayClassType, "nlb")
	kube.ReleaseFinalizer(k.World.Account, class, kube.Finalizers(class)[0])
	k.World.Drop(class)
	if err := k.Kube.Delete(store.GatewayType, "default/web"); err == nil {
		t.Fatal("a Gateway without its class is deleted")
	}
	for _, typ := range []string{store.GatewayType, store.LoadBalancerType, store.TargetGroupType} {
		left := worldtest.OrphansOf(k.World, typ)
		if len(left) != 1 {
			t.Fatalf("%s: %+v", typ, left)
		}
		k.Must(k.World.Run(left[0].Remove))
	}
	if o := k.World.Find("dev", store.GatewayType, "default/web"); o != nil || len(k.World.All(store.LoadBalancerType)) > 0 {
		t.Errorf("left: %v and %v", o, owned(k))
	}
}

// Without the controller a Gateway is never deleted.
func TestTheCommandForAGatewayWithoutAControllerRemovesItsFinalizers(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil).Gated("alb", nil)
	k.StopController()
	left := worldtest.OrphansOf(k.World, store.GatewayType)
	if len(left) != 1 || !strings.Contains(left[0].Remove, `"finalizers":null`) || !strings.Contains(left[0].Remove, "kubectl delete gateway web") {
		t.Fatalf("%+v", left)
	}
	k.Must(k.World.Run(left[0].Remove))
	if k.World.Find("dev", store.GatewayType, "default/web") != nil {
		t.Error("the Gateway remains")
	}
}

// Without its configuration a Gateway cannot be deleted, so no command removes the finalizer of the configuration.
func TestAConfigurationThatWaitsForItsGatewayIsDeletedWithIt(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil).Gated("alb", store.Properties{})
	if err := k.Kube.Delete(store.BalancerConfigurationType, "default/web"); err == nil {
		t.Fatal("the configuration of a Gateway is deleted")
	}
	if left := worldtest.OrphansOf(k.World, store.BalancerConfigurationType); len(left) > 0 {
		t.Errorf("a command for the configuration: %+v", left)
	}
	k.Must(k.Kube.Delete(store.GatewayType, "default/web"))
	if k.World.Find("dev", store.BalancerConfigurationType, "default/web") != nil || len(owned(k)) > 0 {
		t.Errorf("the configuration remains, or %v", owned(k))
	}
}
