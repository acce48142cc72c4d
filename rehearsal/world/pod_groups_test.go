package world_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// podsOfWeb returns the pods of web.
func podsOfWeb(k *worldtest.KubeLab) []*store.Object {
	return kube.PodsOf(k.World.Account, store.Key{Cluster: "dev", Typ: store.DeploymentType, ID: "default/web"})
}

func TestPodsOfAPolicyHaveBranchInterfacesWithItsGroups(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "standard").GroupedWeb()
	for _, pod := range podsOfWeb(k) {
		eni := elb.InterfaceWithAddress(k.World.Account, kube.Live[corev1.Pod](pod).Status.PodIP)
		if eni == nil || ec2.InterfaceOf(eni).Kind != "branch" || !slices.Equal(ec2.InterfaceOf(eni).Groups, []string{k.IDs["pods"]}) {
			t.Errorf("%s has the interface %v", pod.ID, eni)
		}
	}
	for _, n := range node.ReadyNodes(k.World.Account, "dev") {
		if got := node.NodeOf(n).PodInterfaces; got != 9 {
			t.Errorf("%s of m7g.large has %d branch interfaces", n.ID, got)
		}
		if first := ec2.InterfaceOf(ec2.PrimaryInterface(k.World.Account, n)); first.Kind != "interface" {
			t.Errorf("the first interface is of kind %s", first.Kind)
		}
	}
}

func TestPodsThatAreOlderThanTheirPolicyKeepTheirInterface(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "standard")
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.SecurityGroupPolicyType, worldtest.GroupPolicy(k.IDs["pods"]))
	if branches := k.Branches(); len(branches) > 0 {
		t.Errorf("older pods have branch interfaces: %v", branches)
	}
	k.Must(k.Update(store.DeploymentType, "default/web", worldtest.Again(worldtest.Web(), "1")))
	if branches := k.Branches(); len(branches) != 2 {
		t.Errorf("newer pods have %d branch interfaces", len(branches))
	}
}

func TestAPolicySelectsPodsByTheLabelsOfTheirServiceAccount(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "standard")
	policy := worldtest.GroupPolicy(k.IDs["pods"])
	policy["spec"] = map[string]any{"serviceAccountSelector": map[string]any{"matchLabels": map[string]any{"role": "web"}},
		"securityGroups": map[string]any{"groupIds": []any{k.IDs["pods"]}}}
	k.Apply(store.SecurityGroupPolicyType, policy)
	account := worldtest.Manifest("v1", "ServiceAccount", "web", nil)
	store.MapOf(account["metadata"])["labels"] = map[string]any{"role": "web"}
	k.Apply(store.ServiceAccountType, account)
	k.Apply(store.DeploymentType, worldtest.Web())
	if branches := k.Branches(); len(branches) > 0 {
		t.Errorf("pods of another service account have %d branch interfaces", len(branches))
	}
	k.Must(k.Update(store.DeploymentType, "default/web", worldtest.Edited(worldtest.Web(), "spec.template.spec.serviceAccountName", "web")))
	if branches := k.Branches(); len(branches) != 2 {
		t.Errorf("pods of the service account have %d branch interfaces", len(branches))
	}
}

// The trunk interface takes one interface of a node, and its addresses are for no pods.
func TestTheTrunkInterfaceTakesAnInterfaceFromTheCNI(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "standard")
	m := worldtest.Scaled(60)
	delete(worldtest.Container(m), "resources")
	err := k.Create(store.DeploymentType, m)
	if err == nil || !strings.Contains(err.Error(), "failed to assign an IP address") {
		t.Errorf("60 pods without security groups: %v", err)
	}
	for _, n := range node.ReadyNodes(k.World.Account, "dev") {
		kinds := map[string]int{}
		for _, eni := range ec2.InterfacesOn(k.World.Account, n) {
			kinds[ec2.InterfaceOf(eni).Kind]++
			if eni := ec2.InterfaceOf(eni); eni.Kind == "trunk" && len(eni.Pods) > 0 {
				t.Errorf("the trunk interface has pods: %v", eni.Pods)
			}
		}
		if kinds["interface"] != 2 || kinds["trunk"] != 1 {
			t.Errorf("%s has %v", n.ID, kinds)
		}
	}
}

