package cluster

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/build"
	"eksnet/lab/cri"
)

//go:embed policy_endpoints.yaml
var policyEndpointsManifest string

// cniObjects returns the objects that EKS installs for the VPC CNI, from the manifests of its own modules, with the
// images and the configuration of the stack.
func (l *Lab) cniObjects(image string) ([]*unstructured.Unstructured, error) {
	manifests := []string{policyEndpointsManifest}
	for _, file := range l.Tools.CNIManifests {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("manifests of the VPC CNI: %w", err)
		}
		manifests = append(manifests, string(content))
	}
	objects, err := decodeObjects(strings.Join(manifests, "\n---\n"))
	if err != nil {
		return nil, err
	}
	environment, err := l.Stack.CNI()
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		if o.GetKind() != "DaemonSet" {
			continue
		}
		if err := configureCNI(o, environment); err != nil {
			return nil, err
		}
	}
	registry, _, _ := strings.Cut(image, "/")
	return objects, setImages(objects, map[string]string{"amazon-k8s-cni": image,
		"amazon-k8s-cni-init":      strings.Replace(image, "amazon-k8s-cni:", "amazon-k8s-cni-init:", 1),
		"aws-network-policy-agent": registry + "/amazon/aws-network-policy-agent"})
}

// machineVolumes are volumes of aws-node that are folders of the machine outside of what the lab has for itself. The
// lab's stand-in does not use them.
var machineVolumes = []string{"bpf-pin-path", "cni-bin-dir", "cni-net-dir"}

// configureCNI sets the variables of the add-on's configuration, and removes volumes.
func configureCNI(daemonSet *unstructured.Unstructured, environment []string) error {
	isRemoved := func(entry any) bool {
		volume, is := entry.(map[string]any)
		name, _ := volume["name"].(string)
		return is && slices.Contains(machineVolumes, name)
	}
	pod, _, err := unstructured.NestedMap(daemonSet.Object, "spec", "template", "spec")
	if err != nil {
		return err
	}
	volumes, _ := pod["volumes"].([]any)
	pod["volumes"] = slices.DeleteFunc(volumes, isRemoved)
	for _, container := range containersOf(pod) {
		mounts, _ := container["volumeMounts"].([]any)
		container["volumeMounts"] = slices.DeleteFunc(mounts, isRemoved)
		if container["name"] == "aws-node" {
			container["env"] = overridden(container["env"], environment)
		}
	}
	return unstructured.SetNestedMap(daemonSet.Object, pod, "spec", "template", "spec")
}

// overridden returns the variables of a container with others, as NAME=VALUE, in the place of those with their names.
func overridden(list any, environment []string) []any {
	variables, _ := list.([]any)
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		variables = slices.DeleteFunc(variables, func(entry any) bool {
			known, is := entry.(map[string]any)
			return is && known["name"] == name
		})
		variables = append(variables, map[string]any{"name": name, "value": value})
	}
	return variables
}

// cniStandIn returns the program in the place of the CNI's images: it waits, and its probe succeeds. The lab itself
// sets up the network of nodes, with the CNI's code, and assigns addresses.
func (l *Lab) cniStandIn(search, programs []string) cri.Program {
	// The shell ignores the arguments of the manifest.
	return cri.Program{Command: []string{"sh", "-c", "exec " + l.Tools.Path(build.Agnhost) + " pause"}, Env: search, Programs: programs,
		Links: map[string]string{"/app/grpc-health-probe": filepath.Join("/bin", "true")}}
}
