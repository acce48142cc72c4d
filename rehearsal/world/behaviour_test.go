package world_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/world"
	addonpkg "eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestCreatingAClusterCreatesWhatEKSCreates(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	cluster := l.Object(store.ClusterType, "cluster")
	if enis := ec2.InterfacesOf(l.World.Account, "Amazon EKS dev"); len(enis) != 2 {
		t.Errorf("control plane has %d interfaces", len(enis))
	}
	group := l.World.Get(store.SecurityGroupType, cluster.Text("vpcConfig.clusterSecurityGroupId"))
	if group == nil || group.Owner != "eks" || !strings.HasPrefix(group.Text("name"), "eks-cluster-sg-dev-") {
		t.Errorf("cluster security group: %v", group)
	}
	for _, addon := range addonpkg.SystemAddons {
		if kube.WorkloadOf(l.World.Account, "dev", addon) == nil {
			t.Errorf("%s is not installed", addon)
		}
	}
	creator := "dev#arn:aws:iam::111122223333:user/operator#arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
	if l.World.Get(store.AccessPolicyType, creator) == nil {
		t.Error("the creator is not an admin")
	}
	if logs := l.World.Get(store.LogGroupType, "/aws/eks/dev/cluster"); logs == nil || logs.Owner != "eks" {
		t.Errorf("log group: %v", logs)
	}
}

func TestTheAddressOfAClusterDoesNotDependOnItsEndpointAccess(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	if got := l.Object(store.ClusterType, "cluster").Text("endpoint"); got != "https://127.0.0.1:41234" {
		t.Errorf("endpoint %s", got)
	}
	if err := l.Change(store.ClusterType, "dev", store.Properties{"vpcConfig": worldtest.With(l.ClusterInputs(), "vpcConfig.endpointPublicAccess", false)["vpcConfig"]}); err != nil {
		t.Fatal(err)
	}
	if got := l.Object(store.ClusterType, "cluster").Text("endpoint"); got != "https://127.0.0.1:41234" {
		t.Errorf("private endpoint %s", got)
	}
}

func TestALogGroupThatEKSCreatesRemainsAfterItsCluster(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	if err := l.Delete(store.ClusterType, "dev"); err != nil {
		t.Fatal(err)
	}
	left := l.World.Leftovers()
	if !slices.ContainsFunc(left, func(o cleanup.Leftover) bool { return o.ID == "/aws/eks/dev/cluster" && o.Owner == "eks" }) {
		t.Errorf("leftovers %v", left)
	}
}

func TestEKSRecreatesALogGroupThatIsDeletedBeforeItsCluster(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Make("logs", store.LogGroupType, store.Properties{"name": "/aws/eks/dev/cluster"})
	l.ClusterUp()
	if err := l.Delete(store.LogGroupType, "logs"); err != nil {
		t.Fatal(err)
	}
	if o := l.World.Get(store.LogGroupType, "/aws/eks/dev/cluster"); o == nil || o.Owner != "eks" {
		t.Errorf("log group: %v", o)
	}
}