// The CNI keeps an interface free for a trunk interface that has yet to be attached.
func TestATrunkInterfaceIsAttachedToOlderNodesOnceTheClusterRoleAllowsIt(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Configured(store.Properties{"ENABLE_POD_ENI": "true", "WARM_ENI_TARGET": "3"})
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	l.Make("resource-controller", store.AttachmentType, store.Properties{"role": "cluster-role", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"})
	for _, n := range node.ReadyNodes(l.World.Account, "dev") {
		if got := node.NodeOf(n).PodInterfaces; got != 9 {
			t.Errorf("%s has %d branch interfaces", n.ID, got)
		}
	}
}

func TestATrunkInterfaceIsInTheSubnetOfItsNode(t *testing.T) {
	l := worldtest.NewLab(t)
	l.ClusterUp()
	for _, zone := range []string{"a", "b"} {
		l.Subnet("discovered-"+zone, map[string]string{"a": "10.0.64.0/18", "b": "10.0.128.0/18"}[zone], zone, nil)
		l.Tag("discovered-"+zone, "kubernetes.io/role/cni")
	}
	k := l.PodGroups(worldtest.PodInterfaces("standard"), nil).PodGroup("pods").GroupedWeb()
	for _, branch := range k.Branches() {
		if subnet := ec2.InterfaceOf(branch).Subnet; subnet != k.IDs["private-a"] && subnet != k.IDs["private-b"] {
			t.Errorf("a branch interface is in %s", subnet)
		}
	}
}

func TestBranchInterfacesWithCustomNetworkingAreInThePodsSubnet(t *testing.T) {
	l := worldtest.NewLab(t)
	configuration := worldtest.PodInterfaces("standard")
	l.World.Options.Charts = worldtest.Charts()
	l.ClusterUp()
	l.Subnet("pods-a", "10.0.100.0/24", "a", nil)
	l.Subnet("pods-b", "10.0.101.0/24", "b", nil)
	worldtest.With(configuration, "env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "true")
	configuration["eniConfig"] = store.Properties{"create": true, "region": "ap-northeast-2", "subnets": store.Properties{
		"ap-northeast-2a": store.Properties{"id": l.IDs["pods-a"]}, "ap-northeast-2b": store.Properties{"id": l.IDs["pods-b"]}}}
	k := l.PodGroups(configuration, nil).PodGroup("pods", "10.0.0.0/16").GroupedWeb()
	for _, branch := range k.Branches() {
		if subnet := ec2.InterfaceOf(branch).Subnet; subnet != k.IDs["pods-a"] && subnet != k.IDs["pods-b"] {
			t.Errorf("a branch interface is in %s", subnet)
		}
	}
	if len(k.Branches()) != 2 {
		t.Errorf("%d branch interfaces", len(k.Branches()))
	}
}

func TestPodsWithSecurityGroupsInAnIPv6ClusterHaveTheIPv6AddressOfTheirInterface(t *testing.T) {
	k := worldtest.NewIPv6Cluster(t)
	k.Make("resource-controller", store.AttachmentType, store.Properties{"role": "cluster-role", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"})
	k.SetCNI(worldtest.PodInterfaces("standard"))
	k.PodGroup("pods").GroupedWeb()
	for _, pod := range podsOfWeb(k) {
		address := kube.Live[corev1.Pod](pod).Status.PodIP
		eni := elb.InterfaceWithAddress(k.World.Account, address)
		if eni == nil || !strings.Contains(address, ":") || ec2.InterfaceOf(eni).Kind != "branch" {
			t.Errorf("%s has the address %s of %v", pod.ID, address, eni)
		}
	}
}

func TestTheDeletionOfAPodGroupWaitsForTheControllerToDeleteItsInterfaces(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "standard").GroupedWeb()
	k.Remove(store.DeploymentType, "default/web")
	if left := k.Branches(); len(left) > 0 {
		t.Errorf("the controller does not delete %v", left)
	}
	k.Must(k.Delete(store.SecurityGroupType, "pods"))
	waits := k.World.Waits
	if len(waits) == 0 || waits[len(waits)-1].Seconds != 90 {
		t.Errorf("the deletion waited: %v", waits)
	}
	if left := k.World.All(store.InterfaceType, func(o *store.Object) bool { return ec2.InterfaceOf(o).Trunk != "" }); len(left) > 0 {
		t.Errorf("branch interfaces remain: %v", left)
	}
}

// The security group of pods must be deleted before the policy of the cluster's role.
func TestBranchInterfacesRemainWithoutThePolicyOfTheClusterRole(t *testing.T) {
	for name, destroy := range map[string]func(*worldtest.KubeLab){
		"before the pods": func(k *worldtest.KubeLab) {
			k.Must(k.Delete(store.AttachmentType, "resource-controller"))
			k.Remove(store.DeploymentType, "default/web")
		},
		"within the cooldown": func(k *worldtest.KubeLab) {
			k.Remove(store.DeploymentType, "default/web")
			k.Must(k.Delete(store.AttachmentType, "resource-controller"))
		},
		"before the nodes": func(k *worldtest.KubeLab) {
			k.Must(k.Delete(store.AttachmentType, "resource-controller"))
			k.Remove(store.DeploymentType, "default/web")
			k.Must(k.Delete(store.NodeGroupType, "general"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := worldtest.NewClusterOfPodGroups(t, "standard").GroupedWeb()
			destroy(k)
			if left := k.Branches(); len(left) != 2 {
				t.Fatalf("%d branch interfaces remain", len(left))
			}
			worldtest.Refused(t, k.Delete(store.SecurityGroupType, "pods"), ec2.GroupUnused)
			orphans := worldtest.OrphansOfWhere(k.World, store.InterfaceType, nil)
			if len(orphans) != 2 || !strings.Contains(orphans[0].Reason, "AmazonEKSVPCResourceController") {
				t.Fatalf("reported: %+v", orphans)
			}
			for _, orphan := range orphans {
				if want := "aws ec2 delete-network-interface --network-interface-id " + orphan.ID; orphan.Remove != want {
					t.Errorf("%s is deleted by %q", orphan.ID, orphan.Remove)
				}
				k.Must(k.World.Run(orphan.Remove))
			}
			k.Must(k.Delete(store.SecurityGroupType, "pods"))
		})
	}
}

func TestTrunkAndBranchInterfacesAreDeletedWithTheirNodes(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "standard").GroupedWeb()
	if orphans := worldtest.OrphansOfWhere(k.World, store.InterfaceType, nil); len(orphans) > 0 {
		t.Errorf("reported although their pods exist: %v", orphans)
	}
	k.Must(k.Delete(store.NodeGroupType, "general"))
	if left := k.World.All(store.InterfaceType, func(o *store.Object) bool { return o.Owner == store.ResourceControllerOwner }); len(left) > 0 {
		t.Errorf("interfaces remain: %v", left)
	}
}

// A rollout starts a pod beside those that end, whose interfaces the controller has yet to delete.
func TestARolloutWaitsForTheInterfacesOfEndedPods(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "standard")
	m := worldtest.Scaled(17)
	delete(worldtest.Container(m), "resources")
	k.Apply(store.SecurityGroupPolicyType, worldtest.GroupPolicy(k.IDs["pods"]))
	k.Apply(store.DeploymentType, m)
	again := worldtest.Edited(worldtest.Again(m, "1"), "spec.strategy", map[string]any{"rollingUpdate": map[string]any{"maxSurge": 0.0, "maxUnavailable": 5.0}})
	k.Must(k.Update(store.DeploymentType, "default/web", again))
	if branches := k.Branches(); len(branches) != 17 {
		t.Errorf("17 pods have %d branch interfaces", len(branches))
	}
	for _, trunk := range k.World.All(store.InterfaceType, func(o *store.Object) bool { return ec2.InterfaceOf(o).Kind == "trunk" }) {
		if all := k.World.With(store.InterfaceType, "trunkInterfaceId", trunk.ID); len(all) > 9 {
			t.Errorf("%s has %d branch interfaces", trunk.ID, len(all))
		}
	}
}

func TestInModeStandardTheKubeletReachesPodsWithoutARule(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "standard").PodGroup("closed")
	k.Apply(store.SecurityGroupPolicyType, worldtest.GroupPolicy(k.IDs["closed"]))
	k.Apply(store.DeploymentType, worldtest.Probed())
}

func TestInModeStrictTheKubeletReachesPodsWithARuleForTheNodes(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "strict").PodGroup("closed")
	nodes := ec2.InterfaceOf(ec2.PrimaryInterface(k.World.Account, node.ReadyNodes(k.World.Account, "dev")[0])).Groups[0]
	k.Make("from-nodes", store.GroupRuleType, store.Properties{"securityGroupId": k.IDs["closed"], "type": "ingress", "protocol": "tcp",
		"fromPort": 8080.0, "toPort": 8080.0, "sourceSecurityGroupId": nodes})
	k.Apply(store.SecurityGroupPolicyType, worldtest.GroupPolicy(k.IDs["closed"]))
	k.Apply(store.DeploymentType, worldtest.Probed())
}

func TestAWorkloadWhosePodsHaveBranchInterfacesGetsTheRuleOfItsLoadBalancer(t *testing.T) {
	k := worldtest.NewClusterOfPodGroups(t, "strict").PodGroup("closed")
	k.Controlled()
	k.Apply(store.SecurityGroupPolicyType, worldtest.GroupPolicy(k.IDs["closed"]))
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("nlb-target-type", "ip")))
	if lets := k.Lets(k.IDs["closed"]); !slices.Equal(lets, []string{"tcp 8080-8080"}) {
		t.Errorf("the group of the pods lets in %v", lets)
	}
	target := k.One(store.TargetGroupType)
	for _, id := range elb.TargetGroupOf(target).Targets {
		if why := elb.FailedHealthCheck(k.World.Account, target, id); why != "" {
			t.Errorf("%s fails: %s", id, why)
		}
	}
	k.Remove(store.ServiceType, "default/web")
	if lets := k.Lets(k.IDs["closed"]); len(lets) > 0 {
		t.Errorf("the group of the pods still lets in %v", lets)
	}
}

