package world

import (
	"testing"
)

func TestTheAPIServerSetsTheDefaultsOfAManifest(t *testing.T) {
	k := newCluster(t)
	m := web()
	delete(mapOf(m["spec"]), "replicas")
	o := k.apply(deploymentType, m)
	s := k.apply(serviceType, service("web", "NodePort"))
	for path, want := range map[string]any{"spec.replicas": 1.0, "spec.strategy.type": "RollingUpdate", "spec.strategy.rollingUpdate.maxSurge": "25%",
		"spec.template.spec.terminationGracePeriodSeconds": 30.0, "spec.template.spec.restartPolicy": "Always"} {
		if got := at(o.Outputs, path); got != want {
			t.Errorf("%s is %v, and not %v", path, got, want)
		}
	}
	for path, want := range map[string]any{"spec.sessionAffinity": "None", "spec.externalTrafficPolicy": "Cluster", "spec.internalTrafficPolicy": "Cluster"} {
		if got := at(s.Outputs, path); got != want {
			t.Errorf("%s is %v, and not %v", path, got, want)
		}
	}
	if container(o.Outputs)["imagePullPolicy"] != "IfNotPresent" || pullPolicy("nginx") != "Always" || pullPolicy("localhost:5000/nginx:latest") != "Always" {
		t.Error("the pull policy is not that of the API server")
	}
}

func TestAServiceWithoutNodePortsReleasesThem(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(asked("nlb-target-type", "ip")))
	port := func() any {
		return listOf(k.world.find("dev", serviceType, "default/web").at("spec.ports"))[0]["nodePort"]
	}
	if port() == nil {
		t.Fatal("it has no node port")
	}
	k.must(k.update(serviceType, "default/web", edited(nlb(asked("nlb-target-type", "ip")), "spec.allocateLoadBalancerNodePorts", false)))
	if port() != nil {
		t.Errorf("it keeps port %v", port())
	}
}

func TestAnAutoscalerKeepsPodsBetweenItsMinimumAndMaximum(t *testing.T) {
	k := newCluster(t)
	free := func() Properties {
		m := web()
		delete(mapOf(m["spec"]), "replicas")
		return m
	}
	k.apply(deploymentType, free())
	pods := func() int { return len(k.world.inNamespace("dev", podType, "default")) }
	k.apply(autoscalerType, autoscaled(3, 5))
	if pods() != 3 {
		t.Errorf("%d pods", pods())
	}
	k.must(k.update(deploymentType, "default/web", edited(free(), "spec.template.metadata.annotations", map[string]any{"again": "1"})))
	if pods() != 3 {
		t.Errorf("%d pods after an update without a number", pods())
	}
	if o, err := k.kube.Read(autoscalerType, "default/web"); err != nil || o.number("status.desiredReplicas") != 3 || at(o.Outputs, "spec.metrics") == nil {
		t.Errorf("%v: %v", err, o.Outputs)
	}
	k.must(k.update(autoscalerType, "default/web", autoscaled(1, 2)))
	if pods() != 2 {
		t.Errorf("%d pods", pods())
	}
	k.remove(autoscalerType, "default/web")
}

func TestADisruptionBudgetCountsItsPods(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, scaled(3))
	k.apply(disruptionType, disruption(Properties{"minAvailable": 2.0}))
	status := func() [3]int {
		o := k.world.find("dev", disruptionType, "default/web")
		return [3]int{o.number("status.expectedPods"), o.number("status.desiredHealthy"), o.number("status.disruptionsAllowed")}
	}
	if got := status(); got != [3]int{3, 2, 1} {
		t.Errorf("pods, those that must stay and those that may be evicted: %v", got)
	}
	k.must(k.update(disruptionType, "default/web", disruption(Properties{"maxUnavailable": "67%"})))
	if got := status(); got != [3]int{3, 0, 3} {
		t.Errorf("pods, those that must stay and those that may be evicted: %v", got)
	}
	k.remove(disruptionType, "default/web")
}

func TestAnObjectWaitsForTheConditionOfItsAnnotation(t *testing.T) {
	k := newCluster(t).controlled()
	// There are no pods yet: without the annotation the Service would wait for them.
	if o := k.apply(serviceType, awaitingAddress(nlb(nil))); hostname(o) == "" {
		t.Error("no address")
	}
	settings := edited(manifest("v1", "ConfigMap", "settings", nil), "metadata.annotations", map[string]any{
		waitForAnnotation: `["jsonpath={.metadata.name}=settings", "jsonpath={.metadata.namespace}"]`})
	k.apply(configMapType, settings)
}
