package node_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestNodesJoinWithInstanceVolumeAndInterface(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp().CNI()
	l.Make("lt", store.LaunchTemplateType, store.Properties{"tagSpecifications": []any{
		store.Properties{"resourceType": "instance", "tags": store.Properties{"team": "platform"}}, store.Properties{"resourceType": "volume", "tags": store.Properties{"team": "platform"}}}})
	l.Make("general", store.NodeGroupType, worldtest.With(l.GroupInputs(), "launchTemplate", store.Properties{"id": l.IDs["lt"], "version": "1"}))
	nodes := nodepkg.ReadyNodes(l.World.Account, "dev")
	if len(nodes) != 2 || nodes[0].Text("zone") == nodes[1].Text("zone") {
		t.Fatalf("nodes: %v", nodes)
	}
	for _, typ := range []string{nodepkg.InstanceObject, store.VolumeType} {
		for _, o := range l.World.All(typ) {
			if o.Owner != "eks" || o.Tags()["team"] != "platform" {
				t.Errorf("%s %s: owner %s, tags %v", typ, o.ID, o.Owner, o.Tags())
			}
		}
	}
	if n := nodes[0].Number("maxPods"); n != 29 {
		t.Errorf("m7g.large accepts %d pods", n)
	}
}

func TestANodeGroupIsScaledUpAndDown(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	for _, n := range []int{3, 1, 2} {
		if err := l.Change(store.NodeGroupType, "dev:general", store.Properties{"scalingConfig": store.Properties{"minSize": 1.0, "desiredSize": float64(n), "maxSize": 3.0}}); err != nil {
			t.Fatal(err)
		}
		if got := len(nodepkg.ReadyNodes(l.World.Account, "dev")); got != n {
			t.Errorf("%d nodes and not %d", got, n)
		}
		if got := len(l.World.All(nodepkg.InstanceObject)); got != n {
			t.Errorf("%d instances and not %d", got, n)
		}
	}
}

func TestANodeGroupThatIsScaledOutsideOfPulumiIsRefreshedWithItsNewSize(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	if err := l.World.ScaleNodeGroup("dev", "general", 3); err != nil {
		t.Fatal(err)
	}
	if got := len(nodepkg.ReadyNodes(l.World.Account, "dev")); got != 3 {
		t.Errorf("%d nodes and not 3", got)
	}
	found, err := l.Client.Invoke("aws:eks/getNodeGroup:getNodeGroup", store.Properties{"clusterName": "dev", "nodeGroupName": "general"})
	if err != nil {
		t.Fatal(err)
	}
	if sizes := store.ListOf(found["scalingConfigs"]); len(sizes) != 1 || sizes[0]["desiredSize"] != 3.0 || found["status"] != "ACTIVE" {
		t.Errorf("getNodeGroup returns sizes %v, status %v", sizes, found["status"])
	}
	o, err := l.Client.Read(store.NodeGroupType, "dev:general")
	if err != nil || store.At(o.Inputs, "scalingConfig.desiredSize") != 3.0 || store.At(o.Outputs, "scalingConfig.desiredSize") != 3.0 {
		t.Errorf("a refresh reads %v, %v, %v", o.Inputs["scalingConfig"], o.Outputs["scalingConfig"], err)
	}
	if err := l.World.ScaleNodeGroup("dev", "general", 9); worldtest.RuleOf(err) != nodepkg.NodeRescaling {
		t.Errorf("a size above the maximum: %v", err)
	}
}

func TestClustersAndNodeGroupsAreListedByName(t *testing.T) {
	l := worldtest.NewLab(t)
	clusters := func() any {
		out, err := l.Client.Invoke("aws:eks/getClusters:getClusters", nil)
		if err != nil {
			t.Fatal(err)
		}
		return out["names"]
	}
	if got := clusters(); !store.Equal(got, []any{}) {
		t.Errorf("an empty account has clusters %v", got)
	}
	if _, err := l.Client.Invoke("aws:eks/getNodeGroups:getNodeGroups", store.Properties{"clusterName": "dev"}); worldtest.RuleOf(err) != eks.ClusterNotFound {
		t.Errorf("groups of no cluster: %v", err)
	}
	l.Nodes()
	groups, err := l.Client.Invoke("aws:eks/getNodeGroups:getNodeGroups", store.Properties{"clusterName": "dev"})
	if got := clusters(); err != nil || !store.Equal(got, []any{"dev"}) || !store.Equal(groups["names"], []any{"general"}) {
		t.Errorf("clusters %v, groups %v, %v", got, groups["names"], err)
	}
	if cluster, err := l.Client.Invoke("aws:eks/getCluster:getCluster", store.Properties{"name": "dev"}); err != nil || cluster["version"] != "1.35" || cluster["status"] != "ACTIVE" {
		t.Errorf("cluster dev is read with version %v and status %v, %v", cluster["version"], cluster["status"], err)
	}
}