func TestInstanceTargetsReachPodsOfABranchInterfaceOnlyWithARule(t *testing.T) {
	for _, test := range []struct {
		mode, group, policy, want string
	}{
		{"standard", "pods", "Cluster", ""},
		{"strict", "pods", "Cluster", ""},
		{"standard", "closed", "Cluster", "do not let"},
		{"strict", "closed", "Cluster", "do not let"},
		{"standard", "pods", "Local", ""},
		{"strict", "pods", "Local", "externalTrafficPolicy Local"},
	} {
		t.Run(test.mode+" "+test.group+" "+test.policy, func(t *testing.T) {
			k := worldtest.NewClusterOfPodGroups(t, test.mode).PodGroup("closed")
			k.Controlled()
			k.Apply(store.SecurityGroupPolicyType, worldtest.GroupPolicy(k.IDs[test.group]))
			k.Apply(store.DeploymentType, worldtest.Web())
			m := worldtest.NLB(worldtest.Asked("nlb-target-type", "instance", "healthcheck-port", "traffic-port"))
			store.MapOf(m["spec"])["externalTrafficPolicy"] = test.policy
			k.Apply(store.ServiceType, m)
			target := k.One(store.TargetGroupType)
			for _, id := range elb.TargetGroupOf(target).Targets {
				if why := elb.FailedHealthCheck(k.World.Account, target, id); test.want == "" && why != "" || !strings.Contains(why, test.want) {
					t.Errorf("%s: %q, want %q", id, why, test.want)
				}
			}
		})
	}
}
