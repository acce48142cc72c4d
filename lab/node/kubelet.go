package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"

	"eksnet/lab/process"
)

// kubelet returns the kubelet of the node. Its runtime runs processes without cgroups, so it creates none, and it
// evicts no pod because of the machine's disk or memory.
func (n *Node) kubelet() (process.Spec, error) {
	none := map[string]string{"memory.available": "0%", "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%"}
	file, err := n.writeConfiguration("kubelet.yaml", map[string]any{
		"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
		"address": n.address().String(), "healthzBindAddress": "127.0.0.1", "healthzPort": kubeletHealthPort,
		"authentication": map[string]any{
			"x509":      map[string]any{"clientCAFile": n.Authority},
			"webhook":   map[string]any{"enabled": true},
			"anonymous": map[string]any{"enabled": false},
		},
		"authorization": map[string]any{"mode": "Webhook"},
		"clusterDomain": "cluster.local", "clusterDNS": []string{n.ClusterDNS}, "resolvConf": n.path("resolv.conf"),
		"providerID": n.ProviderID, "maxPods": n.MaxPods,
		"containerRuntimeEndpoint": "unix://" + n.socket(),
		"podLogsDir":               n.path("pod-logs"), "volumePluginDir": n.path("volume-plugins"),
		"cgroupsPerQOS": false, "enforceNodeAllocatable": []string{}, "failCgroupV1": false, "failSwapOn": false,
		"featureGates": map[string]bool{"KubeletInUserNamespace": true},
		"evictionHard": none, "imageGCHighThresholdPercent": 100, "localStorageCapacityIsolation": false,
		"serializeImagePulls": false, "oomScoreAdj": 0,
		"nodeStatusUpdateFrequency": "5s", "syncFrequency": "10s",
	})
	if err != nil {
		return process.Spec{}, err
	}
	if err := os.WriteFile(n.path("resolv.conf"), []byte("nameserver "+n.Resolver+"\n"), 0o644); err != nil {
		return process.Spec{}, err
	}
	return process.Spec{Name: "kubelet-" + n.Name, Path: n.Kubelet, Network: n.Network, Env: n.environment(),
		EmptyFolders: []string{devicePlugins},
		Args: []string{"--config=" + file, "--kubeconfig=" + n.KubeletConfig, "--hostname-override=" + n.Name, "--node-ip=" + n.address().String(), "--cloud-provider=external",
			"--root-dir=" + filepath.Join(n.Root, "kubelet"), "--cert-dir=" + n.path("kubelet-certificates"), "--v=1"},
		Ready: n.checkHealth(kubeletHealthPort)}, nil
}

// devicePlugins has the socket of each kubelet's registry of device plugins, whatever its root folder
// (k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1, DevicePluginPath). Of two kubelets that start at the same time in the
// same folder, one ends.
const devicePlugins = "/var/lib/kubelet"

// kubeletHealthPort is the default port of the kubelet's health, on the loopback interface.
const kubeletHealthPort = 10248

// checkHealth returns a function that requests the health of a program of the node.
func (n *Node) checkHealth(port int) func(context.Context) error {
	return process.CheckStatusOK(n.Network.HTTPClient(), fmt.Sprintf("http://127.0.0.1:%d/healthz", port))
}

// writeConfiguration writes a configuration file of a program.
func (n *Node) writeConfiguration(name string, content map[string]any) (string, error) {
	text, err := yaml.Marshal(content)
	if err != nil {
		return "", err
	}
	return n.path(name), os.WriteFile(n.path(name), text, 0o600)
}
