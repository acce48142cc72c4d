package world_test

import (
	"testing"

	"eksnet/internal/exchange"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// observed is a load balancer with a security group of its own, as a real controller creates them.
func observed(l *worldtest.Lab) exchange.Observation {
	return exchange.Observation{
		SecurityGroups: []exchange.SecurityGroup{{ID: "sg-1", Name: "k8s-web", VPC: l.IDs["vpc"], Tags: map[string]string{"owner": "controller"}}},
		LoadBalancers: []exchange.LoadBalancer{{Name: "k8s-web", Kind: elb.Network, Scheme: "internet-facing", VPC: l.IDs["vpc"],
			Subnets: []string{l.IDs["public-a"], l.IDs["public-b"]}, SecurityGroups: []string{"sg-1"}}},
	}
}

func TestObservedLoadBalancersBlockTheDeletionOfTheirSubnetsUntilTheyAreGone(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	l.Must(worldtest.FirstErr(l.Delete(store.NatType, "nat"), l.Delete(store.EipType, "eip")))
	seen := observed(l)
	for range 2 { // a second observation of the same changes nothing
		l.Must(l.World.Follow(seen))
	}
	if got := len(l.World.All(store.LoadBalancerType)); got != 1 {
		t.Fatalf("the account has %d load balancers", got)
	}
	if got := worldtest.RuleOf(l.Delete(store.SubnetType, "public-a")); got != ec2.SubnetEmpty {
		t.Errorf("subnet: %v", got)
	}
	l.Must(l.World.Follow(exchange.Observation{}))
	if left := len(l.World.All(store.LoadBalancerType)) + len(l.World.With(store.SecurityGroupType, "name", "k8s-web")); left != 0 {
		t.Errorf("%d resources of the controllers are left", left)
	}
	l.Must(l.Delete(store.SubnetType, "public-a"))
}

func TestAnObservedChangeOfSubnetsAndSecurityGroupsIsFollowed(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	seen := observed(l)
	l.Must(l.World.Follow(seen))
	seen.SecurityGroups = append(seen.SecurityGroups, exchange.SecurityGroup{ID: "sg-2", Name: "k8s-other", VPC: l.IDs["vpc"]})
	seen.LoadBalancers[0].SecurityGroups = []string{"sg-2"}
	seen.LoadBalancers[0].Subnets = []string{l.IDs["public-b"]}
	l.Must(l.World.Follow(seen))
	for _, o := range l.World.All(store.LoadBalancerType) {
		if b := elb.LoadBalancerOf(o); len(b.Subnets) != 1 || b.SecurityGroups[0] != "sg-2" {
			t.Errorf("the load balancer has subnets %v and security groups %v", b.Subnets, b.SecurityGroups)
		}
	}
}

func TestALoadBalancerThatAWSWouldRefuseIsAnError(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	seen := observed(l)
	seen.LoadBalancers[0].Kind, seen.LoadBalancers[0].Subnets = elb.Application, []string{l.IDs["public-a"]}
	if got := worldtest.RuleOf(l.World.Follow(seen)); got != elb.BalancerZones {
		t.Errorf("the refusal is %v", got)
	}
}

// A record refers to the name that the other AWS gave the load balancer.
func TestAnObservedLoadBalancerHasItsNameInTheOtherAWS(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	seen := observed(l)
	seen.LoadBalancers[0].DNSName = "k8s-web-1.elb.ap-northeast-2.amazonaws.com"
	l.Must(l.World.Follow(seen))
	zone := l.Make("zone", store.HostedZoneType, zoneInputs("example.com", ""))
	l.Make("record", store.RecordType, aliasRecord(zone, seen.LoadBalancers[0].DNSName, elb.HostedZoneOf("ap-northeast-2", elb.Network)))
}
