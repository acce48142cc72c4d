package addons

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/charts"
)

// meshSpec is a mesh with other settings than the defaults.
var meshSpec = config.Istio{
	Version: "1.30.3", Charts: "oci://111122223333.dkr.ecr.eu-north-1.amazonaws.com/charts/", Hub: "registry.example.com/istio", MTLS: config.MTLSPermissive,
	Istiod: config.Istiod{Replicas: 3, CPU: 300, MemoryMiB: 700}, Sidecar: config.IstioProxy{CPU: 20, MemoryMiB: 50},
	Gateway: config.IstioGateway{Replicas: 4, ClientAddress: config.ClientPreserved},
}

func TestTheChartsOfIstioAreInOneFolderOfARegistry(t *testing.T) {
	for _, chart := range []string{charts.IstioBase, charts.Istiod, charts.IstioGateway} {
		inputs := istioRelease(meshSpec, chart, "some-name", config.IstioNamespace, nil).inputs()
		want := pulumi.String("oci://111122223333.dkr.ecr.eu-north-1.amazonaws.com/charts/" + chart)
		if inputs["chart"] != want || inputs["version"] != pulumi.String("1.30.3") || inputs["name"] != pulumi.String("some-name") {
			t.Errorf("%s: %v", chart, inputs)
		}
	}
	published := meshSpec
	published.Charts = "https://istio-release.storage.googleapis.com/charts"
	inputs := istioRelease(published, charts.Istiod, istiodName, config.IstioNamespace, nil).inputs()
	if inputs["chart"] != pulumi.String("istiod") || !reflect.DeepEqual(inputs["repositoryOpts"], pulumi.StringMap{"repo": pulumi.String(published.Charts)}) {
		t.Errorf("in a repository: %v", inputs)
	}
}

func TestIstiodAndItsProxiesRequestWhatTheStackFileSays(t *testing.T) {
	values := istiodValues(meshSpec)
	requested := func(cpu, memory string) pulumi.Map {
		return pulumi.Map{"requests": pulumi.StringMap{"cpu": pulumi.String(cpu), "memory": pulumi.String(memory)}}
	}
	for key, want := range map[string]pulumi.Input{
		"autoscaleEnabled": pulumi.Bool(false), "replicaCount": pulumi.Int(3), "resources": requested("300m", "700Mi"),
		"global": pulumi.Map{"hub": pulumi.String("registry.example.com/istio"), "tag": pulumi.String("1.30.3"),
			"proxy": pulumi.Map{"resources": requested("20m", "50Mi")}},
	} {
		if !reflect.DeepEqual(values[key], want) {
			t.Errorf("%s is %v, want %v", key, values[key], want)
		}
	}
}

func TestTheGatewayOfAMeshHasTheServiceOfTheStack(t *testing.T) {
	values := istioGatewayValues(meshSpec.Gateway)
	if !reflect.DeepEqual(values["service"], pulumi.Map{"type": pulumi.String("None")}) || values["replicaCount"] != pulumi.Int(4) {
		t.Errorf("the values are %v", values)
	}
	if _, proxied := values["podAnnotations"]; proxied {
		t.Error("the gateway expects the proxy protocol")
	}
	spec := meshSpec.Gateway
	spec.ClientAddress = config.ClientProxyProtocol
	if _, proxied := istioGatewayValues(spec)["podAnnotations"]; !proxied {
		t.Error("the gateway does not expect the proxy protocol")
	}
}

func TestAPathMatchesItselfAndWhatIsBelowIt(t *testing.T) {
	uri := func(kind, value string) pulumi.Map {
		return pulumi.Map{"uri": pulumi.StringMap{kind: pulumi.String(value)}}
	}
	if got := matches("/shop"); !reflect.DeepEqual(got, pulumi.Array{uri("exact", "/shop"), uri("prefix", "/shop/")}) {
		t.Errorf("/shop: %v", got)
	}
	if got := matches("/"); !reflect.DeepEqual(got, pulumi.Array{uri("prefix", "/")}) {
		t.Errorf("/: %v", got)
	}
}

func TestTheRoutesOfEachHostHaveAName(t *testing.T) {
	for host, want := range map[string]string{"*": "any-host", "*.example.com": "any.example.com", "shop.example.com": "shop.example.com"} {
		if got := hostObject(host); got != want {
			t.Errorf("%s is %s, want %s", host, got, want)
		}
	}
}
