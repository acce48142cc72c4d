package world

import (
	"strings"
	"testing"
)

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
		t.Errorf("m7g.large accepts %d pods", n)
	}
}

func TestANodeGroupIsScaledUpAndDown(t *testing.T) {
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

func TestANodeGroupThatIsScaledOutsideOfPulumiIsRefreshedWithItsNewSize(t *testing.T) {
	l := newLab(t).nodes()
	if err := l.world.ScaleNodeGroup("dev", "general", 3); err != nil {
		t.Fatal(err)
	}
	if got := len(l.world.readyNodes("dev")); got != 3 {
		t.Errorf("%d nodes and not 3", got)
	}
	found, err := l.client.Invoke("aws:eks/getNodeGroup:getNodeGroup", Properties{"clusterName": "dev", "nodeGroupName": "general"})
	if err != nil {
		t.Fatal(err)
	}
	if sizes := listOf(found["scalingConfigs"]); len(sizes) != 1 || sizes[0]["desiredSize"] != 3.0 || found["status"] != "ACTIVE" {
		t.Errorf("getNodeGroup returns sizes %v, status %v", sizes, found["status"])
	}
	o, err := l.client.Read(nodeGroupType, "dev:general")
	if err != nil || at(o.Inputs, "scalingConfig.desiredSize") != 3.0 || at(o.Outputs, "scalingConfig.desiredSize") != 3.0 {
		t.Errorf("a refresh reads %v, %v, %v", o.Inputs["scalingConfig"], o.Outputs["scalingConfig"], err)
	}
	if err := l.world.ScaleNodeGroup("dev", "general", 9); ruleOf(err) != nodeRescaling {
		t.Errorf("a size above the maximum: %v", err)
	}
}

func TestClustersAndNodeGroupsAreListedByName(t *testing.T) {
	l := newLab(t)
	clusters := func() any {
		out, err := l.client.Invoke("aws:eks/getClusters:getClusters", nil)
		if err != nil {
			t.Fatal(err)
		}
		return out["names"]
	}
	if got := clusters(); !same(got, []any{}) {
		t.Errorf("an empty account has clusters %v", got)
	}
	if _, err := l.client.Invoke("aws:eks/getNodeGroups:getNodeGroups", Properties{"clusterName": "dev"}); ruleOf(err) != clusterNotFound {
		t.Errorf("groups of no cluster: %v", err)
	}
	l.nodes()
	groups, err := l.client.Invoke("aws:eks/getNodeGroups:getNodeGroups", Properties{"clusterName": "dev"})
	if got := clusters(); err != nil || !same(got, []any{"dev"}) || !same(groups["names"], []any{"general"}) {
		t.Errorf("clusters %v, groups %v, %v", got, groups["names"], err)
	}
}

func TestMaxPodsDependsOnTheConfigurationOfTheCNIWhenANodeStarts(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	l.make("general", nodeGroupType, l.groupInputs())
	err := l.change(addonType, "dev:vpc-cni", Properties{"configurationValues": `{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}`})
	if err != nil {
		t.Fatal(err)
	}
	if n := l.world.readyNodes("dev")[0].number("maxPods"); n != 29 {
		t.Errorf("a node that existed before accepts %d pods", n)
	}
	l.make("more", nodeGroupType, with(l.groupInputs(), "nodeGroupName", "more"))
	if n := l.world.nodesOf(l.object(nodeGroupType, "more"))[0].number("maxPods"); n != 110 {
		t.Errorf("a node that starts now accepts %d pods", n)
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

func TestInstanceTypesAcceptAsManyPodsAsAWSDocuments(t *testing.T) {
	for name, wanted := range map[string]int{"t3.medium": 17, "m5.large": 29, "m5.xlarge": 58, "t3.small": 11, "t3a.small": 8, "c5.4xlarge": 110, "m5.24xlarge": 250} {
		limits, err := typeOf("g", name)
		if err != nil {
			t.Fatal(err)
		}
		if got := limits.maxPods(false, false); got != wanted {
			t.Errorf("%s accepts %d pods and not %d", name, got, wanted)
		}
	}
}

func TestTheCNIKeepsAWarmInterface(t *testing.T) {
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
		t.Errorf("a node with a pod or two has %d addresses and not two interfaces of ten", held)
	}
}

func TestWithPrefixesAnInterfaceHasWholeBlocks(t *testing.T) {
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
		t.Errorf("%d addresses besides the prefixes", n)
	}
}

func TestWithCustomNetworkingPodsAreInSeparateSubnets(t *testing.T) {
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
			t.Errorf("m7g.large accepts %d pods", n)
		}
	}
}

func TestACNIWithoutItsPermissionsLeavesInterfacesThatBlockTheSubnet(t *testing.T) {
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
		if left := l.world.with(interfaceType, "status", "available"); len(left) == 0 {
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

func TestLabelsAndTaintsAreChangedOnExistingNodes(t *testing.T) {
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
