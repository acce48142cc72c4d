package kube_test

import (
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestTheAPIServerSetsTheDefaultsOfAManifest(t *testing.T) {
	k := worldtest.NewCluster(t)
	m := worldtest.Web()
	delete(store.MapOf(m["spec"]), "replicas")
	o := k.Apply(store.DeploymentType, m)
	s := k.Apply(store.ServiceType, worldtest.Service("web", "NodePort"))
	for path, want := range map[string]any{"spec.replicas": 1.0, "spec.strategy.type": "RollingUpdate", "spec.strategy.rollingUpdate.maxSurge": "25%",
		"spec.template.spec.terminationGracePeriodSeconds": 30.0, "spec.template.spec.restartPolicy": "Always"} {
		if got := store.At(o.Outputs, path); got != want {
			t.Errorf("%s is %v, and not %v", path, got, want)
		}
	}
	for path, want := range map[string]any{"spec.sessionAffinity": "None", "spec.externalTrafficPolicy": "Cluster", "spec.internalTrafficPolicy": "Cluster"} {
		if got := store.At(s.Outputs, path); got != want {
			t.Errorf("%s is %v, and not %v", path, got, want)
		}
	}
	if worldtest.Container(o.Outputs)["imagePullPolicy"] != "IfNotPresent" || kube.PullPolicy("nginx") != "Always" || kube.PullPolicy("localhost:5000/nginx:latest") != "Always" {
		t.Error("the pull policy is not that of the API server")
	}
}

func TestTheDeprecatedFieldOfAServiceAccountHasTheValueOfTheOther(t *testing.T) {
	const pod = "spec.template.spec"
	for _, given := range []string{"serviceAccountName", "serviceAccount"} {
		m := worldtest.Web()
		store.MapOf(store.At(m, pod))[given] = "viewer"
		k := worldtest.NewCluster(t)
		k.Apply(store.ServiceAccountType, worldtest.Manifest("v1", "ServiceAccount", "viewer", nil))
		o := k.Apply(store.DeploymentType, m)
		for _, field := range []string{"serviceAccountName", "serviceAccount"} {
			if got := store.At(o.Outputs, pod+"."+field); got != "viewer" {
				t.Errorf("with %s, %s is %v", given, field, got)
			}
		}
	}
}

func TestAServiceWithoutNodePortsReleasesThem(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("nlb-target-type", "ip")))
	port := func() any {
		return store.ListOf(k.World.Find("dev", store.ServiceType, "default/web").At("spec.ports"))[0]["nodePort"]
	}
	if port() == nil {
		t.Fatal("it has no node port")
	}
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.NLB(worldtest.Asked("nlb-target-type", "ip")), "spec.allocateLoadBalancerNodePorts", false)))
	if port() != nil {
		t.Errorf("it keeps port %v", port())
	}
}

func TestAnAutoscalerKeepsPodsBetweenItsMinimumAndMaximum(t *testing.T) {
	k := worldtest.NewCluster(t)
	free := func() store.Properties {
		m := worldtest.Web()
		delete(store.MapOf(m["spec"]), "replicas")
		return m
	}
	k.Apply(store.DeploymentType, free())
	pods := func() int { return len(kube.InNamespace(k.World.Account, "dev", store.PodType, "default")) }
	k.Apply(store.AutoscalerType, worldtest.Autoscaled(3, 5))
	if pods() != 3 {
		t.Errorf("%d pods", pods())
	}
	k.Must(k.Update(store.DeploymentType, "default/web", worldtest.Edited(free(), "spec.template.metadata.annotations", map[string]any{"again": "1"})))
	if pods() != 3 {
		t.Errorf("%d pods after an update without a number", pods())
	}
	if o, err := k.Kube.Read(store.AutoscalerType, "default/web"); err != nil || o.Number("status.desiredReplicas") != 3 || store.At(o.Outputs, "spec.metrics") == nil {
		t.Errorf("%v: %v", err, o.Outputs)
	}
	k.Must(k.Update(store.AutoscalerType, "default/web", worldtest.Autoscaled(1, 2)))
	if pods() != 2 {
		t.Errorf("%d pods", pods())
	}
	k.Remove(store.AutoscalerType, "default/web")
}

func TestADisruptionBudgetCountsItsPods(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Scaled(3))
	k.Apply(store.DisruptionType, worldtest.Disruption(store.Properties{"minAvailable": 2.0}))
	status := func() [3]int {
		o := k.World.Find("dev", store.DisruptionType, "default/web")
		return [3]int{o.Number("status.expectedPods"), o.Number("status.desiredHealthy"), o.Number("status.disruptionsAllowed")}
	}
	if got := status(); got != [3]int{3, 2, 1} {
		t.Errorf("pods, those that must stay and those that may be evicted: %v", got)
	}
	k.Must(k.Update(store.DisruptionType, "default/web", worldtest.Disruption(store.Properties{"maxUnavailable": "67%"})))
	if got := status(); got != [3]int{3, 0, 3} {
		t.Errorf("pods, those that must stay and those that may be evicted: %v", got)
	}
	k.Remove(store.DisruptionType, "default/web")
}

func TestAnObjectWaitsForTheConditionOfItsAnnotation(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	// There are no pods yet: without the annotation the Service would wait for them.
	if o := k.Apply(store.ServiceType, worldtest.AwaitingAddress(worldtest.NLB(nil))); worldtest.Hostname(o) == "" {
		t.Error("no address")
	}
	settings := worldtest.Edited(worldtest.Manifest("v1", "ConfigMap", "settings", nil), "metadata.annotations", map[string]any{
		kube.WaitForAnnotation: `["jsonpath={.metadata.name}=settings", "jsonpath={.metadata.namespace}"]`})
	k.Apply(store.ConfigMapType, settings)
}
