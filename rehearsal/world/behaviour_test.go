package world_test

import (
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestWhatIsNotSimulatedIsRefused(t *testing.T) {
	for path, value := range map[string]any{"computeConfig.enabled": true, "kubernetesNetworkConfig.ipFamily": "ipv6", "remoteNetworkConfig": store.Properties{}} {
		l := worldtest.NewLab(t).Network()
		l.Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
		if _, err := l.Try(store.ClusterType, worldtest.With(l.ClusterInputs(), path, value)); err == nil {
			t.Errorf("%s is accepted", path)
		}
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
	for _, k := range world.AWSKinds() {
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
	for _, k := range world.AWSKinds() {
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
