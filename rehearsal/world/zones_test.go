package world

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// anotherZone adds a public and a private subnet in a third zone, and a node there.
func (k *kubeLab) anotherZone() *kubeLab {
	k.t.Helper()
	k.subnet("public-c", "10.0.2.0/24", "c", Properties{"mapPublicIpOnLaunch": true, "tags": map[string]any{"kubernetes.io/role/elb": "1"}})
	k.subnet("private-c", "10.0.48.0/20", "c", Properties{"tags": map[string]any{"kubernetes.io/role/internal-elb": "1"}})
	for _, tier := range []string{"public", "private"} {
		k.make(tier+"-c-table", associationType, Properties{"routeTableId": k.ids[tier], "subnetId": k.ids[tier+"-c"]})
	}
	in := with(k.groupInputs(), "subnetIds", []any{k.ids["private-c"]})
	with(in, "nodeGroupName", "third")
	k.make("third", nodeGroupType, with(in, "scalingConfig", Properties{"minSize": 1.0, "desiredSize": 1.0, "maxSize": 1.0}))
	return k
}

// public returns the IDs of public subnets by their zones.
func (k *kubeLab) public(zones ...string) string {
	var subnets []string
	for _, zone := range zones {
		subnets = append(subnets, k.ids["public-"+zone])
	}
	return strings.Join(subnets, ",")
}

func TestALoadBalancerWithoutNamedSubnetsKeepsThoseOfItsCreationWhenAZoneComes(t *testing.T) {
	for kind, c := range map[string]struct {
		make func(*kubeLab, map[string]any)
		typ  string
	}{
		"nlb": {func(k *kubeLab, more map[string]any) { k.apply(serviceType, nlb(more)) }, loadBalancerType},
		"alb": {func(k *kubeLab, _ map[string]any) { k.apply(ingressType, ingress("web", nil)) }, loadBalancerType},
		"clb": {func(k *kubeLab, _ map[string]any) { k.apply(serviceType, classic(nil)) }, classicType},
	} {
		k := newCluster(t).balancing(nil)
		if kind == "nlb" {
			k.remove(serviceType, "default/web")
		}
		c.make(k, nil)
		k.reached()
		k.anotherZone()
		if in := k.one(c.typ).texts("subnets"); len(in) != 2 || slices.Contains(in, k.ids["public-c"]) || slices.Contains(in, k.ids["private-c"]) {
			t.Errorf("%s: it is in %v", kind, in)
		}
		lines := k.world.Unreachable()
		if len(lines) != 1 || !strings.Contains(lines[0], "Availability Zone") {
			t.Errorf("%s: the node in the third zone gets traffic: %v", kind, lines)
		}
	}
}

func TestATargetInAZoneWithoutTheLoadBalancerIsUnusedAndItsGateNeverOpens(t *testing.T) {
	k := newCluster(t).controlled()
	k.world.find("dev", namespaceType, "default").set("metadata.labels", map[string]any{gateLabel: "enabled"})
	named := func(zones ...string) Properties {
		annotations := asked("scheme", "internet-facing", "nlb-target-type", "ip", "subnets", k.public(zones...))
		annotations[waitForAnnotation] = "jsonpath={.status.loadBalancer.ingress[0].hostname}"
		return nlb(annotations)
	}
	k.apply(serviceType, named("a", "b"))
	k.apply(deploymentType, web())
	k.reached()
	k.anotherZone()
	third := edited(web(), "spec.template.spec.nodeSelector", map[string]any{"topology.kubernetes.io/zone": "ap-northeast-2c"})
	refused(t, k.update(deploymentType, "default/web", third), podGated)
	if lines := k.world.Unreachable(); len(lines) == 0 || !strings.Contains(strings.Join(lines, "\n"), "Target.NotInUse") {
		t.Errorf("targets in the third zone: %v", lines)
	}
	k.must(k.update(serviceType, "default/web", named("a", "b", "c")))
	for _, pod := range k.world.inNamespace("dev", podType, "default") {
		if !podReady(pod) || pod.at("spec.nodeSelector") == nil {
			t.Errorf("%s is not ready, or of before, although the load balancer is in its zone", pod.ID)
		}
	}
	k.reached()
}

func TestACLBFollowsTheSubnetsThatItsServiceNames(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	named := func(zones ...string) Properties {
		return classic(map[string]any{servicePrefixes + "aws-load-balancer-subnets": k.public(zones...)})
	}
	address := hostname(k.apply(serviceType, named("a", "b")))
	k.anotherZone()
	for _, zones := range [][]string{{"a", "b", "c"}, {"a", "b"}} {
		k.must(k.update(serviceType, "default/clb", named(zones...)))
		balancer := k.one(classicType)
		if in := strings.Join(sorted(balancer.texts("subnets")), ","); in != strings.Join(sorted(strings.Split(k.public(zones...), ",")), ",") || balancer.text("dnsName") != address {
			t.Errorf("named in %v it is in %s", zones, in)
		}
		if lines := k.world.Unreachable(); (len(lines) == 0) != slices.Contains(zones, "c") {
			t.Errorf("in %v: %v", zones, lines)
		}
	}
}

