package scenario_test

import (
	"context"
	"testing"

	"eksnet/addons/gatewayapi"
	"eksnet/rehearsal/world"
)

const (
	definitionType  = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
	gatewayType     = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
	gatewaysOfStack = "gateways.gateway.networking.k8s.io"
)

// gatewayAPIStack replaces texts of stack local: something manages the definitions of the Gateway API.
func gatewayAPIStack(crds string) []string {
	return []string{"  eksnet:workloads:", "  eksnet:addons: {gatewayApi: {crds: " + crds + "}}\n  eksnet:workloads:"}
}

// applyGatewayOfOthers creates a Gateway as a user of the cluster does, which gets a load balancer of the controller.
func (p *builtStack) applyGatewayOfOthers() {
	p.t.Helper()
	err := p.World().ApplyManifest("local", world.Properties{
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": map[string]any{"namespace": "default", "name": "others"},
		"spec": map[string]any{"gatewayClassName": "nlb", "listeners": []any{map[string]any{"name": "tcp", "port": 80.0, "protocol": "TCP"}}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.mustHaveGatewayOfOthers()
}

// mustHaveGatewayOfOthers fails unless the Gateway is there, and its load balancer.
func (p *builtStack) mustHaveGatewayOfOthers() {
	p.t.Helper()
	o := p.World().Find("local", gatewayType, "default/others")
	if o == nil || o.At("metadata.deletionTimestamp") != nil {
		p.t.Fatalf("the Gateway is %v", o)
	}
	addresses, _ := o.At("status.addresses").([]any)
	if len(addresses) != 1 {
		p.t.Errorf("the Gateway has the addresses %v", addresses)
	}
}

// Without the definitions, which the stack no longer manages, the cluster would have no Gateways.
func TestTheGatewaysOfOthersRemainWhenTheStackLeavesTheirDefinitions(t *testing.T) {
	t.Parallel()
	p := buildStack(t, gatewayAPIStack("own")...)
	p.applyGatewayOfOthers()
	for _, crds := range []string{"existing", "own"} {
		if err := p.upAgain(gatewayAPIStack(crds)...); err != "" {
			t.Fatalf("up with %s reports %s", crds, err)
		}
		p.mustHaveGatewayOfOthers()
	}
	// A class waits for the Gateways that name it.
	mustContain(t, p.upAgain("team: platform", "team: platform"), "unable to delete GatewayClass [nlb], as it is still referenced by Gateways")
	p.mustHaveGatewayOfOthers()
	if definition := p.World().Find("local", definitionType, gatewaysOfStack); definition == nil || definition.At("metadata.deletionTimestamp") != nil {
		t.Errorf("the definition of Gateways is %v", definition)
	}
}

func TestDefinitionsOfOthersAreTakenOverIfTheyAreTheSame(t *testing.T) {
	t.Parallel()
	p := buildStack(t)
	definitions, err := gatewayapi.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range definitions {
		if err := p.World().ApplyManifest("local", world.Properties{"apiVersion": d.APIVersion, "kind": d.Kind, "metadata": d.Metadata, "spec": d.Spec}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.upAgain(gatewayAPIStack("own")...); err != "" {
		t.Fatalf("up reports %s", err)
	}
	p.applyGatewayOfOthers()
	if o := p.World().Find("local", definitionType, gatewaysOfStack); o.Owner != "" {
		t.Errorf("the owner of the definition is %s", o.Owner)
	}
}

func TestDefinitionsOfOthersThatDifferAreNotTakenOver(t *testing.T) {
	t.Parallel()
	p := buildStack(t)
	definitions, err := gatewayapi.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range definitions {
		if d.Name() != gatewaysOfStack {
			continue
		}
		d.Metadata["annotations"].(map[string]any)["gateway.networking.k8s.io/bundle-version"] = "v1.5.0"
		if err := p.World().ApplyManifest("local", world.Properties{"apiVersion": d.APIVersion, "kind": d.Kind, "metadata": d.Metadata, "spec": d.Spec}); err != nil {
			t.Fatal(err)
		}
	}
	mustContain(t, p.upAgain(gatewayAPIStack("own")...), "Server-Side Apply field conflict detected", "conflict with kubectl using apiextensions.k8s.io/v1: .metadata.annotations.gateway.networking.k8s.io/bundle-version")
	if destroy := p.Destroy(context.Background()); destroy.Error != "" {
		t.Errorf("destroy reports %s", destroy.Error)
	}
}
