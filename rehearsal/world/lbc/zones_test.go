package lbc_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// anotherZone adds a public and a private subnet in a third zone, and a node there.
func anotherZone(k *worldtest.KubeLab) *worldtest.KubeLab {
	k.T.Helper()
	k.Subnet("public-c", "10.0.2.0/24", "c", store.Properties{"mapPublicIpOnLaunch": true, "tags": map[string]any{"kubernetes.io/role/elb": "1"}})
	k.Subnet("private-c", "10.0.48.0/20", "c", store.Properties{"tags": map[string]any{"kubernetes.io/role/internal-elb": "1"}})
	for _, tier := range []string{"public", "private"} {
		k.Make(tier+"-c-table", store.AssociationType, store.Properties{"routeTableId": k.IDs[tier], "subnetId": k.IDs[tier+"-c"]})
	}
	in := worldtest.With(k.GroupInputs(), "subnetIds", []any{k.IDs["private-c"]})
	worldtest.With(in, "nodeGroupName", "third")
	k.Make("third", store.NodeGroupType, worldtest.With(in, "scalingConfig", store.Properties{"minSize": 1.0, "desiredSize": 1.0, "maxSize": 1.0}))
	return k
}

// public returns the IDs of public subnets by their zones.
func public(k *worldtest.KubeLab, zones ...string) string {
	var subnets []string
	for _, zone := range zones {
		subnets = append(subnets, k.IDs["public-"+zone])
	}
	return strings.Join(subnets, ",")
}

func TestALoadBalancerWithoutNamedSubnetsKeepsThoseOfItsCreationWhenAZoneComes(t *testing.T) {
	for kind, c := range map[string]struct {
		make func(*worldtest.KubeLab, map[string]any)
		typ  string
	}{
		"nlb": {func(k *worldtest.KubeLab, more map[string]any) { k.Apply(store.ServiceType, worldtest.NLB(more)) }, store.LoadBalancerType},
		"alb": {func(k *worldtest.KubeLab, _ map[string]any) {
			k.Apply(store.IngressType, worldtest.Ingress("web", nil))
		}, store.LoadBalancerType},
		"clb": {func(k *worldtest.KubeLab, _ map[string]any) { k.Apply(store.ServiceType, worldtest.Classic(nil)) }, store.ClassicType},
	} {
		k := worldtest.NewCluster(t).Balancing(nil)
		if kind == "nlb" {
			k.Remove(store.ServiceType, "default/web")
		}
		c.make(k, nil)
		reached(k)
		anotherZone(k)
		if in := k.One(c.typ).Texts("subnets"); len(in) != 2 || slices.Contains(in, k.IDs["public-c"]) || slices.Contains(in, k.IDs["private-c"]) {
			t.Errorf("%s: it is in %v", kind, in)
		}
		lines := k.World.Unreachable()
		if len(lines) != 1 || !strings.Contains(lines[0], "Availability Zone") {
			t.Errorf("%s: the node in the third zone gets traffic: %v", kind, lines)
		}
	}
}

func TestATargetInAZoneWithoutTheLoadBalancerIsUnusedAndItsGateNeverOpens(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.World.Find("dev", store.NamespaceType, "default").Set("metadata.labels", map[string]any{lbc.GateLabel: "enabled"})
	named := func(zones ...string) store.Properties {
		annotations := worldtest.Asked("scheme", "internet-facing", "nlb-target-type", "ip", "subnets", public(k, zones...))
		annotations[kube.WaitForAnnotation] = "jsonpath={.status.loadBalancer.ingress[0].hostname}"
		return worldtest.NLB(annotations)
	}
	k.Apply(store.ServiceType, named("a", "b"))
	k.Apply(store.DeploymentType, worldtest.Web())
	reached(k)
	anotherZone(k)
	third := worldtest.Edited(worldtest.Web(), "spec.template.spec.nodeSelector", map[string]any{"topology.kubernetes.io/zone": "ap-northeast-2c"})
	worldtest.Refused(t, k.Update(store.DeploymentType, "default/web", third), lbc.PodGated)
	if lines := k.World.Unreachable(); len(lines) == 0 || !strings.Contains(strings.Join(lines, "\n"), "Target.NotInUse") {
		t.Errorf("targets in the third zone: %v", lines)
	}
	k.Must(k.Update(store.ServiceType, "default/web", named("a", "b", "c")))
	for _, pod := range kube.InNamespace(k.World.Account, "dev", store.PodType, "default") {
		if !kube.PodReady(pod) || pod.At("spec.nodeSelector") == nil {
			t.Errorf("%s is not ready, or of before, although the load balancer is in its zone", pod.ID)
		}
	}
	reached(k)
}

func TestACLBFollowsTheSubnetsThatItsServiceNames(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	named := func(zones ...string) store.Properties {
		return worldtest.Classic(map[string]any{ccm.ServicePrefixes + "aws-load-balancer-subnets": public(k, zones...)})
	}
	address := worldtest.Hostname(k.Apply(store.ServiceType, named("a", "b")))
	anotherZone(k)
	for _, zones := range [][]string{{"a", "b", "c"}, {"a", "b"}} {
		k.Must(k.Update(store.ServiceType, "default/clb", named(zones...)))
		balancer := k.One(store.ClassicType)
		if in := strings.Join(worldtest.Sorted(balancer.Texts("subnets")), ","); in != strings.Join(worldtest.Sorted(strings.Split(public(k, zones...), ",")), ",") || balancer.Text("dnsName") != address {
			t.Errorf("named in %v it is in %s", zones, in)
		}
		if lines := k.World.Unreachable(); (len(lines) == 0) != slices.Contains(zones, "c") {
			t.Errorf("in %v: %v", zones, lines)
		}
	}
}

