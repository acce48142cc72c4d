package ec2_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// A load balancer without a security group of the controller leaves nothing that the controller waits for.
func TestASubnetIsDeletedOnceTheInterfacesInItAreDeleted(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	l.Must(worldtest.FirstErr(l.Delete(store.NatType, "nat"), l.Delete(store.EipType, "eip")))
	o, err := elb.CreateLoadBalancer(l.World.Account, elb.LoadBalancerSpec{Name: "web", Kind: "network", Scheme: "internet-facing", Owner: "test", VPC: l.IDs["vpc"],
		Subnets: []string{l.IDs["public-a"], l.IDs["public-b"]}})
	l.Must(err)
	l.World.At = store.Key{Typ: store.ServiceType, ID: "default/web"}
	l.Must(elb.DeleteLoadBalancer(l.World.Account, o))
	if left, pending := l.World.Leftovers(), l.World.Pending(); len(pending) != 2 || slices.ContainsFunc(left, func(o cleanup.Leftover) bool { return o.Type == store.InterfaceType }) {
		t.Errorf("a lingering interface is a leftover: %v, and not pending: %v", left, pending)
	}
	l.World.TakeWaits()
	l.Must(l.Delete(store.InternetGatewayType, "igw"))
	l.Must(l.Delete(store.SubnetType, "public-a"))
	waits := l.World.TakeWaits()
	if len(waits) != 1 || waits[0].Type != store.InternetGatewayType || waits[0].SinceType != store.ServiceType || waits[0].SinceID != "default/web" || waits[0].Seconds != 60 {
		t.Errorf("the internet gateway waits: %+v", waits)
	}
}

func TestADependencyThatRemainsIsRetriedUntilTheTimeout(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	err := l.Delete(store.InternetGatewayType, "igw")
	if worldtest.RuleOf(err) != ec2.GatewayUnmapped || !strings.Contains(err.Error(), "has some mapped public address(es)") {
		t.Errorf("refused with %v", err)
	}
	if waits := l.World.TakeWaits(); len(waits) != 1 || waits[0].Seconds != 20*60 || waits[0].ID != l.IDs["igw"] {
		t.Errorf("waits %+v", waits)
	}
}