func TestMaxPodsDependsOnTheConfigurationOfTheCNIWhenANodeStarts(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp().CNI()
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	err := l.Change(store.AddonType, "dev:vpc-cni", store.Properties{"configurationValues": `{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}`})
	if err != nil {
		t.Fatal(err)
	}
	if n := nodepkg.ReadyNodes(l.World.Account, "dev")[0].Number("maxPods"); n != 29 {
		t.Errorf("a node that existed before accepts %d pods", n)
	}
	l.Make("more", store.NodeGroupType, worldtest.With(l.GroupInputs(), "nodeGroupName", "more"))
	if n := nodepkg.NodesOf(l.World.Account, l.Object(store.NodeGroupType, "more"))[0].Number("maxPods"); n != 110 {
		t.Errorf("a node that starts now accepts %d pods", n)
	}
}

func TestUserDataSetsMaxPods(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp().CNI()
	l.Make("lt", store.LaunchTemplateType, store.Properties{"userData": eks.EncodeBase64(worldtest.Nodeadm("NodeConfig", ""))})
	l.Make("general", store.NodeGroupType, worldtest.With(l.GroupInputs(), "launchTemplate", store.Properties{"id": l.IDs["lt"], "version": "$Latest"}))
	if n := nodepkg.ReadyNodes(l.World.Account, "dev")[0].Number("maxPods"); n != 58 {
		t.Errorf("%d pods", n)
	}
}

func TestInstanceTypesAcceptAsManyPodsAsAWSDocuments(t *testing.T) {
	for name, wanted := range map[string]int{"t3.medium": 17, "m5.large": 29, "m5.xlarge": 58, "t3.small": 11, "t3a.small": 8, "c5.4xlarge": 110, "m5.24xlarge": 250} {
		limits, err := ec2.TypeOf("g", name)
		if err != nil {
			t.Fatal(err)
		}
		if got := limits.MaxPods(false, false); got != wanted {
			t.Errorf("%s accepts %d pods and not %d", name, got, wanted)
		}
	}
}

func TestTheCNIKeepsAWarmInterface(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	node := nodepkg.ReadyNodes(l.World.Account, "dev")[0]
	if address := nodepkg.TakePodAddress(l.World.Account, node); address == "" {
		t.Fatal("no address for a pod")
	}
	l.World.Settle()
	held := 0
	for _, eni := range ec2.InterfacesOn(l.World.Account, node) {
		held += len(eni.Texts("privateIps"))
	}
	if held != 20 {
		t.Errorf("a node with a pod or two has %d addresses and not two interfaces of ten", held)
	}
}

func TestWithPrefixesAnInterfaceHasWholeBlocks(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	in := l.AddonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.Object(store.RoleType, "cni-role").Text("arn")
	in["configurationValues"] = `{"env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}}`
	l.Make("vpc-cni", store.AddonType, in)
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	node := nodepkg.ReadyNodes(l.World.Account, "dev")[0]
	if p := ec2.PrimaryInterface(l.World.Account, node).Texts("prefixes"); len(p) == 0 || !strings.HasSuffix(p[0], "/28") {
		t.Errorf("prefixes %v", p)
	}
	if n := len(ec2.PrimaryInterface(l.World.Account, node).Texts("privateIps")); n != 1 {
		t.Errorf("%d addresses besides the prefixes", n)
	}
}

func TestWithCustomNetworkingPodsAreInSeparateSubnets(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	l.Make("secondary", store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "100.64.0.0/16"})
	l.Subnet("pods-a", "100.64.0.0/18", "a", nil)
	l.Subnet("pods-b", "100.64.64.0/18", "b", nil)
	in := l.AddonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.Object(store.RoleType, "cni-role").Text("arn")
	in["configurationValues"] = iam.JSONText(store.Properties{"env": store.Properties{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}, "eniConfig": store.Properties{"create": true, "region": "ap-northeast-2",
		"subnets": store.Properties{"ap-northeast-2a": store.Properties{"id": l.IDs["pods-a"]}, "ap-northeast-2b": store.Properties{"id": l.IDs["pods-b"]}}}})
	l.Make("vpc-cni", store.AddonType, in)
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	for _, node := range nodepkg.ReadyNodes(l.World.Account, "dev") {
		if address := nodepkg.TakePodAddress(l.World.Account, node); !strings.HasPrefix(address, "100.64.") {
			t.Errorf("a pod in %s got %q", node.Text("zone"), address)
		}
		if n := node.Number("maxPods"); n != 20 {
			t.Errorf("m7g.large accepts %d pods", n)
		}
	}
}

