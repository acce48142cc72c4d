package world

import (
	"slices"
	"strings"
	"testing"
)

// waited returns the waits whose text contains a word.
func waited(waits []Wait, word string) []Wait {
	return slices.DeleteFunc(waits, func(w Wait) bool { return !strings.Contains(w.What, word) })
}

func TestTheControllerWaitsForTheInterfacesOfItsLoadBalancer(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	if made := waited(k.world.TakeWaits(), "becomes active"); len(made) != 1 || !made[0].Behind || made[0].Seconds != 150 || made[0].ID != "default/web" {
		t.Errorf("a load balancer that becomes active behind its Service is reported as %+v", made)
	}
	k.remove(serviceType, "default/web")
	waits := waited(k.world.TakeWaits(), "linger")
	if len(waits) != 1 || waits[0].Type != serviceType || waits[0].ID != "default/web" || waits[0].Seconds != 60 || waits[0].SinceType != "" {
		t.Errorf("waits %+v", waits)
	}
	if left := k.world.all(interfaceType, lingering); len(left) > 0 {
		t.Errorf("%d interfaces linger after the wait for them", len(left))
	}
}

// A load balancer without a security group of the controller leaves nothing that the controller waits for.
func TestASubnetIsDeletedOnceTheInterfacesInItAreDeleted(t *testing.T) {
	l := newLab(t).network()
	l.must(firstErr(l.delete(natType, "nat"), l.delete(eipType, "eip")))
	o, err := l.world.createLoadBalancer(loadBalancer{name: "web", kind: "network", scheme: "internet-facing", owner: "test", vpc: l.ids["vpc"],
		subnets: []string{l.ids["public-a"], l.ids["public-b"]}})
	l.must(err)
	l.world.at = key{typ: serviceType, id: "default/web"}
	l.must(l.world.deleteLoadBalancer(o))
	if left, pending := l.world.Leftovers(), l.world.Pending(); len(pending) != 2 || slices.ContainsFunc(left, func(o Leftover) bool { return o.Type == interfaceType }) {
		t.Errorf("a lingering interface is a leftover: %v, and not pending: %v", left, pending)
	}
	l.world.TakeWaits()
	l.must(l.delete(internetGatewayType, "igw"))
	l.must(l.delete(subnetType, "public-a"))
	waits := l.world.TakeWaits()
	if len(waits) != 1 || waits[0].Type != internetGatewayType || waits[0].SinceType != serviceType || waits[0].SinceID != "default/web" || waits[0].Seconds != 60 {
		t.Errorf("the internet gateway waits: %+v", waits)
	}
}

func TestADependencyThatRemainsIsRetriedUntilTheTimeout(t *testing.T) {
	l := newLab(t).network()
	err := l.delete(internetGatewayType, "igw")
	if ruleOf(err) != gatewayUnmapped || !strings.Contains(err.Error(), "has some mapped public address(es)") {
		t.Errorf("refused with %v", err)
	}
	if waits := l.world.TakeWaits(); len(waits) != 1 || waits[0].Seconds != 20*60 || waits[0].ID != l.ids["igw"] {
		t.Errorf("waits %+v", waits)
	}
}

func TestAnImmediateRefusalTakesNoTime(t *testing.T) {
	l := newLab(t)
	_ = l.fails(subnetType, Properties{"vpcId": "vpc-0", "cidrBlock": "10.0.0.0/24"})
	if waits := l.world.TakeWaits(); len(waits) > 0 {
		t.Errorf("waits %+v", waits)
	}
}

func TestLostNodesLeaveTheInterfacesThatTheirCNIWasDeleting(t *testing.T) {
	l := newLab(t).nodes()
	l.world.takePodAddress(l.world.readyNodes("dev")[0])
	l.world.settle()
	l.world.LoseNodes()
	if nodes := l.world.readyNodes("dev"); len(nodes) != 2 {
		t.Errorf("Auto Scaling replaced the nodes by %d", len(nodes))
	}
	left := l.world.with(interfaceType, "status", "available")
	if len(left) == 0 {
		t.Fatal("no interface remains")
	}
	l.must(l.delete(nodeGroupType, "general"))
	if err := l.client.Delete(subnetType, left[0].text("subnetId")); ruleOf(err) != subnetEmpty {
		t.Errorf("the interface does not prevent the deletion of its subnet: %v", err)
	}
}
