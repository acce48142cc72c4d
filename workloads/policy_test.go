package workloads_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/workloads"
)

// policyResources returns the resources of a sample NetworkPolicy.
func policyResources(t *testing.T) map[string]resource.PropertyMap {
	t.Helper()
	c := &mockCluster{registered: map[string]resource.PropertyMap{}}
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
	return c.registered
}

func TestThePolicyAllowsOneClientOnly(t *testing.T) {
	made := policyResources(t)
	policy := made["NetworkPolicy shop"]
	const name = `["app.kubernetes.io/name"]`
	if propertyAt(policy, "spec.podSelector.matchLabels"+name) != propertyAt(made["Deployment shop"], "spec.template.metadata.labels"+name) {
		t.Errorf("the policy selects %v", propertyAt(policy, "spec.podSelector"))
	}
	peer := propertyAt(policy, "spec.ingress[0].from[0].podSelector.matchLabels"+name)
	if peer != propertyAt(made["Deployment shop-allowed"], "spec.template.metadata.labels"+name) || peer == propertyAt(made["Deployment shop-denied"], "spec.template.metadata.labels"+name) {
		t.Errorf("the policy allows %v", peer)
	}
	if propertyAt(policy, "spec.ingress[1]") != nil || propertyAt(policy, "spec.ingress[0].from[1]") != nil {
		t.Errorf("the policy allows others too: %v", propertyAt(policy, "spec.ingress"))
	}
}

// The network policy agent supports only the container's own port number.
func TestServicePolicyAndContainerUseTheSamePort(t *testing.T) {
	made := policyResources(t)
	for what, port := range map[string]any{
		"the Service":   propertyAt(made["Service shop-policy"], "spec.ports[0].port"),
		"the policy":    propertyAt(made["NetworkPolicy shop"], "spec.ingress[0].ports[0].port"),
		"the container": propertyAt(made["Deployment shop"], "spec.template.spec.containers[0].ports[0].containerPort"),
	} {
		if port != 8080.0 {
			t.Errorf("%s has the port %v", what, port)
		}
	}
}

func TestEachClientIsReadyOnlyWithTheExpectedResult(t *testing.T) {
	made := policyResources(t)
	probe := func(client string) string {
		var words []string
		for _, word := range propertyAt(made["Deployment "+client], "spec.template.spec.containers[0].readinessProbe.exec.command").([]any) {
			words = append(words, word.(string))
		}
		return strings.Join(words, " ")
	}
	const ask = "/agnhost connect shop-policy:8080 --timeout=2s"
	if got := probe("shop-allowed"); got != ask {
		t.Errorf("the allowed client's probe is %q", got)
	}
	// Dropped packets end in TIMEOUT; an unknown name or a missing server do not.
	if got := probe("shop-denied"); got != "/bin/sh -c "+ask+" 2>&1 | grep -q TIMEOUT" {
		t.Errorf("the denied client's probe is %q", got)
	}
	for _, client := range []string{"shop-allowed", "shop-denied"} {
		if image := propertyAt(made["Deployment "+client], "spec.template.spec.containers[0].image"); image != "registry.example.com/agnhost:1" {
			t.Errorf("%s runs %v, which is not in the mirror", client, image)
		}
	}
}
