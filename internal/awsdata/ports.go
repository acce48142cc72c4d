package awsdata

// Ports of a node that answer whatever runs there: kube-proxy's own health
// (kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy, --healthz-bind-address) and the kubelet's
// (kubernetes.io/docs/reference/networking/ports-and-protocols).
const (
	KubeProxyHealthPort = 10256
	KubeletPort         = 10250
)

// The ports of nodes that Kubernetes gives to Services
// (kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver, --service-node-port-range).
const (
	FirstNodePort = 30000
	LastNodePort  = 32767
)

// Iperf3Port is the port of iperf3's servers, for TCP and UDP (software.es.net/iperf/invoking.html, --port).
const Iperf3Port = 5201
