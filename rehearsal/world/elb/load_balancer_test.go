package elb_test

import (
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestALoadBalancersSubnetsAndGatewayCannotBeDeletedBeforeIt(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	if err := worldtest.FirstErr(l.Delete(store.NatType, "nat"), l.Delete(store.EipType, "eip")); err != nil {
		t.Fatal(err)
	}
	o, err := elb.CreateLoadBalancer(l.World.Account, elb.LoadBalancerSpec{Name: "web", Kind: "network", Scheme: "internet-facing", Owner: "test", VPC: l.IDs["vpc"],
		Subnets: []string{l.IDs["public-a"], l.IDs["public-b"]}})
	if err != nil {
		t.Fatal(err)
	}
	if got := worldtest.RuleOf(l.Delete(store.InternetGatewayType, "igw")); got != ec2.GatewayUnmapped {
		t.Errorf("internet gateway: %v", got)
	}
	if got := worldtest.RuleOf(l.Delete(store.SubnetType, "public-a")); got != ec2.SubnetEmpty {
		t.Errorf("subnet: %v", got)
	}
	if err := elb.DeleteLoadBalancer(l.World.Account, o); err != nil {
		t.Fatal(err)
	}
	if err := worldtest.FirstErr(l.Delete(store.InternetGatewayType, "igw"), l.Delete(store.SubnetType, "public-a")); err != nil {
		t.Error(err)
	}
}
