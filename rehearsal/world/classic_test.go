package world

import (
	"slices"
	"strings"
	"testing"
)

// classic returns a Service named web for the cloud controller.
func classic(annotations map[string]any) Properties {
	return edited(service("clb", "LoadBalancer"), "metadata.annotations", annotations)
}

func TestAClassicLoadBalancerForwardsToTheNodePorts(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	address := hostname(k.apply(serviceType, classic(nil)))
	balancer := k.world.all(classicType)[0]
	port := integer(listOf(k.world.find("dev", serviceType, "default/clb").at("spec.ports"))[0]["nodePort"])
	if listener := listOf(balancer.at("listeners"))[0]; port < 30000 || integer(listener["instancePort"]) != port || len(balancer.texts("instances")) != 2 {
		t.Errorf("port %d of %v by %v", port, balancer.texts("instances"), listener)
	}
	if strings.HasPrefix(address, "internal-") || !strings.HasSuffix(address, ".ap-northeast-2.elb.amazonaws.com") {
		t.Errorf("address %s", address)
	}
	if problems := k.world.Unreachable(); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
}

func TestAClassicLoadBalancerAndItsSecurityGroupHaveTheServicesTags(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	k.apply(serviceType, classic(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": "team=shop, stage=dev"}))
	balancer := k.world.all(classicType)[0]
	for _, o := range []*Object{balancer, k.world.get(securityGroupType, balancer.texts("securityGroups")[0])} {
		if tags := o.tags(); tags["team"] != "shop" || tags["stage"] != "dev" || tags["kubernetes.io/cluster/dev"] != "owned" {
			t.Errorf("%s has the tags %v", o.Type, tags)
		}
	}
}

func TestAnInternalClassicLoadBalancerIsInPrivateSubnets(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	address := hostname(k.apply(serviceType, classic(map[string]any{internalClassic: "true"})))
	subnets := k.world.all(classicType)[0].texts("subnets")
	if !strings.HasPrefix(address, "internal-") || !slices.Equal(sorted(subnets), sorted([]string{k.ids["private-a"], k.ids["private-b"]})) {
		t.Errorf("address %s in %v", address, subnets)
	}
}

func TestAClassicLoadBalancerIsUpdatedWithItsPortsAndNodes(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	address := hostname(k.apply(serviceType, classic(nil)))
	k.must(k.update(serviceType, "default/clb", edited(classic(nil), "spec.ports", []any{map[string]any{"port": 8443.0, "targetPort": 8080.0, "protocol": "TCP"}})))
	k.must(k.change(nodeGroupType, k.ids["general"], Properties{"scalingConfig": Properties{"minSize": 1.0, "desiredSize": 3.0, "maxSize": 3.0}}))
	balancer := k.world.all(classicType)[0]
	if listener := listOf(balancer.at("listeners"))[0]; integer(listener["lbPort"]) != 8443 || len(balancer.texts("instances")) != 3 || balancer.text("dnsName") != address {
		t.Errorf("listener %v, instances %v", listener, balancer.texts("instances"))
	}
	open := k.lets(balancer.texts("securityGroups")[0])
	if want := []string{"icmp 3-4", "tcp 8443-8443"}; !slices.Equal(open, want) {
		t.Errorf("its security group lets in %v, want %v", open, want)
	}
}

func TestANetworkLoadBalancerForwardsToTheNodePorts(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	address := hostname(k.apply(serviceType, nlb(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance"})))
	targets := k.world.all(targetGroupType)[0].texts("targets")
	port := listOf(k.world.find("dev", serviceType, "default/web").at("spec.ports"))[0]["nodePort"]
	if len(targets) != 2 || !strings.HasPrefix(targets[0], "i-") || !strings.HasSuffix(targets[0], ":"+compact(port)) {
		t.Errorf("targets %v for port %v", targets, port)
	}
	shared := k.world.controllerOf("dev").sharedGroup()
	if len(k.world.with(groupRuleType, "sourceSecurityGroupId", shared.ID, func(r *Object) bool { return r.number("fromPort") == integer(port) })) == 0 {
		t.Error("the nodes do not allow its traffic")
	}
	k.must(k.update(serviceType, "default/web", nlb(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"})))
	groups := k.world.all(targetGroupType)
	if len(groups) != 1 || groups[0].text("targetType") != "ip" || len(groups[0].texts("targets")) != 2 || k.world.all(loadBalancerType)[0].text("dnsName") != address {
		t.Errorf("target groups %v after the type changed", groups)
	}
}

// The cloud controller watches Services and nodes only: it detects changed subnets with the next change of the Service.
func TestAClassicLoadBalancerKeepsItsSubnetsUntilItsServiceChanges(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	k.apply(serviceType, classic(nil))
	k.object(subnetType, "public-b").set("tags", map[string]any{"kubernetes.io/cluster/other": "owned"})
	k.must(k.change(nodeGroupType, k.ids["general"], Properties{"scalingConfig": Properties{"minSize": 1.0, "desiredSize": 3.0, "maxSize": 3.0}}))
	if in := k.one(classicType).texts("subnets"); len(in) != 2 {
		t.Errorf("a subnet with another cluster's tag changed its subnets: %v", in)
	}
	k.must(k.update(serviceType, "default/clb", edited(classic(nil), "spec.loadBalancerSourceRanges", []any{"10.0.0.0/8"})))
	if in := k.one(classicType).texts("subnets"); !slices.Equal(in, []string{k.ids["public-a"]}) {
		t.Errorf("its Service changed, and its subnets are still %v", in)
	}
}
