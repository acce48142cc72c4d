package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/types/known/structpb"
)

// Files that istiod mounts into a pod with a proxy, and the prefix of variables that are metadata of the proxy
// (istio.io/istio, pkg/config/constants; pkg/bootstrap/config.go).
const (
	tokenFile      = "/var/run/secrets/tokens/istio-token"
	rootFile       = "/var/run/secrets/istio/root-cert.pem"
	labelsFile     = "/etc/istio/pod/labels"
	metadataPrefix = "ISTIO_META_"
)

// node describes a proxy to istiod.
type node struct {
	role, address string
	// server is the address of istiod.
	server string
	// probes are the probes of the application by path, which istiod has replaced by those paths at the agent.
	probes   map[string]probe
	describe *core.Node
}

// readNode reads what istiod has written into the environment and the files of the pod.
func readNode(role string) (*node, error) {
	namespace, name, address := os.Getenv("POD_NAMESPACE"), os.Getenv("POD_NAME"), os.Getenv("INSTANCE_IP")
	metadata := map[string]any{"NAMESPACE": namespace, "NAME": name, "SERVICE_ACCOUNT": os.Getenv("SERVICE_ACCOUNT"), "INSTANCE_IPS": address}
	for _, variable := range os.Environ() {
		key, value, _ := strings.Cut(variable, "=")
		if key, is := strings.CutPrefix(key, metadataPrefix); is {
			metadata[key] = value
		}
	}
	n := &node{role: role, address: address, server: os.Getenv("CA_ADDR")}
	if text := os.Getenv("ISTIO_KUBE_APP_PROBERS"); text != "" {
		if err := json.Unmarshal([]byte(text), &n.probes); err != nil {
			return nil, fmt.Errorf("ISTIO_KUBE_APP_PROBERS: %w", err)
		}
	}
	for key, text := range map[string]string{"PROXY_CONFIG": os.Getenv("PROXY_CONFIG"), "POD_PORTS": os.Getenv(metadataPrefix + "POD_PORTS")} {
		if text == "" {
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		metadata[key] = value
	}
	labels, err := os.ReadFile(labelsFile)
	if err != nil {
		return nil, err
	}
	metadata["LABELS"] = parseLabels(string(labels))
	fields, err := structpb.NewStruct(metadata)
	if err != nil {
		return nil, err
	}
	n.describe = &core.Node{Metadata: fields, Id: strings.Join([]string{role, address, name + "." + namespace, namespace + ".svc.cluster.local"}, "~")}
	return n, nil
}

// parseLabels reads the labels of a pod in the form of the downward API, such as app="echo"
// (kubernetes.io/docs/concepts/workloads/pods/downward-api).
func parseLabels(text string) map[string]any {
	labels := map[string]any{}
	for line := range strings.Lines(text) {
		key, quoted, found := strings.Cut(strings.TrimSpace(line), "=")
		if value, err := strconv.Unquote(quoted); found && err == nil {
			labels[key] = value
		}
	}
	return labels
}
