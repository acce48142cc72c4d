package addons

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/registered"
	"eksnet/plan/mesh"
)

// routesOf returns the resources of the routes of two workloads.
func routesOf(t *testing.T, kind string) map[string]map[string]any {
	t.Helper()
	text := func(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }
	return registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewIstioRoutes(ctx, "dev", &IstioRoutesArgs{
			Spec:      config.Istio{MTLS: config.MTLSPermissive, Routes: kind},
			Hosts:     []mesh.Host{{Name: "shop.example.com", Routes: []mesh.Route{{Prefix: "/cart", Workload: "cart"}}}, {Name: "*", Routes: []mesh.Route{{Prefix: "/", Workload: "hello"}}}},
			Workloads: []mesh.Workload{{Name: "cart", Hosts: []string{"shop.example.com"}, Paths: []string{"/cart"}}, {Name: "hello", Paths: []string{"/"}}},
			Namespace: text("istio-system"), GatewayNamespace: text("istio-ingress"), GatewayService: text("istio-ingress-nlb"),
			Services: map[string]MeshService{"cart": {text("cart"), text("cart")}, "hello": {text("hello"), text("hello")}},
		})
		return err
	})
}

func TestTheRoutesOfAMeshAreObjectsOfIstioOrOfTheGatewayAPI(t *testing.T) {
	for kind, want := range map[string][]string{
		config.RoutesIstio:      {"Gateway dev", "IstioRoutes dev", "PeerAuthentication dev", "VirtualService dev-any-host", "VirtualService dev-shop.example.com"},
		config.RoutesGatewayAPI: {"Gateway dev", "HTTPRoute dev-cart", "HTTPRoute dev-hello", "IstioRoutes dev", "PeerAuthentication dev"},
	} {
		if got := slices.Sorted(maps.Keys(routesOf(t, kind))); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

// Without an address istiod would create pods and a Service of its own for the Gateway.
func TestTheGatewayOfTheGatewayAPIUsesTheServiceOfTheStack(t *testing.T) {
	made := routesOf(t, config.RoutesGatewayAPI)
	gateway, _ := made["Gateway dev"]["spec"].(map[string]any)
	const address = "[map[type:Hostname value:istio-ingress-nlb.istio-ingress.svc.cluster.local]]"
	if gateway["gatewayClassName"] != "istio" || fmt.Sprint(gateway["addresses"]) != address {
		t.Errorf("the Gateway is %v", gateway)
	}
	cart, _ := made["HTTPRoute dev-cart"]["spec"].(map[string]any)
	if fmt.Sprint(cart["hostnames"]) != "[shop.example.com]" {
		t.Errorf("the route of cart is %v", cart)
	}
	hello, _ := made["HTTPRoute dev-hello"]["spec"].(map[string]any)
	if _, limited := hello["hostnames"]; limited {
		t.Errorf("the route of hello is %v", hello)
	}
}
