package lbc_test

import (
	"slices"
	"testing"

	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// ownGroups are the security groups that the controller creates for all load balancers together.
func ownGroups(k *worldtest.KubeLab) []*store.Object {
	return k.World.All(store.SecurityGroupType, func(g *store.Object) bool { return g.Tags()[lbc.ResourceTag] == "backend-sg" })
}

func TestASecurityGroupThatAFlagNamesIsSharedAndNoOtherIsCreated(t *testing.T) {
	k := worldtest.NewCluster(t)
	group := k.Make("backend", store.SecurityGroupType, store.Properties{"name": "backend", "vpcId": k.IDs["vpc"]})
	k.Balancing(map[string]any{"backendSecurityGroup": group})
	before := k.Standing()
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "metadata.name", "packets"))
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	for _, balancer := range k.World.All(store.LoadBalancerType) {
		if groups := balancer.Texts("securityGroups"); len(groups) != 2 || !slices.Contains(groups, group) {
			t.Errorf("%s has the security groups %v", balancer.Text("name"), groups)
		}
	}
	if own := ownGroups(k); len(own) > 0 {
		t.Errorf("the controller creates %s", own[0].Text("name"))
	}
	reached(k)
	if err := k.Delete(store.SecurityGroupType, group); err == nil {
		t.Fatal("the security group is deleted while load balancers use it")
	}
	k.Remove(store.IngressType, "default/web")
	k.Remove(store.ServiceType, "default/packets")
	k.Unchanged(before)
	k.Must(k.Delete(store.SecurityGroupType, group))
}

func TestAControllerLeavesItsOwnSharedGroupBehindOnceAFlagNamesAnother(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	group := k.Make("backend", store.SecurityGroupType, store.Properties{"name": "backend", "vpcId": k.IDs["vpc"]})
	k.Must(k.Update(store.ReleaseType, "kube-system/"+store.ControllerOwner, worldtest.Edited(k.ReleaseInputs(), "values.backendSecurityGroup", group)))
	own := ownGroups(k)[0]
	if groups := k.One(store.LoadBalancerType).Texts("securityGroups"); !slices.Contains(groups, group) || slices.Contains(groups, own.ID) {
		t.Errorf("the load balancer has the security groups %v", groups)
	}
	reached(k)
	if rules := k.World.With(store.GroupRuleType, "sourceSecurityGroupId", own.ID); len(rules) > 0 {
		t.Errorf("the nodes' security group has the rule %s of the old group", rules[0].ID)
	}
	k.Remove(store.ServiceType, "default/web")
	if len(ownGroups(k)) != 1 {
		t.Error("the controller deletes a group that it has not in memory")
	}
}

func TestASecurityGroupThatDoesNotExistIsRefusedWithTheFirstLoadBalancer(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(map[string]any{"backendSecurityGroup": "sg-0123456789abcdef0"})
	if err := k.Create(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "metadata.name", "packets")); err == nil {
		t.Error("a load balancer is created with a security group that does not exist")
	}
}
