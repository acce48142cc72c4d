package world

import (
	"testing"
	"time"
)

// slowToEnd returns web with pods that may take some seconds to terminate.
func slowToEnd(seconds float64) Properties {
	return edited(web(), "spec.template.spec.terminationGracePeriodSeconds", seconds)
}

// newRelease updates the nodes of the cluster's node group to another image.
func (k *kubeLab) newRelease(terms Terms) error {
	o, err := k.client.Read(nodeGroupType, "dev:general")
	if err != nil {
		return err
	}
	o.Inputs["releaseVersion"] = "1.35.9-20261201"
	_, err = k.client.With(terms).Update(nodeGroupType, "dev:general", o.Inputs)
	return err
}

// checkedSlowly creates web behind a load balancer for which a target is healthy after 5 checks, one every 2 minutes.
func (k *kubeLab) checkedSlowly() {
	k.gatedWeb()
	k.must(k.update(serviceType, "default/web", awaitingAddress(nlb(map[string]any{
		servicePrefixes + "aws-load-balancer-nlb-target-type":               "ip",
		servicePrefixes + "aws-load-balancer-healthcheck-interval":          "120",
		servicePrefixes + "aws-load-balancer-healthcheck-healthy-threshold": "5",
	}))))
}

func again(m Properties, value string) Properties {
	return edited(m, "spec.template.metadata.annotations", map[string]any{"again": value})
}

func waitingRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a Deployment whose pods take longer to terminate than the provider waits", podsEnd, func(k *kubeLab) error {
			k.apply(deploymentType, slowToEnd(700))
			return k.kube.Delete(deploymentType, "default/web")
		}},
		{"a rollout in more steps than the provider waits for", rolloutEnds, func(k *kubeLab) error {
			k.checkedSlowly()
			return k.update(deploymentType, "default/web", again(web(), "1"))
		}},
		{"an update of nodes whose pods take longer to terminate than EKS waits", nodesEmpty, func(k *kubeLab) error {
			k.apply(deploymentType, slowToEnd(900))
			return k.newRelease(Terms{})
		}},
		{"an update of nodes that takes longer than the provider waits", groupRolls, func(k *kubeLab) error {
			return k.newRelease(Terms{Timeout: 5 * time.Minute})
		}},
	}
}

func TestADeploymentIsDeletedIfTheProviderWaitsForItsPods(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, slowToEnd(700))
	if err := k.kube.With(Terms{Timeout: 700 * time.Second}).Delete(deploymentType, "default/web"); err != nil {
		t.Error(err)
	}
	if k.world.find("dev", deploymentType, "default/web") != nil {
		t.Error("the Deployment still exists")
	}
}

// The deletion continues after the provider's timeout, so another call waits for the rest.
func TestADeleteThatTimedOutIsCompletedByTheNext(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, slowToEnd(1500))
	for _, want := range []Rule{podsEnd, podsEnd, {}} {
		if got := ruleOf(k.kube.Delete(deploymentType, "default/web")); got != want {
			t.Fatalf("the delete ends with %v and not %v", got, want)
		}
	}
	if k.world.find("dev", deploymentType, "default/web") != nil {
		t.Error("the Deployment still exists")
	}
}

func TestANamespaceWaitsForThePodsInIt(t *testing.T) {
	k := newCluster(t)
	k.apply(namespaceType, manifest("v1", "Namespace", "shop", nil))
	k.apply(deploymentType, edited(slowToEnd(700), "metadata.namespace", "shop"))
	if got := ruleOf(k.kube.Delete(namespaceType, "shop")); got != podsEnd {
		t.Errorf("the delete ends with %v", got)
	}
	k.must(k.kube.Delete(namespaceType, "shop"))
	if k.world.find("dev", namespaceType, "shop") != nil {
		t.Error("the namespace still exists")
	}
}

func TestARolloutCompletesIfTheProviderWaitsForAllItsSteps(t *testing.T) {
	k := newCluster(t)
	k.checkedSlowly()
	// Two pods are replaced one after the other, and each is healthy after ten minutes.
	if got := ruleOf(k.update(deploymentType, "default/web", again(web(), "1"))); got != rolloutEnds {
		t.Errorf("ten minutes are enough: %v", got)
	}
	if _, err := k.kube.With(Terms{Timeout: 20 * time.Minute}).Update(deploymentType, "default/web", again(web(), "2")); err != nil {
		t.Errorf("in twenty minutes: %v", err)
	}
	k.must(k.update(deploymentType, "default/web", edited(again(web(), "2"), "metadata.labels", map[string]any{"team": "shop"})))
}

func TestNodesAreUpdatedInTheStepsOfTheirNodeGroup(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	// A node starts in five minutes, and its pods terminate in half a minute.
	for nodes, steps := range map[float64]time.Duration{1: 2, 2: 1} {
		k.must(k.change(nodeGroupType, "dev:general", Properties{"updateConfig": Properties{"maxUnavailable": nodes}}))
		if got := ruleOf(k.newRelease(Terms{Timeout: steps*(5*time.Minute+30*time.Second) - time.Second})); got != groupRolls {
			t.Errorf("%v nodes at once: %v", nodes, got)
		}
	}
	k.must(k.newRelease(Terms{}))
}
