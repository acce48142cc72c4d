package workloads_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/workloads"
)

// fenced is what a sample of a NetworkPolicy is made of.
func fenced(t *testing.T) map[string]resource.PropertyMap {
	t.Helper()
	c := &cluster{made: map[string]resource.PropertyMap{}}
	spec := config.Workload{Kind: config.KindPolicy, App: config.AppEcho, Image: "registry.example.com/agnhost:1", Replicas: 1}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		server, err := workloads.NewApplication(ctx, "shop", &workloads.ApplicationArgs{Spec: spec})
		if err != nil {
			return err
		}
		if _, err := workloads.NewPods(ctx, "shop", &workloads.PodsArgs{Spec: spec, Application: server}); err != nil {
			return err
		}
		_, err = workloads.NewPolicy(ctx, "shop", &workloads.PolicyArgs{Spec: spec, Application: server})
		return err
	}, pulumi.WithMocks("eksnet", "test", c))
	if err != nil {
		t.Fatal(err)
	}
	return c.made
}

func TestThePolicyLetsOneClientInToTheServerAndNobodyElse(t *testing.T) {
	made := fenced(t)
	policy := made["NetworkPolicy shop"]
	const name = `["app.kubernetes.io/name"]`
	if at(policy, "spec.podSelector.matchLabels"+name) != at(made["Deployment shop"], "spec.template.metadata.labels"+name) {
		t.Errorf("the policy is over %v", at(policy, "spec.podSelector"))
	}
	peer := at(policy, "spec.ingress[0].from[0].podSelector.matchLabels"+name)
	if peer != at(made["Deployment shop-allowed"], "spec.template.metadata.labels"+name) || peer == at(made["Deployment shop-denied"], "spec.template.metadata.labels"+name) {
		t.Errorf("let in is %v", peer)
	}
	if at(policy, "spec.ingress[1]") != nil || at(policy, "spec.ingress[0].from[1]") != nil {
		t.Errorf("others are let in too: %v", at(policy, "spec.ingress"))
	}
}

// The agent knows the container's port alone.
func TestServicePolicyAndContainerHaveOnePort(t *testing.T) {
	made := fenced(t)
	for what, port := range map[string]any{
		"the Service":   at(made["Service shop-policy"], "spec.ports[0].port"),
		"the policy":    at(made["NetworkPolicy shop"], "spec.ingress[0].ports[0].port"),
		"the container": at(made["Deployment shop"], "spec.template.spec.containers[0].ports[0].containerPort"),
	} {
		if port != 8080.0 {
			t.Errorf("%s has the port %v", what, port)
		}
	}
}

func TestEachClientIsReadyOnlyWhileItFaresAsItShould(t *testing.T) {
	made := fenced(t)
	probe := func(client string) string {
		var words []string
		for _, word := range at(made["Deployment "+client], "spec.template.spec.containers[0].readinessProbe.exec.command").([]any) {
			words = append(words, word.(string))
		}
		return strings.Join(words, " ")
	}
	const ask = "/agnhost connect shop-policy:8080 --timeout=2s"
	if got := probe("shop-allowed"); got != ask {
		t.Errorf("the allowed client is ready by %q", got)
	}
	// Dropped packets end in TIMEOUT; a name that is not known, or a server that is not there, do not.
	if got := probe("shop-denied"); got != "/bin/sh -c "+ask+" 2>&1 | grep -q TIMEOUT" {
		t.Errorf("the denied client is ready by %q", got)
	}
	for _, client := range []string{"shop-allowed", "shop-denied"} {
		if image := at(made["Deployment "+client], "spec.template.spec.containers[0].image"); image != "registry.example.com/agnhost:1" {
			t.Errorf("%s runs %v, which the mirror does not hold", client, image)
		}
	}
}
