package world_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestPodsGetTheAssociationThatExistsWhenTheyAreCreated(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Agent()
	policy := worldtest.Read(t, worldtest.ControllerModule()+"/docs/install/iam_policy.json")
	k.Make("lbc-policy", store.PolicyType, store.Properties{"name": "lbc", "policy": policy})
	role := k.Role(store.ControllerOwner, worldtest.PodIdentityTrust("kube-system", store.ControllerOwner))
	k.Make("lbc-attachment", store.AttachmentType, store.Properties{"role": store.ControllerOwner, "policyArn": k.IDs["lbc-policy"]})
	k.Apply(store.ServiceAccountType, store.Properties{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{
		"name": store.ControllerOwner, "namespace": "kube-system"}})
	k.Apply(store.ReleaseType, k.ReleaseInputs())
	lacks := func() string {
		if err := lbc.ControllerOf(k.World.Account, "dev").Lacks(); err != nil {
			return err.Error()
		}
		return ""
	}
	if why := lacks(); !strings.Contains(why, "has no role") {
		t.Errorf("without an association: %q", why)
	}

	k.Make("association", store.PodIdentityType, store.Properties{"clusterName": "dev", "namespace": "kube-system",
		"serviceAccount": store.ControllerOwner, "roleArn": role})
	if why := lacks(); !strings.Contains(why, "has no role") {
		t.Errorf("pods that are older than their association: %q", why)
	}
	in := worldtest.Edited(k.ReleaseInputs(), "values.podAnnotations", map[string]any{"restarted": "now"})
	k.Must(k.Update(store.ReleaseType, "kube-system/"+store.ControllerOwner, in))
	if why := lacks(); why != "" {
		t.Errorf("pods that are newer than their association: %s", why)
	}

	k.Must(k.Delete(store.PodIdentityType, "association"))
	if why := lacks(); !strings.Contains(why, "No association found") {
		t.Errorf("pods whose association is deleted: %q", why)
	}
}

func TestNodesJoinWithTheCredentialsOfTheAgent(t *testing.T) {
	l := worldtest.NewLab(t)
	l.ClusterUp().CNIWithPodIdentity()
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	l.Must(l.Delete(store.NodeGroupType, "general"))

	l.Must(l.Delete(store.AddonType, "agent"))
	if err := l.Fails(store.NodeGroupType, l.GroupInputs()); !strings.Contains(err.Error(), "169.254.170.23") {
		t.Errorf("without the agent: %v", err)
	}
	l.Must(l.Delete(store.AddonType, "vpc-cni"))
	if left := l.World.All(store.PodIdentityType); len(left) > 0 {
		t.Errorf("the association of a deleted add-on remains: %v", left)
	}
}

func TestAClusterIsDeletedWithItsAssociations(t *testing.T) {
	l := worldtest.NewLab(t)
	l.ClusterUp().Associate("default", "web")
	l.Must(l.Delete(store.ClusterType, "cluster"))
	if left := l.World.All(store.PodIdentityType); len(left) > 0 {
		t.Errorf("associations remain: %v", left)
	}
}
