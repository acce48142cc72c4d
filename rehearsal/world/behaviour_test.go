package world

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAClusterMakesWhatEKSMakes(t *testing.T) {
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
		t.Error("the creator is no admin")
	}
	if logs := l.world.get(logGroupType, "/aws/eks/dev/cluster"); logs == nil || logs.Owner != "eks" {
		t.Errorf("log group: %v", logs)
	}
}

func TestAClusterKeepsItsAddressFromWhereverItIsReached(t *testing.T) {
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

func TestALogGroupThatEKSMakesOutlivesItsCluster(t *testing.T) {
	l := newLab(t).clusterUp()
	if err := l.delete(clusterType, "dev"); err != nil {
		t.Fatal(err)
	}
	left := l.world.Leftovers()
	if !slices.ContainsFunc(left, func(o Leftover) bool { return o.ID == "/aws/eks/dev/cluster" && o.Owner == "eks" }) {
		t.Errorf("leftovers %v", left)
	}
}

func TestALogGroupThatIsDeletedUnderItsClusterComesBack(t *testing.T) {
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

func TestAClusterGoesOneVersionForward(t *testing.T) {
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

func TestNodesJoinWithInstanceVolumeAndInterface(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	l.make("lt", launchTemplateType, Properties{"tagSpecifications": []any{
		Properties{"resourceType": "instance", "tags": Properties{"team": "platform"}}, Properties{"resourceType": "volume", "tags": Properties{"team": "platform"}}}})
	l.make("general", nodeGroupType, with(l.groupInputs(), "launchTemplate", Properties{"id": l.ids["lt"], "version": "1"}))
	nodes := l.world.readyNodes("dev")
	if len(nodes) != 2 || nodes[0].text("zone") == nodes[1].text("zone") {
		t.Fatalf("nodes: %v", nodes)
	}
	for _, typ := range []string{instanceObject, volumeType} {
		for _, o := range l.world.all(typ) {
			if o.Owner != "eks" || o.tags()["team"] != "platform" {
				t.Errorf("%s %s: owner %s, tags %v", typ, o.ID, o.Owner, o.tags())
			}
		}
	}
	if n := nodes[0].number("maxPods"); n != 29 {
		t.Errorf("m7g.large takes %d pods", n)
	}
}

func TestAGroupGrowsAndShrinks(t *testing.T) {
	l := newLab(t).nodes()
	for _, n := range []int{3, 1, 2} {
		if err := l.change(nodeGroupType, "dev:general", Properties{"scalingConfig": Properties{"minSize": 1.0, "desiredSize": float64(n), "maxSize": 3.0}}); err != nil {
			t.Fatal(err)
		}
		if got := len(l.world.readyNodes("dev")); got != n {
			t.Errorf("%d nodes and not %d", got, n)
		}
		if got := len(l.world.all(instanceObject)); got != n {
			t.Errorf("%d instances and not %d", got, n)
		}
	}
}

func TestMaxPodsFollowsHowTheCNIIsConfiguredWhenANodeStarts(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	l.make("general", nodeGroupType, l.groupInputs())
	err := l.change(addonType, "dev:vpc-cni", Properties{"configurationValues": `{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}`})
	if err != nil {
		t.Fatal(err)
	}
	if n := l.world.readyNodes("dev")[0].number("maxPods"); n != 29 {
		t.Errorf("a node that stood before takes %d pods", n)
	}
	l.make("more", nodeGroupType, with(l.groupInputs(), "nodeGroupName", "more"))
	if n := l.world.nodesOf(l.object(nodeGroupType, "more"))[0].number("maxPods"); n != 110 {
		t.Errorf("a node that starts now takes %d pods", n)
	}
}

func TestUserDataSetsMaxPods(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	l.make("lt", launchTemplateType, Properties{"userData": encoded(nodeadm("NodeConfig", ""))})
	l.make("general", nodeGroupType, with(l.groupInputs(), "launchTemplate", Properties{"id": l.ids["lt"], "version": "$Latest"}))
	if n := l.world.readyNodes("dev")[0].number("maxPods"); n != 58 {
		t.Errorf("%d pods", n)
	}
}

func TestKnownTypesTakeAsManyPodsAsAWSSays(t *testing.T) {
	for name, wanted := range map[string]int{"t3.medium": 17, "m5.large": 29, "m5.xlarge": 58, "t3.small": 11, "t3a.small": 8, "c5.4xlarge": 110, "m5.24xlarge": 250} {
		limits, err := typeOf("g", name)
		if err != nil {
			t.Fatal(err)
		}
		if got := limits.maxPods(false, false); got != wanted {
			t.Errorf("%s takes %d pods and not %d", name, got, wanted)
		}
	}
}

func TestTheCNIKeepsASpareInterfaceOfAddresses(t *testing.T) {
	l := newLab(t).nodes()
	node := l.world.readyNodes("dev")[0]
	if address := l.world.takePodAddress(node); address == "" {
		t.Fatal("no address for a pod")
	}
	l.world.settle()
	held := 0
	for _, eni := range l.world.interfacesOn(node) {
		held += len(eni.texts("privateIps"))
	}
	if held != 20 {
		t.Errorf("a node with a pod or two holds %d addresses and not two interfaces of ten", held)
	}
}

func TestWithPrefixesAnInterfaceHoldsWholeBlocks(t *testing.T) {
	l := newLab(t).clusterUp()
	in := l.addonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.object(roleType, "cni-role").text("arn")
	in["configurationValues"] = `{"env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}}`
	l.make("vpc-cni", addonType, in)
	l.make("general", nodeGroupType, l.groupInputs())
	node := l.world.readyNodes("dev")[0]
	if p := l.world.interfaceOf(node).texts("prefixes"); len(p) == 0 || !strings.HasSuffix(p[0], "/28") {
		t.Errorf("prefixes %v", p)
	}
	if n := len(l.world.interfaceOf(node).texts("privateIps")); n != 1 {
		t.Errorf("%d addresses beside the prefixes", n)
	}
}

func TestWithCustomNetworkingPodsLiveInTheirOwnSubnets(t *testing.T) {
	l := newLab(t).clusterUp()
	l.make("secondary", secondaryType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "100.64.0.0/16"})
	l.subnet("pods-a", "100.64.0.0/18", "a", nil)
	l.subnet("pods-b", "100.64.64.0/18", "b", nil)
	in := l.addonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.object(roleType, "cni-role").text("arn")
	in["configurationValues"] = jsonText(Properties{"env": Properties{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}, "eniConfig": Properties{"create": true, "region": "ap-northeast-2",
		"subnets": Properties{"ap-northeast-2a": Properties{"id": l.ids["pods-a"]}, "ap-northeast-2b": Properties{"id": l.ids["pods-b"]}}}})
	l.make("vpc-cni", addonType, in)
	l.make("general", nodeGroupType, l.groupInputs())
	for _, node := range l.world.readyNodes("dev") {
		if address := l.world.takePodAddress(node); !strings.HasPrefix(address, "100.64.") {
			t.Errorf("a pod in %s got %q", node.text("zone"), address)
		}
		if n := node.number("maxPods"); n != 20 {
			t.Errorf("m7g.large takes %d pods", n)
		}
	}
}

func TestACNIWithoutItsRightsLeavesInterfacesThatBlockTheSubnet(t *testing.T) {
	for lost, lose := range map[string]func(*lab) error{
		"policy":        func(l *lab) error { return l.delete(attachmentType, "cni-role AmazonEKS_CNI_Policy") },
		"OIDC provider": func(l *lab) error { return l.delete(oidcType, "oidc") },
		"add-on":        func(l *lab) error { return l.delete(addonType, "vpc-cni") },
		"way out":       func(l *lab) error { return l.delete(routeType, "to-nat") },
	} {
		l := newLab(t).nodes()
		l.world.takePodAddress(l.world.readyNodes("dev")[0])
		l.world.settle()
		if err := lose(l); err != nil {
			t.Fatal(err)
		}
		if err := l.delete(nodeGroupType, "general"); err != nil {
			t.Fatal(err)
		}
		if left := l.world.all(interfaceType, where("status", "available")); len(left) == 0 {
			t.Errorf("without its %s the CNI leaves no interface", lost)
		}
		blocked := 0
		for _, zone := range []string{"private-a", "private-b"} {
			if err := l.delete(subnetType, zone); ruleOf(err) == subnetEmpty {
				blocked++
			}
		}
		if blocked == 0 {
			t.Errorf("without its %s nothing blocks a subnet", lost)
		}
	}
}

func TestNodesOfAPublicEndpointCallItFromTheNATGatewaysAddress(t *testing.T) {
	l := newLab(t)
	l.network().role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
	nat := l.world.natPublicAddresses(l.ids["vpc"])
	if len(nat) != 1 {
		t.Fatalf("addresses %v", nat)
	}
	in := with(l.clusterInputs(), "vpcConfig.endpointPrivateAccess", false)
	l.make("cluster", clusterType, with(in, "vpcConfig.publicAccessCidrs", []any{nat[0] + "/32"}))
	l.role("node-role", trustFor("ec2"), "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy")
	l.make("general", nodeGroupType, l.groupInputs())
	if len(l.world.readyNodes("dev")) != 2 {
		t.Error("nodes are not ready")
	}
}

func TestAFailedNodeGroupIsFinishedOnceItsCauseIsGone(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	id := l.ids["to-nat"]
	if err := l.delete(routeType, "to-nat"); err != nil {
		t.Fatal(err)
	}
	_, err := l.try(nodeGroupType, l.groupInputs())
	if !isIncomplete(err) {
		t.Fatalf("error %v", err)
	}
	l.make("to-nat", routeType, Properties{"routeTableId": l.ids["private"], "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": l.ids["nat"]})
	if l.ids["to-nat"] != id {
		t.Errorf("the route's id changed")
	}
	if err := l.change(nodeGroupType, "dev:general", nil); err != nil {
		t.Errorf("the retry: %v", err)
	}
}

func TestAFailedNodeGroupIsDeletedWithItsInstances(t *testing.T) {
	for _, r := range nodeRefusals() {
		l := newLab(t)
		if err := r.try(l); err == nil {
			t.Errorf("%s: accepted", r.when)
		}
		if err := l.delete(nodeGroupType, "dev:general"); err != nil {
			t.Errorf("%s: %v", r.when, err)
		}
		for _, typ := range []string{instanceObject, volumeType, nodeType, nodeGroupType} {
			if left := l.world.all(typ); len(left) > 0 {
				t.Errorf("%s leaves %s", r.when, named(left))
			}
		}
	}
}

func TestLabelsAndTaintsAreChangedOnNodesThatStand(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	l.make("general", nodeGroupType, with(l.groupInputs(), "labels", Properties{"old": "yes"}))
	before := l.world.readyNodes("dev")[0].ID
	err := l.change(nodeGroupType, "dev:general", Properties{"labels": Properties{"new": "yes"}, "taints": []any{Properties{"key": "a", "effect": "NO_SCHEDULE"}}})
	if err != nil {
		t.Fatal(err)
	}
	node := l.world.readyNodes("dev")[0]
	labels := mapOf(node.at("metadata.labels"))
	if node.ID != before || labels["new"] != "yes" || labels["old"] != nil || !strings.Contains(jsonText(node.at("spec.taints")), "NoSchedule") {
		t.Errorf("node %s: labels %v, taints %v", node.ID, labels, node.at("spec.taints"))
	}
}

func TestWhatTheWorldDoesNotSimulateIsNoYes(t *testing.T) {
	for path, value := range map[string]any{"computeConfig.enabled": true, "kubernetesNetworkConfig.ipFamily": "ipv6", "remoteNetworkConfig": Properties{}} {
		l := newLab(t).network()
		l.role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
		if _, err := l.try(clusterType, with(l.clusterInputs(), path, value)); err == nil {
			t.Errorf("%s is accepted", path)
		}
	}
}

func TestARouteTurnsIntoABlackHole(t *testing.T) {
	l := newLab(t).network()
	if err := l.delete(natType, "nat"); err != nil {
		t.Fatal(err)
	}
	o, err := l.client.Read(routeType, l.ids["to-nat"])
	if err != nil || o.Outputs["state"] != "blackhole" {
		t.Errorf("route %v, %v", o.Outputs["state"], err)
	}
	if err := l.delete(eipType, "eip"); err != nil {
		t.Errorf("the address of a NAT gateway that is gone: %v", err)
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

func TestALoadBalancerKeepsItsSubnetsAndGatewayUntilItIsGone(t *testing.T) {
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

func TestDefaultTagsAreMergedAndAResourcesOwnTagWins(t *testing.T) {
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

func TestAPreviewsUnknownsAreNoReasonToRefuse(t *testing.T) {
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

func TestZonesAreToldAsAWSTellsThem(t *testing.T) {
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

func TestEveryRegionHasZonesWithNamesAndIDsOfTheirOwn(t *testing.T) {
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

func TestARegionIsChangedOnlyWhenTheAccountIsEmpty(t *testing.T) {
	l := newLab(t)
	l.make("vpc", vpcType, Properties{"cidrBlock": "10.0.0.0/16"})
	if _, err := l.world.AWS(AWSConfig{Region: "us-east-1"}); err == nil {
		t.Error("a world with objects moved to another region")
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

func TestPoliciesAreEvaluatedAsIAMDoes(t *testing.T) {
	for _, c := range []struct {
		name, statement, action, resource string
		known                             facts
		want                              bool
	}{
		{"a wildcard in an action", `"Action": "ec2:Describe*", "Resource": "*"`, "ec2:DescribeVpcs", "*", nil, true},
		{"another action", `"Action": "ec2:Describe*", "Resource": "*"`, "ec2:DeleteVpc", "*", nil, false},
		{"an action in other letters", `"Action": "EC2:describevpcs", "Resource": "*"`, "ec2:DescribeVpcs", "*", nil, true},
		{"a resource that matches", `"Action": "*", "Resource": "arn:aws:ec2:*:*:vpc/*"`, "ec2:DeleteVpc", "arn:aws:ec2:r:a:vpc/1", nil, true},
		{"a resource that does not", `"Action": "*", "Resource": "arn:aws:ec2:*:*:vpc/*"`, "ec2:DeleteVpc", "arn:aws:ec2:r:a:subnet/1", nil, false},
		{"everything but an action", `"NotAction": "ec2:DeleteVpc", "Resource": "*"`, "ec2:DeleteVpc", "*", nil, false},
		{"a condition that holds", `"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}`, "x:y", "*", facts{"aws:requesttag/a": {"b"}}, true},
		{"a condition that does not", `"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}`, "x:y", "*", facts{"aws:RequestTag/a": {"c"}}, false},
		{"a condition of a missing key", `"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}`, "x:y", "*", nil, false},
		{"a condition of a missing key that may be missing", `"Action": "*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"a": "b"}}`, "x:y", "*", nil, true},
		{"a tag that must be there", `"Action": "*", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/c": "false"}}`, "x:y", "*", nil, false},
		{"a tag that must not be there", `"Action": "*", "Resource": "*", "Condition": {"Null": {"aws:RequestTag/c": "true"}}`, "x:y", "*", nil, true},
		{"a pattern", `"Action": "*", "Resource": "*", "Condition": {"StringLike": {"a": "k8s-*"}}`, "x:y", "*", facts{"a": {"k8s-1"}}, true},
		{"a condition that the world can't evaluate", `"Action": "*", "Resource": "*", "Condition": {"NumericLessThan": {"a": "3"}}`, "x:y", "*", facts{"a": {"1"}}, false},
	} {
		l := newLab(t)
		l.role("r", trustFor("ec2"))
		l.make("p", policyType, Properties{"name": "p", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", ` + c.statement + `}}`})
		l.make("a", attachmentType, Properties{"role": "r", "policyArn": l.ids["p"]})
		if got := l.world.allowed(l.object(roleType, "r"), c.action, c.resource, c.known); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestADenyCountsOverEveryAllow(t *testing.T) {
	l := newLab(t)
	l.role("r", trustFor("ec2"), "AdministratorAccess")
	l.make("p", policyType, Properties{"name": "p", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ec2:DeleteVpc", "Resource": "*"}}`})
	l.make("a", attachmentType, Properties{"role": "r", "policyArn": l.ids["p"]})
	role := l.object(roleType, "r")
	if l.world.allowed(role, "ec2:DeleteVpc", "*", nil) || !l.world.allowed(role, "ec2:CreateVpc", "*", nil) {
		t.Error("the Deny does not count as it should")
	}
}

func TestAServiceAccountAssumesTheRoleThatTrustsIt(t *testing.T) {
	l := newLab(t).clusterUp()
	if err := l.world.assumeRoleWithWebIdentity("arn:aws:iam::111122223333:role/cni-role", "dev", "kube-system", "aws-node"); err != nil {
		t.Error(err)
	}
}

func TestInChinaNamesAreOfItsPartition(t *testing.T) {
	w := New(Options{Account: account})
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
