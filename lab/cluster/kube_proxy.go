package cluster

import (
	"cmp"
	_ "embed"
	"fmt"
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
	host := l.anyAddress()
	if l.Stack.Cluster.IPv6 {
		host = "[" + host + "]"
	}
	manifest := strings.NewReplacer("SERVER", l.apiServerURL(), `"ANY"`, `"`+l.anyAddress()+`"`, "HOST", host, `"MODE"`, `"`+mode+`"`,
		":HEALTH", fmt.Sprintf(":%d", awsdata.KubeProxyHealthPort)).Replace(kubeProxyManifest)
	objects, err := decodeObjects(manifest)
	if err != nil {
		return nil, err
	}
	return objects, setImages(objects, map[string]string{"kube-proxy": image})
}
