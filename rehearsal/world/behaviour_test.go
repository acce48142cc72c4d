package world

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCreatingAClusterCreatesWhatEKSCreates(t *testing.T) {
	l := newLab(t).clusterUp()
	cluster := l.object(clusterType, "cluster")
	if enis := l.world.interfacesOf("Amazon EKS dev"); len(enis) != 2 {
		t.Errorf("control plane has %d interfaces", len(enis))
	}
	group := l.world.get(securityGroupType, cluster.text("vpcConfig.clusterSecurityGroupId"))
	if group == nil || group.Owner != "eks" || !strings.HasPrefix(group.text("name"), "eks-cluster-sg-dev-") {
		t.Errorf("cluster security group: %v", group)
	}
	for _, addon := range systemAddons {
		if l.world.workloadOf("dev", addon) == nil {
			t.Errorf("%s is not installed", addon)
		}
	}
	creator := "dev#arn:aws:iam::111122223333:user/operator#arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
	if l.world.get(accessPolicyType, creator) == nil {
		t.Error("the creator is not an admin")
	}
	if logs := l.world.get(logGroupType, "/aws/eks/dev/cluster"); logs == nil || logs.Owner != "eks" {
		t.Errorf("log group: %v", logs)
	}
}

func TestTheAddressOfAClusterDoesNotDependOnItsEndpointAccess(t *testing.T) {
	l := newLab(t).clusterUp()
	if got := l.object(clusterType, "cluster").text("endpoint"); got != "https://127.0.0.1:41234" {
		t.Errorf("endpoint %s", got)
	}
	if err := l.change(clusterType, "dev", Properties{"vpcConfig": with(l.clusterInputs(), "vpcConfig.endpointPublicAccess", false)["vpcConfig"]}); err != nil {
		t.Fatal(err)
	}
	if got := l.object(clusterType, "cluster").text("endpoint"); got != "https://127.0.0.1:41234" {
		t.Errorf("private endpoint %s", got)
	}
}

func TestALogGroupThatEKSCreatesRemainsAfterItsCluster(t *testing.T) {
	l := newLab(t).clusterUp()
	if err := l.delete(clusterType, "dev"); err != nil {
		t.Fatal(err)
	}
	left := l.world.Leftovers()
	if !slices.ContainsFunc(left, func(o Leftover) bool { return o.ID == "/aws/eks/dev/cluster" && o.Owner == "eks" }) {
		t.Errorf("leftovers %v", left)
	}
}

func TestEKSRecreatesALogGroupThatIsDeletedBeforeItsCluster(t *testing.T) {
	l := newLab(t)
	l.make("logs", logGroupType, Properties{"name": "/aws/eks/dev/cluster"})
	l.clusterUp()
	if err := l.delete(logGroupType, "logs"); err != nil {
		t.Fatal(err)
	}
	if o := l.world.get(logGroupType, "/aws/eks/dev/cluster"); o == nil || o.Owner != "eks" {
		t.Errorf("log group: %v", o)
	}
}

func TestAClusterIsUpgradedByOneVersion(t *testing.T) {
	l := newLab(t).nodes()
	if err := l.change(clusterType, "dev", Properties{"version": "1.36"}); err != nil {
		t.Fatal(err)
	}
	if err := l.change(nodeGroupType, "dev:general", Properties{"version": "1.36"}); err != nil {
		t.Fatal(err)
	}
	o, _ := l.client.Read(nodeGroupType, "dev:general")
	if o.Outputs["version"] != "1.36" {
		t.Errorf("version %v", o.Outputs["version"])
	}
}

func TestWhatIsNotSimulatedIsRefused(t *testing.T) {
	for path, value := range map[string]any{"computeConfig.enabled": true, "kubernetesNetworkConfig.ipFamily": "ipv6", "remoteNetworkConfig": Properties{}} {
		l := newLab(t).network()
		l.role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
		if _, err := l.try(clusterType, with(l.clusterInputs(), path, value)); err == nil {
			t.Errorf("%s is accepted", path)
		}
	}
}

func TestARouteBecomesABlackHole(t *testing.T) {
	l := newLab(t).network()
	if err := l.delete(natType, "nat"); err != nil {
		t.Fatal(err)
	}
	o, err := l.client.Read(routeType, l.ids["to-nat"])
	if err != nil || o.Outputs["state"] != "blackhole" {
		t.Errorf("route %v, %v", o.Outputs["state"], err)
	}
	if err := l.delete(eipType, "eip"); err != nil {
		t.Errorf("the address of a deleted NAT gateway: %v", err)
	}
}

func TestSubnetsAreFoundByTheirTags(t *testing.T) {
	l := newLab(t).network()
	public := Properties{"kubernetes.io/role/elb": "1"}
	tags := func(name string, tags Properties) {
		if err := l.change(subnetType, l.ids[name], Properties{"tags": tags}); err != nil {
			t.Fatal(err)
		}
	}
	tags("public-a", public)
	tags("public-b", Properties{"kubernetes.io/role/elb": "1", "kubernetes.io/cluster/other": "owned"})
	found := l.world.discoverSubnets(l.ids["vpc"], "internet-facing", "dev")
	if len(found) != 1 || found[0].ID != l.ids["public-a"] {
		t.Errorf("found %s", named(found))
	}
}

