package cluster

import (
	"cmp"
	_ "embed"
	"net"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/internal/awsdata"
)

// Modes of kube-proxy.
const (
	ModeIPTables = "iptables"
	ModeNFTables = "nftables"
)

//go:embed kube_proxy.yaml
var kubeProxyManifest string

// kubeProxyObjects returns the objects of the add-on kube-proxy, with the address of the API server in the VPC.
func (l *Lab) kubeProxyObjects(image string) ([]*unstructured.Unstructured, error) {
	mode, err := l.Stack.ProxyMode()
	if err != nil {
		return nil, err
	}
	mode = cmp.Or(l.ProxyMode, mode, ModeIPTables)
	manifest := strings.NewReplacer("SERVER", l.apiServerURL(), "ANY", l.quoteIPv6(l.anyAddress()), `"MODE"`, `"`+mode+`"`,
		"HEALTH", l.proxyAddress(awsdata.KubeProxyHealthPort), "METRICS", l.proxyAddress(kubeProxyMetricsPort)).Replace(kubeProxyManifest)
	objects, err := decodeObjects(manifest)
	if err != nil {
		return nil, err
	}
	return objects, setImages(objects, map[string]string{"kube-proxy": image})
}

// kubeProxyMetricsPort is the port of kube-proxy's metrics.
const kubeProxyMetricsPort = 10249

// proxyAddress returns, in YAML, the address of a server of kube-proxy that listens to all addresses of the cluster's
// family.
func (l *Lab) proxyAddress(port int) string {
	return l.quoteIPv6(net.JoinHostPort(l.anyAddress(), strconv.Itoa(port)))
}

// quoteIPv6 quotes addresses of an IPv6 cluster, which YAML would read as lists or maps. EKS quotes no others.
func (l *Lab) quoteIPv6(address string) string {
	if l.Stack.Cluster.IPv6 {
		return strconv.Quote(address)
	}
	return address
}