func TestAClusterIsUpgradedByOneVersion(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	if err := l.Change(store.ClusterType, "dev", store.Properties{"version": "1.36"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Change(store.NodeGroupType, "dev:general", store.Properties{"version": "1.36"}); err != nil {
		t.Fatal(err)
	}
	o, _ := l.Client.Read(store.NodeGroupType, "dev:general")
	if o.Outputs["version"] != "1.36" {
		t.Errorf("version %v", o.Outputs["version"])
	}
}

func TestWhatIsNotSimulatedIsRefused(t *testing.T) {
	for path, value := range map[string]any{"computeConfig.enabled": true, "kubernetesNetworkConfig.ipFamily": "ipv6", "remoteNetworkConfig": store.Properties{}} {
		l := worldtest.NewLab(t).Network()
		l.Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
		if _, err := l.Try(store.ClusterType, worldtest.With(l.ClusterInputs(), path, value)); err == nil {
			t.Errorf("%s is accepted", path)
		}
	}
}

func TestALoadBalancersSubnetsAndGatewayCannotBeDeletedBeforeIt(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	if err := worldtest.FirstErr(l.Delete(store.NatType, "nat"), l.Delete(store.EipType, "eip")); err != nil {
		t.Fatal(err)
	}
	o, err := elb.CreateLoadBalancer(l.World.Account, elb.LoadBalancerSpec{Name: "web", Kind: "network", Scheme: "internet-facing", Owner: "test", VPC: l.IDs["vpc"],
		Subnets: []string{l.IDs["public-a"], l.IDs["public-b"]}})
	if err != nil {
		t.Fatal(err)
	}
	if got := worldtest.RuleOf(l.Delete(store.InternetGatewayType, "igw")); got != ec2.GatewayUnmapped {
		t.Errorf("internet gateway: %v", got)
	}
	if got := worldtest.RuleOf(l.Delete(store.SubnetType, "public-a")); got != ec2.SubnetEmpty {
		t.Errorf("subnet: %v", got)
	}
	if err := elb.DeleteLoadBalancer(l.World.Account, o); err != nil {
		t.Fatal(err)
	}
	if err := worldtest.FirstErr(l.Delete(store.InternetGatewayType, "igw"), l.Delete(store.SubnetType, "public-a")); err != nil {
		t.Error(err)
	}
}

func TestDefaultTagsAreMergedAndAResourcesOwnTagTakesPrecedence(t *testing.T) {
	l := worldtest.NewLab(t)
	in, _, err := l.Client.Check(store.VPCType, "vpc", nil, store.Properties{"cidrBlock": "10.0.0.0/16", "tags": store.Properties{"team": "mine", "Name": "vpc"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := iam.JSONText(in["tags"]); got != `{"Name":"vpc","team":"mine"}` {
		t.Errorf("tags %s", got)
	}
	in, _, _ = l.Client.Check(store.VPCType, "vpc", nil, store.Properties{"cidrBlock": "10.0.0.0/16"})
	if got := iam.JSONText(in["tags"]); got != `{"team":"platform"}` {
		t.Errorf("tags %s", got)
	}
}

func TestUnknownValuesOfAPreviewAreNotRefused(t *testing.T) {
	l := worldtest.NewLab(t)
	for _, k := range world.AwsKinds() {
		in := store.Properties{}
		for _, p := range []string{"cidrBlock", "name", "tags", "vpcConfig", "deletionWindowInDays", "retentionInDays", "nodeGroupName", "taints", "thumbprintLists", "enabledClusterLogTypes"} {
			in[p] = store.Unknown{}
		}
		if _, failures, err := l.Client.Check(k.Typ, "thing", nil, in); err != nil || len(failures) > 0 {
			t.Errorf("%s: %v %v", k.Typ, failures, err)
		}
	}
}

func TestTheRegionCanBeChangedOnlyIfTheAccountIsEmpty(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16"})
	if _, err := l.World.AWS(world.AWSConfig{Region: "us-east-1"}); err == nil {
		t.Error("an account with objects was moved to another region")
	}
	if err := l.Delete(store.VPCType, "vpc"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.World.AWS(world.AWSConfig{Region: "us-east-1"}); err != nil {
		t.Error(err)
	}
}

func TestEveryKindTakesTime(t *testing.T) {
	for _, k := range world.AwsKinds() {
		if creation, deletion := world.Times(k.Typ, nil); creation == 0 || deletion == 0 {
			t.Errorf("%s takes no time", k.Typ)
		}
	}
	if creation, _ := world.Times(store.AddonType, store.Properties{"addonName": "coredns"}); creation != 35*time.Second {
		t.Errorf("CoreDNS takes %s", creation)
	}
}

func TestNamesInChinaHaveItsPartition(t *testing.T) {
	w := world.New(store.Options{Verify: *worldtest.Verify, Account: worldtest.Account})
	client, err := w.AWS(world.AWSConfig{Region: "cn-north-1"})
	if err != nil {
		t.Fatal(err)
	}
	l := &worldtest.Lab{T: t, World: w, Client: client, IDs: map[string]string{}}
	l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16"})
	if arn := l.Object(store.VPCType, "vpc").Text("arn"); !strings.HasPrefix(arn, "arn:aws-cn:ec2:cn-north-1:") {
		t.Errorf("arn %s", arn)
	}
	l.Make("r", store.RoleType, store.Properties{"name": "r", "assumeRolePolicy": worldtest.TrustFor("ec2")})
	l.Make("a", store.AttachmentType, store.Properties{"role": "r", "policyArn": "arn:aws-cn:iam::aws:policy/AmazonEKSWorkerNodePolicy"})
}