// The controller builds one model of a group. Until its last member names the new subnets it reports the conflict and
// deploys nothing.
func TestMembersOfAGroupThatNameDifferentSubnetsStopTheGroupUntilTheyAgree(t *testing.T) {
	k := newCluster(t).balancing(nil)
	member := func(name string, zones ...string) Properties {
		return ingress(name, map[string]any{"group.name": "shop", "scheme": "internet-facing", "subnets": k.public(zones...)})
	}
	k.apply(ingressType, member("one", "a", "b"))
	address := hostname(k.apply(ingressType, member("other", "b", "a")))
	k.anotherZone()
	if events := k.world.Events(); len(events) > 0 {
		t.Errorf("the order of subnets is no conflict: %v", events)
	}
	k.must(k.update(ingressType, "default/one", member("one", "a", "b", "c")))
	if events := k.world.Events(); len(events) != 1 || !strings.Contains(events[0], "FailedBuildModel: Failed build model due to conflicting subnets: [") {
		t.Errorf("events %v", events)
	}
	if in := k.one(loadBalancerType).texts("subnets"); len(in) != 2 {
		t.Errorf("before the last member is changed it is in %v", in)
	}
	k.must(k.update(ingressType, "default/other", member("other", "a", "b", "c")))
	if in := k.one(loadBalancerType).texts("subnets"); len(in) != 3 || k.one(loadBalancerType).text("dnsName") != address {
		t.Errorf("after the last member is changed it is in %v", in)
	}
	if events := k.world.Events(); len(events) > 0 {
		t.Errorf("events %v", events)
	}
	k.reached()
}

// Elastic addresses of further zones come with their subnets, and those of zones that are left are free again; the
// others stay.
func TestElasticAddressesComeAndGoWithTheSubnetsOfANetworkLoadBalancer(t *testing.T) {
	k := newCluster(t).controlled()
	k.anotherZone()
	k.apply(deploymentType, web())
	for _, zone := range []string{"a", "b", "c"} {
		k.make("eip-"+zone, eipType, Properties{"domain": "vpc"})
	}
	named := func(zones ...string) Properties {
		var addresses []string
		for _, zone := range zones {
			addresses = append(addresses, k.ids["eip-"+zone])
		}
		return nlb(asked("scheme", "internet-facing", "subnets", k.public(zones...), "eip-allocations", strings.Join(addresses, ",")))
	}
	address := hostname(k.apply(serviceType, named("a", "b")))
	for _, zones := range [][]string{{"a", "b", "c"}, {"a", "b"}} {
		k.must(k.update(serviceType, "default/web", named(zones...)))
		for _, zone := range []string{"a", "b", "c"} {
			if used := k.object(eipType, "eip-"+zone).text("networkInterface") != ""; used != slices.Contains(zones, zone) {
				t.Errorf("in %v: the address of zone %s serves it: %v", zones, zone, used)
			}
		}
		if k.one(loadBalancerType).text("dnsName") != address {
			t.Errorf("in %v it has another name", zones)
		}
	}
	k.world.TakeWaits()
	k.must(k.delete(nodeGroupType, "third"))
	k.must(k.delete(associationType, "public-c-table"))
	k.must(k.delete(subnetType, "public-c"))
	if waits := waited(k.world.TakeWaits(), "linger"); len(waits) != 1 || waits[0].Seconds != (3*time.Minute).Seconds() {
		t.Errorf("the subnet that it left is deleted after %+v", waits)
	}
}

func TestSubnetsAreFoundByTheirTagsAndRead(t *testing.T) {
	k := newCluster(t)
	filter := func(name string, values ...any) map[string]any { return map[string]any{"name": name, "values": values} }
	out, err := k.client.Invoke("aws:ec2/getSubnets:getSubnets", Properties{"filters": []any{
		filter("tag:kubernetes.io/role/internal-elb", "1"), filter("availability-zone", "ap-northeast-2a", "ap-northeast-2c")}})
	k.must(err)
	if found := texts(out["ids"]); !slices.Equal(found, []string{k.ids["private-a"]}) {
		t.Fatalf("found %v", found)
	}
	subnet, err := k.client.Invoke("aws:ec2/getSubnet:getSubnet", Properties{"id": k.ids["private-a"]})
	k.must(err)
	if subnet["availabilityZone"] != "ap-northeast-2a" || subnet["cidrBlock"] != "10.0.16.0/20" {
		t.Errorf("read as %v", subnet)
	}
	none, err := k.client.Invoke("aws:ec2/getSubnets:getSubnets", Properties{"filters": []any{filter("tag:eksnet/stack", "dev")}})
	k.must(err)
	if len(texts(none["ids"])) != 0 {
		t.Errorf("no subnet is tagged so, and %v are found", none["ids"])
	}
}
