package istio

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

const (
	istioSource     = "https://github.com/istio/istio/blob/1.30.3/"
	injectionSource = istioSource + "pkg/kube/inject/webhook.go"
)

var ValuesRead = store.NewRule("istiod injects proxies with the values of its ConfigMap",
	`Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: could not read valid values in ConfigMap %s: %s`,
	injectionSource)

// What istiod finds by name.
const (
	namespace = "istio-system"
	// injectorConfig is the ConfigMap with the values of its release.
	injectorConfig = namespace + "/istio-sidecar-injector"
	// rootCertificate is the ConfigMap with the certificate authority of the mesh, one in each namespace, which the
	// proxies mount.
	rootCertificate = "istio-ca-root-cert"
	// revokedList is the ConfigMap with the revoked certificates of the mesh, which the proxies mount if it exists.
	revokedList = "istio-ca-crl"
	// proxyName is the name of the container of a proxy, and proxyImage that of its image in each registry.
	proxyName  = "istio-proxy"
	proxyImage = "proxyv2"
	// automatic is the image of a container that istiod replaces.
	automatic = "auto"
	// templates is the annotation of a pod with the templates by which istiod changes it.
	templates = "inject.istio.io/templates"
)

// InjectPath is the path of the webhook that injects proxies.
const InjectPath = "/inject"

// Inject adds a proxy to a pod, or completes the one of a gateway.
func Inject(w *store.Account, pod *store.Object) error {
	values, err := readValues(w, pod.Cluster)
	if err != nil {
		return err
	}
	if kube.Meta(pod).GetAnnotations()[templates] == "gateway" {
		completeGateway(pod, values)
		return nil
	}
	addSidecar(pod, values)
	return nil
}

// injectorValues are the values that templates of proxies read.
type injectorValues struct {
	Global struct {
		Hub   string `json:"hub"`
		Tag   string `json:"tag"`
		Proxy struct {
			Image     string         `json:"image"`
			Resources map[string]any `json:"resources"`
		} `json:"proxy"`
	} `json:"global"`
}

// image returns the image of proxies.
func (v *injectorValues) image() string {
	return v.Global.Hub + "/" + v.Global.Proxy.Image + ":" + v.Global.Tag
}

// readValues reads the values from the ConfigMap of istiod's release.
func readValues(w *store.Account, cluster string) (*injectorValues, error) {
	o := w.Find(cluster, store.ConfigMapType, injectorConfig)
	if err := ValuesRead.When(o == nil, injectorConfig, "not found"); err != nil || o == nil {
		return nil, err
	}
	values := &injectorValues{}
	err := json.Unmarshal([]byte(kube.Live[corev1.ConfigMap](o).Data["values"]), values)
	return values, ValuesRead.When(err != nil, injectorConfig, fmt.Sprint(err))
}
