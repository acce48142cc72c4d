package lbc_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestPodsWaitForTheirTargetsToBeHealthy(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.GatedWeb()
	pods := func() []*store.Object {
		return kube.InNamespace(k.World.Account, "dev", store.PodType, "default", kube.PodReady)
	}
	for _, pod := range pods() {
		if gates := kube.GatesOf(pod); len(gates) != 1 || kube.PodCondition(pod, gates[0]) != "True" {
			t.Errorf("%s waits for %v", pod.ID, gates)
		}
	}
	reached(k)
	// While the controller can't act, a rollout stops and the existing pods continue to serve.
	old := len(pods())
	k.Must(k.Delete(store.AttachmentType, "lbc-attachment"))
	worldtest.Refused(t, k.Update(store.DeploymentType, "default/web", worldtest.Edited(worldtest.Web(), "spec.template.metadata.annotations", map[string]any{"again": "1"})), lbc.PodGated)
	if len(pods()) != old || old != 2 {
		t.Errorf("%d of %d pods still serve", len(pods()), old)
	}
	k.Make("lbc-attachment", store.AttachmentType, store.Properties{"role": "lbc-role", "policyArn": k.IDs["lbc-policy"]})
	for _, pod := range pods() {
		if kube.Meta(pod).GetAnnotations()["again"] != "1" {
			t.Errorf("%s is of before the rollout", pod.ID)
		}
	}
	k.Remove(store.ServiceType, "default/web")
	if len(pods()) != 2 {
		t.Error("pods are not ready after their load balancer is deleted")
	}
}

func TestPodsOlderThanTheirLoadBalancerHaveNoReadinessGateAndThisIsReported(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.World.Find("dev", store.NamespaceType, "default").Set("metadata.labels", map[string]any{lbc.GateLabel: "enabled"})
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("nlb-target-type", "ip")))
	if lines := k.World.Unreachable(); len(lines) != 2 || !strings.Contains(lines[0], "has no readiness gate") {
		t.Errorf("reported as %v", lines)
	}
}
