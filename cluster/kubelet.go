package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// kubeletMap is a map of the kubelet's configuration with its name in KubeletConfiguration and in the settings of
// Bottlerocket.
type kubeletMap struct {
	name, setting string
	entries       map[string]string
}

// kubeletMaps returns the maps of the kubelet's configuration that the stack file has.
func kubeletMaps(k config.Kubelet) []kubeletMap {
	all := []kubeletMap{
		{"kubeReserved", "kube-reserved", resourcesOf(k.KubeReserved)},
		{"systemReserved", "system-reserved", resourcesOf(k.SystemReserved)},
		{"evictionHard", "eviction-hard", evictionThresholds(k.EvictionHard)},
	}
	return slices.DeleteFunc(all, func(m kubeletMap) bool { return len(m.entries) == 0 })
}

func resourcesOf(r config.ReservedResources) map[string]string {
	all := map[string]string{"cpu": r.CPU, "memory": r.Memory, "ephemeral-storage": r.EphemeralStorage}
	maps.DeleteFunc(all, func(_, quantity string) bool { return quantity == "" })
	return all
}

// evictionThresholds adds the thresholds of EKS's images to those of the stack file. AL2023 keeps its own for signals
// that are not written, and Bottlerocket drops them: with all of them written, both do the same (k8s.io/kubernetes,
// cmd/kubelet/app/server.go, mergeKubeletConfigurations; github.com/bottlerocket-os/bottlerocket-core-kit,
// packages/kubernetes-1.33/kubelet-config; github.com/awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go).
func evictionThresholds(written map[string]string) map[string]string {
	if len(written) == 0 {
		return nil
	}
	all := map[string]string{"memory.available": "100Mi", "nodefs.available": "10%", "nodefs.inodesFree": "5%"}
	maps.Copy(all, written)
	return all
}

// yaml returns the map as a field of a KubeletConfiguration. Values are quoted, because each is a string.
func (m kubeletMap) yaml(indent string) string {
	text := indent + m.name + ":\n"
	for _, key := range slices.Sorted(maps.Keys(m.entries)) {
		text += fmt.Sprintf("%s  %s: %q\n", indent, key, m.entries[key])
	}
	return text
}

// toml returns the map as a table of Bottlerocket. A key with a dot is quoted: without quotes it is a path.
func (m kubeletMap) toml() []string {
	lines := []string{"[settings.kubernetes." + m.setting + "]"}
	for _, key := range slices.Sorted(maps.Keys(m.entries)) {
		name := key
		if strings.Contains(key, ".") {
			name = fmt.Sprintf("%q", key)
		}
		lines = append(lines, fmt.Sprintf("%s = %q", name, m.entries[key]))
	}
	return lines
}
