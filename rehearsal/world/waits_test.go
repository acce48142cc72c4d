package world_test

import (
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestTheControllerWaitsForTheInterfacesOfItsLoadBalancer(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	if made := worldtest.Waited(k.World.TakeWaits(), "becomes active"); len(made) != 1 || !made[0].Behind || made[0].Seconds != 150 || made[0].ID != "default/web" {
		t.Errorf("a load balancer that becomes active behind its Service is reported as %+v", made)
	}
	k.Remove(store.ServiceType, "default/web")
	waits := worldtest.Waited(k.World.TakeWaits(), "linger")
	if len(waits) != 1 || waits[0].Type != store.ServiceType || waits[0].ID != "default/web" || waits[0].Seconds != 60 || waits[0].SinceType != "" {
		t.Errorf("waits %+v", waits)
	}
	if left := k.World.All(store.InterfaceType, ec2.IsLingering); len(left) > 0 {
		t.Errorf("%d interfaces linger after the wait for them", len(left))
	}
}

func TestAnImmediateRefusalTakesNoTime(t *testing.T) {
	l := worldtest.NewLab(t)
	_ = l.Fails(store.SubnetType, store.Properties{"vpcId": "vpc-0", "cidrBlock": "10.0.0.0/24"})
	if waits := l.World.TakeWaits(); len(waits) > 0 {
		t.Errorf("waits %+v", waits)
	}
}

func TestLostNodesLeaveTheInterfacesThatTheirCNIWasDeleting(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	node.TakePodAddress(l.World.Account, node.ReadyNodes(l.World.Account, "dev")[0])
	l.World.Settle()
	l.World.LoseNodes()
	if nodes := node.ReadyNodes(l.World.Account, "dev"); len(nodes) != 2 {
		t.Errorf("Auto Scaling replaced the nodes by %d", len(nodes))
	}
	left := l.World.With(store.InterfaceType, "status", "available")
	if len(left) == 0 {
		t.Fatal("no interface remains")
	}
	l.Must(l.Delete(store.NodeGroupType, "general"))
	if err := l.Client.Delete(store.SubnetType, left[0].Text("subnetId")); worldtest.RuleOf(err) != ec2.SubnetEmpty {
		t.Errorf("the interface does not prevent the deletion of its subnet: %v", err)
	}
}
