package node

import (
	"fmt"

	"eksnet/internal/awsdata"
	"eksnet/lab/process"
)

// Modes of kube-proxy.
const (
	ModeIPTables = "iptables"
	ModeNFTables = "nftables"
)

// kubeProxy returns the kube-proxy of the node, which has no range of pods, as with the VPC CNI. It does not set limits
// of connection tracking, which only the first network namespace may change.
func (n *Node) kubeProxy() (process.Spec, error) {
	file, err := n.writeConfiguration("kube-proxy.yaml", map[string]any{
		"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
		"bindAddress": "0.0.0.0", "healthzBindAddress": fmt.Sprintf("0.0.0.0:%d", awsdata.KubeProxyHealthPort), "metricsBindAddress": "127.0.0.1:10249",
		"hostnameOverride": n.Name, "mode": n.ProxyMode, "clientConnection": map[string]any{"kubeconfig": n.ProxyConfig},
		"conntrack": map[string]any{"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
	})
	if err != nil {
		return process.Spec{}, err
	}
	return process.Spec{Name: "kube-proxy-" + n.Name, Path: n.KubeProxy, Network: n.Network, Env: n.environment(),
		Args: []string{"--config=" + file}, Ready: n.checkHealth(awsdata.KubeProxyHealthPort)}, nil
}
