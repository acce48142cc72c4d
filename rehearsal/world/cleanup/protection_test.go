package cleanup_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// An object without its finalizers would go at once, and its load balancer would stay.
func TestTheCommandForAnObjectWithDeletionProtectionDeletesItsLoadBalancerToo(t *testing.T) {
	const guarded = "idle_timeout.timeout_seconds=90,deletion_protection.enabled=true"
	for typ, apply := range map[string]func(*worldtest.KubeLab){
		store.ServiceType: func(k *worldtest.KubeLab) {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			k.Apply(store.ServiceType, worldtest.NLB(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=true"}))
		},
		store.IngressType: func(k *worldtest.KubeLab) { k.Must(worldtest.Exposed("load-balancer-attributes", guarded)(k)) },
	} {
		k := worldtest.NewCluster(t)
		apply(k)
		if err := k.Kube.Delete(typ, "default/web"); err == nil {
			t.Fatalf("a guarded %s is deleted", typ)
		}
		left := worldtest.OrphansOf(k.World, typ)
		if len(left) != 1 || strings.Contains(left[0].Remove+left[0].Advice, "finalizers") || !strings.Contains(left[0].Advice, `set deletion_protection.enabled to "false" in the stack file, run up`) {
			t.Fatalf("%s: %+v", typ, left)
		}
		k.Must(k.World.Run(left[0].Remove))
		object := k.World.All(typ, func(o *store.Object) bool { return o.ID == "default/web" })
		if balancers := k.World.All(store.LoadBalancerType); len(object) > 0 || len(balancers) > 0 {
			t.Errorf("after %s there are %v and %v", left[0].Remove, object, balancers)
		}
	}
}

func TestALoadBalancerWithDeletionProtectionIsRemovedByItsCommand(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Must(worldtest.Exposed("load-balancer-attributes", "deletion_protection.enabled=true")(k))
	k.Remove(store.ReleaseType, "kube-system/"+store.ControllerOwner) // it would create the load balancer again
	balancer := k.World.All(store.LoadBalancerType)[0]
	command := cleanup.RemovalCommand(k.World.Account, balancer)
	if !strings.HasPrefix(command, "aws elbv2 modify-load-balancer-attributes --load-balancer-arn "+balancer.ID+" --attributes Key=deletion_protection.enabled,Value=false && ") {
		t.Errorf("the command is %s", command)
	}
	k.Must(k.World.Run(command))
	if left := k.World.All(store.LoadBalancerType); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