func TestFurtherInterfacesAreInTheDiscoveredSubnetWithTheMostFreeAddresses(t *testing.T) {
	const own, pods = "10.0.", "100.64.0."
	tagged := func(value string) store.Properties {
		return store.Properties{"tags": store.Properties{"kubernetes.io/role/cni": value}}
	}
	for name, test := range map[string]struct {
		env           store.Properties
		tags          store.Properties
		fill          int
		mayDescribe   bool
		first, second string // the beginning of the addresses of the interfaces
	}{
		"a larger subnet with the tag": {nil, tagged("1"), 0, true, own, pods},
		"no tag":                       {nil, nil, 0, true, own, own},
		"a tag that excludes it":       {nil, tagged("0"), 0, true, own, own},
		"fewer free addresses than the node's subnet": {nil, tagged("1"), 20, true, own, own},
		"no discovery": {store.Properties{"ENABLE_SUBNET_DISCOVERY": "false"}, tagged("1"), 0, true, own, own},
		"no right to describe subnets, which is no fault": {nil, tagged("1"), 0, false, own, own},
	} {
		t.Run(name, func(t *testing.T) {
			l := worldtest.NewLab(t).Configured(test.env)
			l.Make("secondary", store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "100.64.0.0/16"})
			l.SmallSubnet("small", "10.0.200.0/26", "a")
			l.Subnet("pods-a", "100.64.0.0/24", "a", test.tags)
			l.Subnet("pods-b", "100.64.64.0/18", "b", tagged("1"))
			if test.fill > 0 {
				l.Fill("pods-a", test.fill)
			}
			if !test.mayDescribe {
				l.Make("denied", store.RolePolicyType, store.Properties{"role": "cni-role", "policy": iam.JSONText(store.Properties{"Version": "2012-10-17",
					"Statement": []any{store.Properties{"Effect": "Deny", "Action": "ec2:DescribeSubnets", "Resource": "*"}}})})
			}
			node := l.Grouped("small")
			nodepkg.TakePodAddress(l.World.Account, node)
			l.World.Settle()
			var addresses []string
			for _, eni := range ec2.InterfacesOn(l.World.Account, node) {
				addresses = append(addresses, eni.Texts("privateIps")[0])
			}
			if len(addresses) != 2 || !strings.HasPrefix(addresses[0], test.first) || !strings.HasPrefix(addresses[1], test.second) {
				t.Errorf("interfaces with %v, want %s and %s", addresses, test.first, test.second)
			}
		})
	}
}

func TestACNIWithoutItsPermissionsLeavesInterfacesThatBlockTheSubnet(t *testing.T) {
	for lost, lose := range map[string]func(*worldtest.Lab) error{
		"policy":        func(l *worldtest.Lab) error { return l.Delete(store.AttachmentType, "cni-role AmazonEKS_CNI_Policy") },
		"OIDC provider": func(l *worldtest.Lab) error { return l.Delete(store.OIDCType, "oidc") },
		"add-on":        func(l *worldtest.Lab) error { return l.Delete(store.AddonType, "vpc-cni") },
		"way out":       func(l *worldtest.Lab) error { return l.Delete(store.RouteType, "to-nat") },
	} {
		l := worldtest.NewLab(t).Nodes()
		nodepkg.TakePodAddress(l.World.Account, nodepkg.ReadyNodes(l.World.Account, "dev")[0])
		l.World.Settle()
		if err := lose(l); err != nil {
			t.Fatal(err)
		}
		if err := l.Delete(store.NodeGroupType, "general"); err != nil {
			t.Fatal(err)
		}
		if left := l.World.With(store.InterfaceType, "status", "available"); len(left) == 0 {
			t.Errorf("without its %s the CNI leaves no interface", lost)
		}
		blocked := 0
		for _, zone := range []string{"private-a", "private-b"} {
			if err := l.Delete(store.SubnetType, zone); worldtest.RuleOf(err) == ec2.SubnetEmpty {
				blocked++
			}
		}
		if blocked == 0 {
			t.Errorf("without its %s nothing blocks a subnet", lost)
		}
	}
}

func TestNodesOfAPublicEndpointCallItFromTheNATGatewaysAddress(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
	nat := ec2.NatPublicAddresses(l.World.Account, l.IDs["vpc"])
	if len(nat) != 1 {
		t.Fatalf("addresses %v", nat)
	}
	in := worldtest.With(l.ClusterInputs(), "vpcConfig.endpointPrivateAccess", false)
	l.Make("cluster", store.ClusterType, worldtest.With(in, "vpcConfig.publicAccessCidrs", []any{nat[0] + "/32"}))
	l.Role("node-role", worldtest.TrustFor("ec2"), "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy")
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	if len(nodepkg.ReadyNodes(l.World.Account, "dev")) != 2 {
		t.Error("nodes are not ready")
	}
}

func TestLabelsAndTaintsAreChangedOnExistingNodes(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp().CNI()
	l.Make("general", store.NodeGroupType, worldtest.With(l.GroupInputs(), "labels", store.Properties{"old": "yes"}))
	before := nodepkg.ReadyNodes(l.World.Account, "dev")[0].ID
	err := l.Change(store.NodeGroupType, "dev:general", store.Properties{"labels": store.Properties{"new": "yes"}, "taints": []any{store.Properties{"key": "a", "effect": "NO_SCHEDULE"}}})
	if err != nil {
		t.Fatal(err)
	}
	node := nodepkg.ReadyNodes(l.World.Account, "dev")[0]
	labels := store.MapOf(node.At("metadata.labels"))
	if node.ID != before || labels["new"] != "yes" || labels["old"] != nil || !strings.Contains(iam.JSONText(node.At("spec.taints")), "NoSchedule") {
		t.Errorf("node %s: labels %v, taints %v", node.ID, labels, node.At("spec.taints"))
	}
}
