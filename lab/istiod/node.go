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
	labels, err := os.ReadFile(labelsFile)
	if err != nil {
		return nil, err
	}
	return newNode(role, os.Environ(), string(labels))
}

// newNode returns a proxy in a pod with an environment and labels.
func newNode(role string, environment []string, labels string) (*node, error) {
	variables, metadata := map[string]string{}, map[string]any{"LABELS": parseLabels(labels)}
	for _, variable := range environment {
		key, value, _ := strings.Cut(variable, "=")
		variables[key] = value
		if key, is := strings.CutPrefix(key, metadataPrefix); is {
			metadata[key] = value // a text, also if it holds JSON, such as the ports of the pod
		}
	}
	n := &node{role: role, address: variables["INSTANCE_IP"], server: variables["CA_ADDR"]}
	if err := decodeVariable(variables, "ISTIO_KUBE_APP_PROBERS", &n.probes); err != nil {
		return nil, err
	}
	configuration := map[string]any{}
	if err := decodeVariable(variables, "PROXY_CONFIG", &configuration); err != nil {
		return nil, err
	}
	namespace, name := variables["POD_NAMESPACE"], variables["POD_NAME"]
	metadata["NAMESPACE"], metadata["NAME"], metadata["INSTANCE_IPS"] = namespace, name, n.address
	metadata["SERVICE_ACCOUNT"], metadata["PROXY_CONFIG"] = variables["SERVICE_ACCOUNT"], configuration
	fields, err := structpb.NewStruct(metadata)
	if err != nil {
		return nil, err
	}
	n.describe = &core.Node{Metadata: fields, Id: strings.Join([]string{role, n.address, name + "." + namespace, namespace + ".svc.cluster.local"}, "~")}
	return n, nil
}

// decodeVariable decodes the JSON in a variable, if there is one.
func decodeVariable(variables map[string]string, name string, into any) error {
	if variables[name] == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(variables[name]), into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
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
