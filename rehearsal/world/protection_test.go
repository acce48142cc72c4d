package world

import (
	"strings"
	"testing"
)

// An object without its finalizers would go at once, and its load balancer would stay.
func TestTheCommandForAnObjectWithDeletionProtectionDeletesItsLoadBalancerToo(t *testing.T) {
	const guarded = "idle_timeout.timeout_seconds=90,deletion_protection.enabled=true"
	for typ, apply := range map[string]func(*kubeLab){
		serviceType: func(k *kubeLab) {
			k.controlled().apply(deploymentType, web())
			k.apply(serviceType, nlb(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=true"}))
		},
		ingressType: func(k *kubeLab) { k.must(exposed("load-balancer-attributes", guarded)(k)) },
	} {
		k := newCluster(t)
		apply(k)
		if err := k.kube.Delete(typ, "default/web"); err == nil {
			t.Fatalf("a guarded %s is deleted", typ)
		}
		left := orphansOf(k.world, typ)
		if len(left) != 1 || strings.Contains(left[0].Remove+left[0].Advice, "finalizers") || !strings.Contains(left[0].Advice, `set deletion_protection.enabled to "false" in the stack file, run up`) {
			t.Fatalf("%s: %+v", typ, left)
		}
		k.must(k.world.Run(left[0].Remove))
		object := k.world.all(typ, func(o *Object) bool { return o.ID == "default/web" })
		if balancers := k.world.all(loadBalancerType); len(object) > 0 || len(balancers) > 0 {
			t.Errorf("after %s there are %v and %v", left[0].Remove, object, balancers)
		}
	}
}

func TestALoadBalancerWithDeletionProtectionIsRemovedByItsCommand(t *testing.T) {
	k := newCluster(t)
	k.must(exposed("load-balancer-attributes", "deletion_protection.enabled=true")(k))
	k.remove(releaseType, "kube-system/"+controllerOwner) // it would create the load balancer again
	balancer := k.world.all(loadBalancerType)[0]
	command := k.world.removal(balancer)
	if !strings.HasPrefix(command, "aws elbv2 modify-load-balancer-attributes --load-balancer-arn "+balancer.ID+" --attributes Key=deletion_protection.enabled,Value=false && ") {
		t.Errorf("the command is %s", command)
	}
	k.must(k.world.Run(command))
	if left := k.world.all(loadBalancerType); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
