package addon_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestAClusterHasTheObjectsThatEKSInstalls(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Nodes()
	cluster := l.IDs["cluster"]
	find := func(typ, name string) *store.Object {
		t.Helper()
		o := l.World.Find(cluster, typ, name)
		if o == nil {
			t.Fatalf("%s %s does not exist", typ, name)
		}
		return o
	}
	for _, name := range []string{"eniconfigs.crd.k8s.amazonaws.com", "cninodes.vpcresources.k8s.aws", "policyendpoints.networking.k8s.aws", "securitygrouppolicies.vpcresources.k8s.aws"} {
		find(store.CrdType, name)
	}
	image := func(o *store.Object) string {
		return store.ListOf(o.At("spec.template.spec.containers"))[0]["image"].(string)
	}
	for name, part := range map[string]string{"aws-node": ".dkr.ecr.ap-northeast-2.amazonaws.com/amazon-k8s-cni:v1.", "kube-proxy": "/eks/kube-proxy:v1.35.0-minimal-eksbuild."} {
		if got := image(find(store.DaemonSetType, "kube-system/"+name)); !strings.Contains(got, part) {
			t.Errorf("image of %s: %s", name, got)
		}
	}
	configuration := func() string {
		return find(store.ConfigMapType, "kube-system/kube-proxy-config").Outputs["data"].(map[string]any)["config"].(string)
	}
	if !strings.Contains(configuration(), `mode: "iptables"`) {
		t.Error(configuration())
	}
	addon := l.AddonInputs("kube-proxy")
	addon["configurationValues"], addon["resolveConflictsOnCreate"] = `{"mode":"nftables"}`, "OVERWRITE"
	l.Make("kube-proxy", store.AddonType, addon)
	if !strings.Contains(configuration(), `mode: "nftables"`) {
		t.Error(configuration())
	}
	if err := l.Delete(store.AddonType, "kube-proxy"); err != nil || l.World.Find(cluster, store.ConfigMapType, "kube-system/kube-proxy-config") != nil {
		t.Errorf("after the deletion of the add-on: %v", err)
	}
}