// The controller builds one model of a group. Until its last member names the new subnets it reports the conflict and
// deploys nothing.
func TestMembersOfAGroupThatNameDifferentSubnetsStopTheGroupUntilTheyAgree(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	member := func(name string, zones ...string) store.Properties {
		return worldtest.Ingress(name, map[string]any{"group.name": "shop", "scheme": "internet-facing", "subnets": public(k, zones...)})
	}
	k.Apply(store.IngressType, member("one", "a", "b"))
	address := worldtest.Hostname(k.Apply(store.IngressType, member("other", "b", "a")))
	anotherZone(k)
	if events := k.World.Events(); len(events) > 0 {
		t.Errorf("the order of subnets is no conflict: %v", events)
	}
	k.Must(k.Update(store.IngressType, "default/one", member("one", "a", "b", "c")))
	if events := k.World.Events(); len(events) != 1 || !strings.Contains(events[0], "FailedBuildModel: Failed build model due to conflicting subnets: [") {
		t.Errorf("events %v", events)
	}
	if in := k.One(store.LoadBalancerType).Texts("subnets"); len(in) != 2 {
		t.Errorf("before the last member is changed it is in %v", in)
	}
	k.Must(k.Update(store.IngressType, "default/other", member("other", "a", "b", "c")))
	if in := k.One(store.LoadBalancerType).Texts("subnets"); len(in) != 3 || k.One(store.LoadBalancerType).Text("dnsName") != address {
		t.Errorf("after the last member is changed it is in %v", in)
	}
	if events := k.World.Events(); len(events) > 0 {
		t.Errorf("events %v", events)
	}
	reached(k)
}

// Elastic addresses of further zones come with their subnets, and those of zones that are left are free again; the
// others stay.
func TestElasticAddressesComeAndGoWithTheSubnetsOfANetworkLoadBalancer(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	anotherZone(k)
	k.Apply(store.DeploymentType, worldtest.Web())
	for _, zone := range []string{"a", "b", "c"} {
		k.Make("eip-"+zone, store.EipType, store.Properties{"domain": "vpc"})
	}
	named := func(zones ...string) store.Properties {
		var addresses []string
		for _, zone := range zones {
			addresses = append(addresses, k.IDs["eip-"+zone])
		}
		return worldtest.NLB(worldtest.Asked("scheme", "internet-facing", "subnets", public(k, zones...), "eip-allocations", strings.Join(addresses, ",")))
	}
	address := worldtest.Hostname(k.Apply(store.ServiceType, named("a", "b")))
	for _, zones := range [][]string{{"a", "b", "c"}, {"a", "b"}} {
		k.Must(k.Update(store.ServiceType, "default/web", named(zones...)))
		for _, zone := range []string{"a", "b", "c"} {
			if used := k.Object(store.EipType, "eip-"+zone).Text("networkInterface") != ""; used != slices.Contains(zones, zone) {
				t.Errorf("in %v: the address of zone %s serves it: %v", zones, zone, used)
			}
		}
		if k.One(store.LoadBalancerType).Text("dnsName") != address {
			t.Errorf("in %v it has another name", zones)
		}
	}
	k.World.TakeWaits()
	k.Must(k.Delete(store.NodeGroupType, "third"))
	k.Must(k.Delete(store.AssociationType, "public-c-table"))
	k.Must(k.Delete(store.SubnetType, "public-c"))
	if waits := worldtest.Waited(k.World.TakeWaits(), "linger"); len(waits) != 1 || waits[0].Seconds != (3*time.Minute).Seconds() {
		t.Errorf("the subnet that it left is deleted after %+v", waits)
	}
}

func TestSubnetsAreFoundByTheirTagsAndRead(t *testing.T) {
	k := worldtest.NewCluster(t)
	filter := func(name string, values ...any) map[string]any { return map[string]any{"name": name, "values": values} }
	out, err := k.Client.Invoke("aws:ec2/getSubnets:getSubnets", store.Properties{"filters": []any{
		filter("tag:kubernetes.io/role/internal-elb", "1"), filter("availability-zone", "ap-northeast-2a", "ap-northeast-2c")}})
	k.Must(err)
	if found := store.Texts(out["ids"]); !slices.Equal(found, []string{k.IDs["private-a"]}) {
		t.Fatalf("found %v", found)
	}
	subnet, err := k.Client.Invoke("aws:ec2/getSubnet:getSubnet", store.Properties{"id": k.IDs["private-a"]})
	k.Must(err)
	if subnet["availabilityZone"] != "ap-northeast-2a" || subnet["cidrBlock"] != "10.0.16.0/20" {
		t.Errorf("read as %v", subnet)
	}
	none, err := k.Client.Invoke("aws:ec2/getSubnets:getSubnets", store.Properties{"filters": []any{filter("tag:eksnet/stack", "dev")}})
	k.Must(err)
	if len(store.Texts(none["ids"])) != 0 {
		t.Errorf("no subnet is tagged so, and %v are found", none["ids"])
	}
}
