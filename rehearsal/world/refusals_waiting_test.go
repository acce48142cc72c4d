package world_test

import (
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func managerRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"another number of pods than an autoscaler wrote", kube.FieldConflict, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Scaled(2))
			k.Apply(store.AutoscalerType, worldtest.Autoscaled(3, 5))
			return k.Update(store.DeploymentType, "default/web", worldtest.Scaled(2))
		}},
	}
}

func TestAConflictIsReportedWithManagerAndFieldAsByTheAPIServer(t *testing.T) {
	err := managerRefusals()[0].try(worldtest.NewCluster(t))
	const want = `Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v", err)
	}
	fields := []kube.ManagedField{{Manager: `"a"`, Using: "v1", Path: []string{"spec", "x"}}, {Manager: `"a"`, Using: "v1", Path: []string{"spec", "y"}}}
	if got := kube.PrintConflicts(fields); got != "2 conflicts: conflicts with \"a\" using v1:\n- .spec.x\n- .spec.y" {
		t.Errorf("two conflicts are printed as %q", got)
	}
}

func waitingRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a Deployment whose pods take longer to terminate than the provider waits", kube.PodsEnd, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.SlowToEnd(700))
			return k.Kube.Delete(store.DeploymentType, "default/web")
		}},
		{"a rollout in more steps than the provider waits for", kube.RolloutEnds, func(k *worldtest.KubeLab) error {
			k.CheckedSlowly()
			return k.Update(store.DeploymentType, "default/web", worldtest.Again(worldtest.Web(), "1"))
		}},
		{"an update of nodes whose pods take longer to terminate than EKS waits", node.NodesEmpty, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.SlowToEnd(900))
			return k.NewRelease(store.Terms{})
		}},
		{"an update of nodes that takes longer than the provider waits", node.GroupRolls, func(k *worldtest.KubeLab) error {
			return k.NewRelease(store.Terms{Timeout: 5 * time.Minute})
		}},
	}
}