func TestALoadBalancersSubnetsAndGatewayCannotBeDeletedBeforeIt(t *testing.T) {
	l := newLab(t).network()
	if err := firstErr(l.delete(natType, "nat"), l.delete(eipType, "eip")); err != nil {
		t.Fatal(err)
	}
	o, err := l.world.createLoadBalancer(loadBalancer{name: "web", kind: "network", scheme: "internet-facing", owner: "test", vpc: l.ids["vpc"],
		subnets: []string{l.ids["public-a"], l.ids["public-b"]}})
	if err != nil {
		t.Fatal(err)
	}
	if got := ruleOf(l.delete(internetGatewayType, "igw")); got != gatewayUnmapped {
		t.Errorf("internet gateway: %v", got)
	}
	if got := ruleOf(l.delete(subnetType, "public-a")); got != subnetEmpty {
		t.Errorf("subnet: %v", got)
	}
	if err := l.world.deleteLoadBalancer(o); err != nil {
		t.Fatal(err)
	}
	if err := firstErr(l.delete(internetGatewayType, "igw"), l.delete(subnetType, "public-a")); err != nil {
		t.Error(err)
	}
}

func firstErr(errs ...error) error { return first(errs...) }

func TestDefaultTagsAreMergedAndAResourcesOwnTagTakesPrecedence(t *testing.T) {
	l := newLab(t)
	in, _, err := l.client.Check(vpcType, "vpc", nil, Properties{"cidrBlock": "10.0.0.0/16", "tags": Properties{"team": "mine", "Name": "vpc"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := jsonText(in["tags"]); got != `{"Name":"vpc","team":"mine"}` {
		t.Errorf("tags %s", got)
	}
	in, _, _ = l.client.Check(vpcType, "vpc", nil, Properties{"cidrBlock": "10.0.0.0/16"})
	if got := jsonText(in["tags"]); got != `{"team":"platform"}` {
		t.Errorf("tags %s", got)
	}
}

func TestUnknownValuesOfAPreviewAreNotRefused(t *testing.T) {
	l := newLab(t)
	for _, k := range awsKinds() {
		in := Properties{}
		for _, p := range []string{"cidrBlock", "name", "tags", "vpcConfig", "deletionWindowInDays", "retentionInDays", "nodeGroupName", "taints", "thumbprintLists", "enabledClusterLogTypes"} {
			in[p] = Unknown{}
		}
		if _, failures, err := l.client.Check(k.typ, "thing", nil, in); err != nil || len(failures) > 0 {
			t.Errorf("%s: %v %v", k.typ, failures, err)
		}
	}
}

func TestZonesAreReturnedAsFromAWS(t *testing.T) {
	l := newLab(t)
	out, err := l.client.Invoke("aws:index/getAvailabilityZones:getAvailabilityZones", Properties{"state": "available",
		"filters": []any{Properties{"name": "opt-in-status", "values": []any{"opt-in-not-required"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := jsonText(out["names"]); got != `["ap-northeast-2a","ap-northeast-2b","ap-northeast-2c","ap-northeast-2d"]` {
		t.Errorf("zones %s", got)
	}
	if got := jsonText(out["zoneIds"]); !strings.Contains(got, "apne2-az1") {
		t.Errorf("ids %s", got)
	}
}

func TestTheZonesOfARegionHaveDistinctNamesAndIDs(t *testing.T) {
	for region := range regions {
		names, ids := map[string]bool{}, map[string]bool{}
		for _, z := range zonesOf(region) {
			names[z.name], ids[z.id] = true, true
		}
		if len(names) < 2 || len(names) != len(ids) {
			t.Errorf("%s: %v %v", region, names, ids)
		}
	}
}

func TestTheRegionCanBeChangedOnlyIfTheAccountIsEmpty(t *testing.T) {
	l := newLab(t)
	l.make("vpc", vpcType, Properties{"cidrBlock": "10.0.0.0/16"})
	if _, err := l.world.AWS(AWSConfig{Region: "us-east-1"}); err == nil {
		t.Error("an account with objects was moved to another region")
	}
	if err := l.delete(vpcType, "vpc"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.world.AWS(AWSConfig{Region: "us-east-1"}); err != nil {
		t.Error(err)
	}
}

func TestEveryKindTakesTime(t *testing.T) {
	for _, k := range awsKinds() {
		if creation, deletion := Times(k.typ, nil); creation == 0 || deletion == 0 {
			t.Errorf("%s takes no time", k.typ)
		}
	}
	if creation, _ := Times(addonType, Properties{"addonName": "coredns"}); creation != 35*time.Second {
		t.Errorf("CoreDNS takes %s", creation)
	}
}

func TestNamesInChinaHaveItsPartition(t *testing.T) {
	w := New(Options{Verify: *verify, Account: account})
	client, err := w.AWS(AWSConfig{Region: "cn-north-1"})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t, w, client, map[string]string{}}
	l.make("vpc", vpcType, Properties{"cidrBlock": "10.0.0.0/16"})
	if arn := l.object(vpcType, "vpc").text("arn"); !strings.HasPrefix(arn, "arn:aws-cn:ec2:cn-north-1:") {
		t.Errorf("arn %s", arn)
	}
	l.make("r", roleType, Properties{"name": "r", "assumeRolePolicy": trustFor("ec2")})
	l.make("a", attachmentType, Properties{"role": "r", "policyArn": "arn:aws-cn:iam::aws:policy/AmazonEKSWorkerNodePolicy"})
}
