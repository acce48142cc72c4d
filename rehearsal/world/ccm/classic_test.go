package ccm_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestAClassicLoadBalancerForwardsToTheNodePorts(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	address := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.Classic(nil)))
	balancer := k.World.All(store.ClassicType)[0]
	port := store.Integer(store.ListOf(k.World.Find("dev", store.ServiceType, "default/clb").At("spec.ports"))[0]["nodePort"])
	if listener := store.ListOf(balancer.At("listeners"))[0]; port < 30000 || store.Integer(listener["instancePort"]) != port || len(balancer.Texts("instances")) != 2 {
		t.Errorf("port %d of %v by %v", port, balancer.Texts("instances"), listener)
	}
	if strings.HasPrefix(address, "internal-") || !strings.HasSuffix(address, ".ap-northeast-2.elb.amazonaws.com") {
		t.Errorf("address %s", address)
	}
	if problems := k.World.Unreachable(); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
}

func TestAClassicLoadBalancerAndItsSecurityGroupHaveTheServicesTags(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Classic(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "team=shop, stage=dev"}))
	balancer := k.World.All(store.ClassicType)[0]
	for _, o := range []*store.Object{balancer, k.World.Get(store.SecurityGroupType, balancer.Texts("securityGroups")[0])} {
		if tags := o.Tags(); tags["team"] != "shop" || tags["stage"] != "dev" || tags["kubernetes.io/cluster/dev"] != "owned" {
			t.Errorf("%s has the tags %v", o.Type, tags)
		}
	}
}

func TestAnInternalClassicLoadBalancerIsInPrivateSubnets(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	address := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.Classic(map[string]any{ccm.InternalClassic: "true"})))
	subnets := k.World.All(store.ClassicType)[0].Texts("subnets")
	if !strings.HasPrefix(address, "internal-") || !slices.Equal(worldtest.Sorted(subnets), worldtest.Sorted([]string{k.IDs["private-a"], k.IDs["private-b"]})) {
		t.Errorf("address %s in %v", address, subnets)
	}
}

func TestAClassicLoadBalancerIsUpdatedWithItsPortsAndNodes(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	address := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.Classic(nil)))
	k.Must(k.Update(store.ServiceType, "default/clb", worldtest.Edited(worldtest.Classic(nil), "spec.ports", []any{map[string]any{"port": 8443.0, "targetPort": 8080.0, "protocol": "TCP"}})))
	k.Must(k.Change(store.NodeGroupType, k.IDs["general"], store.Properties{"scalingConfig": store.Properties{"minSize": 1.0, "desiredSize": 3.0, "maxSize": 3.0}}))
	balancer := k.World.All(store.ClassicType)[0]
	if listener := store.ListOf(balancer.At("listeners"))[0]; store.Integer(listener["lbPort"]) != 8443 || len(balancer.Texts("instances")) != 3 || balancer.Text("dnsName") != address {
		t.Errorf("listener %v, instances %v", listener, balancer.Texts("instances"))
	}
	open := k.Lets(balancer.Texts("securityGroups")[0])
	if want := []string{"icmp 3-4", "tcp 8443-8443"}; !slices.Equal(open, want) {
		t.Errorf("its security group lets in %v, want %v", open, want)
	}
}

func TestANetworkLoadBalancerForwardsToTheNodePorts(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	address := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.NLB(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance"})))
	targets := k.World.All(store.TargetGroupType)[0].Texts("targets")
	port := store.ListOf(k.World.Find("dev", store.ServiceType, "default/web").At("spec.ports"))[0]["nodePort"]
	if len(targets) != 2 || !strings.HasPrefix(targets[0], "i-") || !strings.HasSuffix(targets[0], ":"+kube.CompactJSON(port)) {
		t.Errorf("targets %v for port %v", targets, port)
	}
	shared := lbc.ControllerOf(k.World.Account, "dev").SharedGroup()
	if len(k.World.With(store.GroupRuleType, "sourceSecurityGroupId", shared.ID, func(r *store.Object) bool { return r.Number("fromPort") == store.Integer(port) })) == 0 {
		t.Error("the nodes do not allow its traffic")
	}
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"})))
	groups := k.World.All(store.TargetGroupType)
	if len(groups) != 1 || groups[0].Text("targetType") != "ip" || len(groups[0].Texts("targets")) != 2 || k.World.All(store.LoadBalancerType)[0].Text("dnsName") != address {
		t.Errorf("target groups %v after the type changed", groups)
	}
}

// The cloud controller watches Services and nodes only: it detects changed subnets with the next change of the Service.
func TestAClassicLoadBalancerKeepsItsSubnetsUntilItsServiceChanges(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Classic(nil))
	k.Object(store.SubnetType, "public-b").Set("tags", map[string]any{"kubernetes.io/cluster/other": "owned"})
	k.Must(k.Change(store.NodeGroupType, k.IDs["general"], store.Properties{"scalingConfig": store.Properties{"minSize": 1.0, "desiredSize": 3.0, "maxSize": 3.0}}))
	if in := k.One(store.ClassicType).Texts("subnets"); len(in) != 2 {
		t.Errorf("a subnet with another cluster's tag changed its subnets: %v", in)
	}
	k.Must(k.Update(store.ServiceType, "default/clb", worldtest.Edited(worldtest.Classic(nil), "spec.loadBalancerSourceRanges", []any{"10.0.0.0/8"})))
	if in := k.One(store.ClassicType).Texts("subnets"); !slices.Equal(in, []string{k.IDs["public-a"]}) {
		t.Errorf("its Service changed, and its subnets are still %v", in)
	}
}
