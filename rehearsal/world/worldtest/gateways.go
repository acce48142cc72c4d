package worldtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"

	"eksnet/rehearsal/world/store"
)

// GatewayModuleVariable has the folder of the Gateway API's module for the processes of mutation tests.
const GatewayModuleVariable = "GATEWAY_MODULE"

// GatewayModule returns the folder of the Gateway API's module.
var GatewayModule = sync.OnceValue(func() string {
	if dir := os.Getenv(GatewayModuleVariable); dir != "" {
		return dir
	}
	dir, err := exec.Command("go", "list", "-mod=mod", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(dir))
})

// gatewayFiles are the definitions that the load balancer controller reads, and the policy for their upgrades.
var gatewayFiles = strings.Fields(`standard/gatewayclasses standard/gateways standard/httproutes standard/grpcroutes standard/tlsroutes standard/referencegrants
	standard/listenersets experimental/tcproutes experimental/udproutes standard/vap_safeupgrades`)

// GatewayManifests returns the manifests of one file of the Gateway API, such as standard/gateways.
func (l *Lab) GatewayManifests(file string) []store.Properties {
	l.T.Helper()
	channel, name, _ := strings.Cut(file, "/")
	raw, err := os.ReadFile(filepath.Join(GatewayModule(), "config", "crd", channel, "gateway.networking.k8s.io_"+name+".yaml"))
	if err != nil {
		l.T.Fatal(err)
	}
	var manifests []store.Properties
	for _, document := range strings.Split(string(raw), "\n---\n") {
		manifest := store.Properties{}
		if err := yaml.Unmarshal([]byte(document), &manifest); err != nil {
			l.T.Fatal(err)
		}
		if manifest["kind"] != nil {
			manifests = append(manifests, manifest)
		}
	}
	return manifests
}

// TypeOf returns the Pulumi token of a manifest.
func TypeOf(manifest store.Properties) string {
	version := store.OrText(manifest["apiVersion"], "")
	if !strings.Contains(version, "/") {
		version = "core/" + version
	}
	return "kubernetes:" + version + ":" + store.OrText(manifest["kind"], "")
}

// GatewayAPI creates the definitions of the Gateway API, and its admission policy, except those of some files.
func (k *KubeLab) GatewayAPI(except ...string) *KubeLab {
	k.T.Helper()
	for _, file := range gatewayFiles {
		if len(except) > 0 && strings.Contains(strings.Join(except, " "), file) {
			continue
		}
		for _, manifest := range k.GatewayManifests(file) {
			k.Apply(TypeOf(manifest), manifest)
		}
	}
	return k
}

// Gateways installs the Gateway API and the controller with some values, accepts the classes alb and nlb, and runs web
// behind a Service with node ports.
func (k *KubeLab) Gateways(values map[string]any) *KubeLab {
	k.T.Helper()
	k.GatewayAPI().Balancing(values)
	k.Apply(store.GatewayClassType, GatewayClass("alb"))
	k.Apply(store.GatewayClassType, GatewayClass("nlb"))
	return k
}

// GatewayClass returns a class of one of the load balancer controller's layers, alb or nlb.
func GatewayClass(layer string) store.Properties {
	return Manifest("gateway.networking.k8s.io/v1", "GatewayClass", layer, store.Properties{"controllerName": "gateway.k8s.aws/" + layer})
}

// Gateway returns a Gateway with one listener, whose configuration is of the same name.
func Gateway(name, class string) store.Properties {
	protocol := map[string]string{"alb": "HTTP", "nlb": "TCP"}[class]
	m := Manifest("gateway.networking.k8s.io/v1", "Gateway", name, store.Properties{"gatewayClassName": class,
		"listeners":      []any{map[string]any{"name": "main", "port": 80.0, "protocol": protocol}},
		"infrastructure": map[string]any{"parametersRef": map[string]any{"group": "gateway.k8s.aws", "kind": "LoadBalancerConfiguration", "name": name}}})
	return With(m, "metadata.annotations", map[string]any{"pulumi.com/waitFor": `["condition=Programmed", "jsonpath={.status.addresses[0].value}"]`})
}

// BalancerConfiguration returns a configuration of a load balancer.
func BalancerConfiguration(name string, spec store.Properties) store.Properties {
	return Manifest("gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration", name, spec)
}

// TargetConfiguration returns a configuration of the target groups of a Service.
func TargetConfiguration(service string, configuration store.Properties) store.Properties {
	return Manifest("gateway.k8s.aws/v1beta1", "TargetGroupConfiguration", service, store.Properties{
		"targetReference": map[string]any{"name": service}, "defaultConfiguration": map[string]any(configuration)})
}

// Route returns a route of web to a Gateway that waits until it is accepted: an HTTPRoute for an Application, a
// TCPRoute for a Network Load Balancer.
func Route(gateway, class string) (typ string, m store.Properties) {
	typ, version, kind := store.HTTPRouteType, "gateway.networking.k8s.io/v1", "HTTPRoute"
	if class == "nlb" {
		typ, version, kind = store.TCPRouteType, "gateway.networking.k8s.io/v1alpha2", "TCPRoute"
	}
	m = Manifest(version, kind, "web", store.Properties{"parentRefs": []any{map[string]any{"name": gateway}},
		"rules": []any{map[string]any{"backendRefs": []any{map[string]any{"name": "web", "port": 80.0}}}}})
	return typ, With(m, "metadata.annotations", map[string]any{
		"pulumi.com/waitFor": `jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True`})
}

// Gated creates a Gateway of a class with its configuration, and a route of web.
func (k *KubeLab) Gated(class string, spec store.Properties) *KubeLab {
	k.T.Helper()
	k.Apply(store.BalancerConfigurationType, BalancerConfiguration("web", spec))
	k.Apply(store.GatewayType, Gateway("web", class))
	k.Apply(Route("web", class))
	return k
}
