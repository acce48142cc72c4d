package eks_test

import (
	"slices"
	"strings"
	"testing"

	addonpkg "eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/ec2"
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

func TestAClusterWithoutSelfManagedAddOnsHasNoPodsOfEKS(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	l.Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
	l.Make("cluster", store.ClusterType, worldtest.With(l.ClusterInputs(), "bootstrapSelfManagedAddons", false))
	for _, addon := range addonpkg.SystemAddons {
		if kube.WorkloadOf(l.World.Account, "dev", addon) != nil {
			t.Errorf("%s is installed", addon)
		}
	}
	fixed, err := l.Client.ForceNew(store.ClusterType)
	if err != nil || !slices.Contains(fixed, "bootstrapSelfManagedAddons") {
		t.Errorf("a change of the property keeps the cluster: %v %v", fixed, err)
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
