package addons

import (
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/addons/gatewayapi"
	"eksnet/config"
	"eksnet/internal/registered"
)

func TestEachDefinitionOfTheGatewayAPIIsAResource(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewGatewayAPI(ctx, "dev-gateway-api")
		return err
	})
	want := []string{"GatewayAPI dev-gateway-api", "ValidatingAdmissionPolicy dev-gateway-api-safe-upgrades", "ValidatingAdmissionPolicyBinding dev-gateway-api-safe-upgrades"}
	for _, kind := range []string{"backendtlspolicies", "gatewayclasses", "gateways", "grpcroutes", "httproutes", "listenersets", "referencegrants", "tcproutes", "tlsroutes", "udproutes"} {
		want = append(want, "CustomResourceDefinition dev-gateway-api-"+kind)
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(made)); !slices.Equal(got, want) {
		t.Fatalf("resources are %v, want %v", got, want)
	}
	routes := made["CustomResourceDefinition dev-gateway-api-httproutes"]
	if names, _ := routes["spec"].(map[string]any)["names"].(map[string]any); names["kind"] != "HTTPRoute" {
		t.Errorf("the definition of httproutes has the names %v", names)
	}
	if name := routes["metadata"].(map[string]any)["name"]; name != "httproutes.gateway.networking.k8s.io" {
		t.Errorf("the definition of httproutes is named %v", name)
	}
	annotations := routes["metadata"].(map[string]any)["annotations"].(map[string]any)
	if annotations["pulumi.com/waitFor"] != "condition=Established" || annotations["gateway.networking.k8s.io/channel"] != "standard" {
		t.Errorf("the definition of httproutes has the annotations %v", annotations)
	}
	if _, status := routes["status"]; status {
		t.Error("the definition has a status, which the API server writes")
	}
}

// The API server compares these fields as one value with those that it stores.
func TestTheAdmissionPolicyHasTheDefaultsOfTheAPIServer(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewGatewayAPI(ctx, "dev-gateway-api")
		return err
	})
	for object, field := range map[string]string{"ValidatingAdmissionPolicy": "matchConstraints", "ValidatingAdmissionPolicyBinding": "matchResources"} {
		match, _ := made[object+" dev-gateway-api-safe-upgrades"]["spec"].(map[string]any)[field].(map[string]any)
		rules, _ := match["resourceRules"].([]any)
		if match["matchPolicy"] != "Equivalent" || match["namespaceSelector"] == nil || match["objectSelector"] == nil || len(rules) != 1 || rules[0].(map[string]any)["scope"] != "*" {
			t.Errorf("%s of the %s is %v", field, object, match)
		}
	}
}

// The controller disables its NLB half without TCPRoute and UDPRoute of v1alpha2.
func TestThePacketRoutesAreServedInTheVersionThatTheControllerReads(t *testing.T) {
	definitions, err := gatewayapi.Read()
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, d := range definitions {
		versions, _ := d.Spec["versions"].([]any)
		for _, v := range versions {
			if version := v.(map[string]any); version["served"] == true {
				served[d.Name()+" "+version["name"].(string)] = true
			}
		}
	}
	for _, want := range []string{"tcproutes.gateway.networking.k8s.io v1alpha2", "udproutes.gateway.networking.k8s.io v1alpha2", "tlsroutes.gateway.networking.k8s.io v1", "referencegrants.gateway.networking.k8s.io v1beta1"} {
		if !served[want] {
			t.Errorf("%s is not served", want)
		}
	}
}

func TestGatewayClassesAreThoseOfTheController(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewGatewayClasses(ctx, "dev")
		return err
	})
	for _, class := range []string{"alb", "nlb"} {
		object := made["GatewayClass dev-"+class]
		if name := object["metadata"].(map[string]any)["name"]; name != class {
			t.Errorf("class %s is named %v", class, name)
		}
		if controller := object["spec"].(map[string]any)["controllerName"]; controller != "gateway.k8s.aws/"+class {
			t.Errorf("class %s is of controller %v", class, controller)
		}
	}
}

// The controller looks for the Gateway API only when it starts.
func TestTheControllerRestartsWhenTheGatewayAPIIsAdded(t *testing.T) {
	pods := func(version string) pulumi.Input {
		args := &LoadBalancerControllerArgs{Spec: config.LoadBalancerController{Version: "3.2.2"}, GatewayAPI: version}
		return chartValues(args, pulumi.String("account"))["podAnnotations"]
	}
	if pods("") != nil {
		t.Errorf("pods of a stack without the Gateway API have the annotations %v", pods(""))
	}
	if annotations, _ := pods("v1.5.1").(pulumi.StringMap); annotations["eksnet/gateway-api"] != pulumi.String("v1.5.1") {
		t.Errorf("pods of a stack with the Gateway API have the annotations %v", annotations)
	}
}

// The controller accepts no class if it found no definitions when it started.
func TestUpWaitsUntilTheControllerAcceptsTheClasses(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewGatewayClasses(ctx, "dev")
		return err
	})
	for _, class := range []string{"GatewayClass dev-alb", "GatewayClass dev-nlb"} {
		metadata, _ := made[class]["metadata"].(map[string]any)
		if annotations, _ := metadata["annotations"].(map[string]any); annotations["pulumi.com/waitFor"] != "condition=Accepted" {
			t.Errorf("%s has the metadata %v", class, metadata)
		}
	}
}
