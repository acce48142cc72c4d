package config

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"eksnet/internal/awsdata"
	"eksnet/internal/charts"
)

// Istio is the service mesh Istio, docs/istio.md: its definitions, its control plane istiod, and a gateway behind a
// Network Load Balancer, through which clients reach the workloads of kind mesh. Not installed by default; {} installs
// it.
type Istio struct {
	// Version is the version of Istio and of its charts, 1.30.x. Default 1.30.4.
	Version string `json:"version"`
	// Charts is the location of the charts base, istiod and gateway: an https:// repository, or the oci:// address of
	// the folder that has copies of the three. Default https://istio-release.storage.googleapis.com/charts.
	Charts string `json:"charts"`
	// Hub is the registry and folder of the images pilot and proxyv2, for a mirror; the version is their tag. Default
	// registry.istio.io/release.
	Hub string `json:"hub"`
	// MTLS determines which connections the pods of workloads of kind mesh accept: strict (default), only those with
	// mutual TLS, which proxies of the mesh open, or permissive, also those in plain text, such as of pods without a
	// proxy.
	MTLS string `json:"mtls"`
	// Routes determines the objects that describe the routes of the gateway: istio (default), a Gateway and
	// VirtualServices of Istio, or gatewayApi, a Gateway of class istio and HTTPRoutes, which needs addons.gatewayApi.
	Routes string `json:"routes"`
	// Istiod is the control plane, which configures the proxies, and injects them into pods.
	Istiod Istiod `json:"istiod"`
	// Sidecar is what the proxy in each pod of a workload of kind mesh requests, in addition to the application.
	Sidecar IstioProxy `json:"sidecar"`
	// Gateway is the gateway of the mesh, in the namespace istio-ingress.
	Gateway IstioGateway `json:"gateway"`
}

// Istiod is the control plane of Istio.
type Istiod struct {
	// Replicas is the number of pods, 2 to 10: with one, its PodDisruptionBudget lets no node be drained that runs it.
	// Default 2.
	Replicas int `json:"replicas"`
	// CPU is what a pod requests, in millicores, 10 to 16000. Default 250; the chart's own default is 500.
	CPU int `json:"cpu"`
	// MemoryMiB is what a pod requests, in MiB, 128 to 65536. Default 512; the chart's own default is 2048.
	MemoryMiB int `json:"memoryMiB"`
}

// IstioProxy is what a proxy requests.
type IstioProxy struct {
	// CPU is in millicores, 10 to 2000, the limit of a proxy. Default 100.
	CPU int `json:"cpu"`
	// MemoryMiB is in MiB, 40 to 1024, the limit of a proxy. Default 128.
	MemoryMiB int `json:"memoryMiB"`
}

// IstioGateway is the gateway of the mesh.
type IstioGateway struct {
	// Replicas is the number of pods, 1 to 10. Each requests 100 millicores and 128 MiB. Default 2.
	Replicas int `json:"replicas"`
	// Scheme is that of the load balancer, internet-facing (default) or internal.
	Scheme string `json:"scheme"`
	// SourceRanges are the IPv4 ranges, and with ipFamily ipv6 also IPv6 ranges, from which clients may connect.
	// Default: any.
	SourceRanges []string `json:"sourceRanges"`
	// PrefixLists are prefix lists from which clients may connect, as in workloads.<name>.prefixLists. Default: none.
	PrefixLists map[string]int `json:"prefixLists"`
	// ClientAddress is how the gateway gets the address of a client, which it adds to the header X-Forwarded-For:
	// preserved (default), the load balancer keeps it as the source of its packets, proxyProtocol, it sends it in a
	// header of version 2, or none, the gateway sees the load balancer's.
	ClientAddress string `json:"clientAddress"`
}

// The values of addons.istio.mtls, of addons.istio.routes, and of addons.istio.gateway.clientAddress.
const (
	MTLSStrict     = "strict"
	MTLSPermissive = "permissive"

	RoutesIstio      = "istio"
	RoutesGatewayAPI = "gatewayApi"

	ClientPreserved     = "preserved"
	ClientProxyProtocol = "proxyProtocol"
	ClientNone          = "none"
)

// IstioHub is the registry of Istio's images (istio.io/latest/docs/ops/deployment/image-variants).
const IstioHub = "registry.istio.io/release"

// IstioNamespace is the namespace of istiod. IstioGatewayName is the name of the workload that is the gateway of the
// mesh, of its namespace, and of its release. No workload of a stack file has one of these names.
const (
	IstioNamespace   = "istio-system"
	IstioGatewayName = "istio-ingress"
)

