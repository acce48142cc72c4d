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