func (i *Istio) setDefaults() {
	*i = Istio{
		Version: charts.IstioVersion, Charts: charts.Get(charts.Istiod).Repository, Hub: IstioHub, MTLS: MTLSStrict, Routes: RoutesIstio,
		Istiod:  Istiod{Replicas: 2, CPU: 250, MemoryMiB: 512},
		Sidecar: IstioProxy{CPU: 100, MemoryMiB: 128},
		Gateway: IstioGateway{Replicas: 2, Scheme: InternetFacing, ClientAddress: ClientPreserved},
	}
}

// Image returns one of the images of Istio.
func (i *Istio) Image(name string) string { return i.Hub + "/" + name + ":" + i.Version }

// addIstioGateway adds the gateway of the mesh as a workload, so that it has the load balancer, the quotas, the records
// and the path of a workload. In returns the path of the add-on for it. A workload of the stack file keeps the name,
// and validation refuses it.
func (s *Stack) addIstioGateway() {
	istio := s.Addons.Istio
	if _, taken := s.Workloads[IstioGatewayName]; istio == nil || taken {
		return
	}
	gateway := istio.Gateway
	workload := Workload{
		Kind: KindNLB, App: AppIstioGateway, Scheme: gateway.Scheme, SourceRanges: gateway.SourceRanges, PrefixLists: gateway.PrefixLists, Image: istio.Image("proxyv2"),
		PreserveClientAddress: point(gateway.ClientAddress == ClientPreserved), ProxyProtocol: gateway.ClientAddress == ClientProxyProtocol,
		Health:   &Health{Protocol: HealthHTTP, Port: Port(strconv.Itoa(awsdata.IstioHealthPort)), Path: awsdata.IstioHealthPath},
		Replicas: gateway.Replicas, GracePeriod: untyped, Port: untyped,
	}
	if workload.ProxyProtocol {
		// Health checks have the header too, and the port of the check accepts none
		// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#proxy-protocol).
		workload.Health.Protocol, workload.Health.Path = HealthTCP, ""
	}
	all := maps.Clone(s.Workloads)
	if all == nil {
		all = map[string]Workload{}
	}
	all[IstioGatewayName] = workload
	s.Workloads = all
}

const istioPath = "addons.istio"

func (i *Istio) check(v *validator, s *Stack) {
	const path = istioPath
	v.istioVersion(path+".version", i.Version, s.Cluster.Version)
	v.istioCharts(path+".charts", i.Charts)
	if !repository.MatchString(i.Hub) || !strings.Contains(i.Hub, "/") {
		v.Add(path+".hub", "%q is not the registry and folder of images, such as %s or 111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/istio", i.Hub, IstioHub)
	}
	v.oneOf(path+".mtls", i.MTLS, MTLSStrict, MTLSPermissive)
	v.oneOf(path+".routes", i.Routes, RoutesIstio, RoutesGatewayAPI)
	if i.Routes == RoutesGatewayAPI && s.Addons.GatewayAPI == nil {
		v.Add(path+".routes", "%s, but the stack has no definitions of the Gateway API; add addons: {gatewayApi: {}}, or write %s", i.Routes, RoutesIstio)
	}
	v.between(path+".istiod.replicas", i.Istiod.Replicas, 2, 10, "replicas")
	v.between(path+".istiod.cpu", i.Istiod.CPU, 10, 16000, "millicores")
	v.between(path+".istiod.memoryMiB", i.Istiod.MemoryMiB, 128, 65536, "MiB")
	v.between(path+".sidecar.cpu", i.Sidecar.CPU, 10, awsdata.IstioProxyMostMilliCPU, "millicores")
	v.between(path+".sidecar.memoryMiB", i.Sidecar.MemoryMiB, 40, awsdata.IstioProxyMostMiB, "MiB")
	v.between(path+".gateway.replicas", i.Gateway.Replicas, 1, 10, "replicas")
	v.oneOf(path+".gateway.clientAddress", i.Gateway.ClientAddress, ClientPreserved, ClientProxyProtocol, ClientNone)
}

// controller has the pods of istiod; those of the gateway are of a workload.
func (i *Istio) controller() Controller {
	return Controller{
		Path: istioPath,
		Pods: []ControllerPods{{Name: "istiod", Count: i.Istiod.Replicas, MilliCPU: i.Istiod.CPU, MiB: i.Istiod.MemoryMiB, Surges: true}},
		Images: []ControllerImage{
			{Path: istioPath + ".hub", Name: i.Image("pilot")},
			{Path: istioPath + ".hub", Name: i.Image("proxyv2")},
		},
	}
}

// istioVersion refuses versions whose values may be others, or that are not tested with the cluster's version.
func (v *validator) istioVersion(path, version, kubernetes string) {
	such := charts.IstioVersion
	if !chartVersion.MatchString(version) {
		v.Add(path, "%q is not a version of Istio, such as %s", version, such)
		return
	}
	minor := version[:strings.LastIndex(version, ".")]
	tested, known := awsdata.IstioKubernetes[minor]
	switch {
	case !known:
		v.Add(path, "%s, but eksnet writes values for Istio %s.x; write %s", version, list(slices.Sorted(maps.Keys(awsdata.IstioKubernetes))...), such)
	case slices.Contains(Versions, kubernetes) && !slices.Contains(tested, kubernetes):
		v.Add(path, "%s, which is for Kubernetes %s, but cluster.version is %s; change one of the two", version, list(tested...), kubernetes)
	}
}

// istioCharts is where Helm finds the three charts.
func (v *validator) istioCharts(path, text string) {
	such := charts.Get(charts.Istiod).Repository
	at, err := url.Parse(text)
	switch {
	case err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "oci":
		v.Add(path, "%q is not the location of charts; an https:// repository or the oci:// address of a folder is accepted, such as %s", text, such)
	case at.User != nil:
		v.Add(path, "the address contains a user name or password, which would be readable in the state; use helm registry login instead")
	case at.RawQuery != "" || at.Fragment != "":
		v.Add(path, "%q has more than host and path; write %s://%s%s", text, at.Scheme, at.Host, at.Path)
	case at.Scheme == "oci" && slices.Contains([]string{charts.IstioBase, charts.Istiod, charts.IstioGateway}, text[strings.LastIndex(text, "/")+1:]):
		v.Add(path, "%q is the address of one chart; write that of the folder with the three charts, %s", text, text[:strings.LastIndex(text, "/")])
	}
}

// mesh checks a workload that clients reach through the gateway of the mesh.
func (v *validator) mesh(path string, w Workload, istio *Istio) {
	if istio == nil {
		v.Add(path+".kind", "mesh, but the stack has no mesh; add addons: {istio: {}}, or write kind: alb")
	}
	v.filled(path+".hosts", w.Hosts, "shop.example.com", "any host")
	v.filled(path+".paths", w.Paths, "/shop", "all")
	for i, host := range w.Hosts {
		v.host(At(path+".hosts", i), host, w.Hosts[:i])
	}
	for i, prefix := range w.Paths {
		v.prefix(At(path+".paths", i), prefix, w.Paths[:i], w.App)
	}
	v.pods(path, w)
}

// sidecar checks a workload with a load balancer of its own whose pods get a proxy.
func (v *validator) sidecar(path string, w Workload, istio *Istio) {
	if !w.Mesh {
		return
	}
	switch {
	case istio == nil:
		v.Add(path+".mesh", "true, but the stack has no mesh; add addons: {istio: {mtls: %s}}, or remove it", MTLSPermissive)
	case istio.MTLS == MTLSStrict:
		v.Add(path+".mesh", "true, but addons.istio.mtls is %s: the pods would refuse the traffic and the health checks of their load balancer, which opens no connection with mutual TLS; write addons.istio.mtls: %s, or kind: %s", MTLSStrict, MTLSPermissive, KindMesh)
	}
	if w.ProxyProtocol {
		v.Add(path+".mesh", "true, but proxyProtocol is true too: the proxy in a pod reads the start of a connection as an HTTP request, and refuses the header; remove one of the two")
	}
}

// meshRoutes refuses workloads of kind mesh of which one would get no requests: a gateway sends a request to the first
// route that matches.
func (v *validator) meshRoutes(workloads map[string]Workload) {
	first := map[[2]string]string{}
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		w := workloads[name]
		if w.Kind != KindMesh {
			continue
		}
		for _, host := range w.MeshHosts() {
			for i, prefix := range w.Paths {
				if other, taken := first[[2]string{host, prefix}]; taken && other != name {
					v.Add(At(In("workloads", name)+".paths", i), "host %s and path %s are also those of workload %s, so only one of the two would get requests; give one of them another host or path", host, prefix, other)
				}
				first[[2]string{host, prefix}] = name
			}
		}
	}
}

// MeshHosts returns the hosts of a workload of kind mesh as Istio writes them: * is any host.
func (w Workload) MeshHosts() []string {
	if len(w.Hosts) == 0 {
		return []string{"*"}
	}
	return w.Hosts
}
