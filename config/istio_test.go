package config_test

import (
	"reflect"
	"testing"

	"eksnet/config"
)

func TestIstioIsChecked(t *testing.T) {
	for typed, problem := range map[string]string{
		`{version: latest}`:       `addons.istio.version: "latest" is not a version of Istio, such as 1.30.4`,
		`{version: 1.29.2}`:       `addons.istio.version: 1.29.2, but eksnet writes values for Istio 1.30.x; write 1.30.4`,
		`{charts: "http://c.io"}`: `addons.istio.charts: "http://c.io" is not the location of charts; an https:// repository or the oci:// address of a folder is accepted, such as https://istio-release.storage.googleapis.com/charts`,
		`{charts: "oci://registry.example.com/charts/istiod"}`: `addons.istio.charts: "oci://registry.example.com/charts/istiod" is the address of one chart; write that of the folder with the three charts, oci://registry.example.com/charts`,
		`{charts: "https://me:word@c.io/charts"}`:              `addons.istio.charts: the address contains a user name or password, which would be readable in the state; use helm registry login instead`,
		`{charts: "https://c.io/charts?a=b"}`:                  `addons.istio.charts: "https://c.io/charts?a=b" has more than host and path; write https://c.io/charts`,
		`{hub: "registry.istio.io/release:1.30.4"}`:            `addons.istio.hub: "registry.istio.io/release:1.30.4" is not the registry and folder of images, such as registry.istio.io/release or 111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/istio`,
		`{mtls: off}`:                                 `addons.istio.mtls: "off" is not accepted; accepted: strict or permissive`,
		`{routes: gateway}`:                           `addons.istio.routes: "gateway" is not accepted; accepted: istio or gatewayApi`,
		`{routes: gatewayApi}`:                        `addons.istio.routes: gatewayApi, but the stack has no definitions of the Gateway API; add addons: {gatewayApi: {}}, or write istio`,
		`{istiod: {replicas: 1}}`:                     `addons.istio.istiod.replicas: 1 replica; 2 to 10 are accepted`,
		`{istiod: {cpu: 1}}`:                          `addons.istio.istiod.cpu: 1 millicore; 10 to 16000 are accepted`,
		`{istiod: {memoryMiB: 64}}`:                   `addons.istio.istiod.memoryMiB: 64 MiB; 128 to 65536 are accepted`,
		`{sidecar: {cpu: 2500}}`:                      `addons.istio.sidecar.cpu: 2500 millicores; 10 to 2000 are accepted`,
		`{sidecar: {memoryMiB: 2048}}`:                `addons.istio.sidecar.memoryMiB: 2048 MiB; 40 to 1024 are accepted`,
		`{gateway: {scheme: public}}`:                 `addons.istio.gateway.scheme: "public" is not accepted; accepted: internet-facing or internal`,
		`{gateway: {sourceRanges: [203.0.113.1/24]}}`: `addons.istio.gateway.sourceRanges[0]: "203.0.113.1/24" has host bits set; use 203.0.113.0/24`,
		`{gateway: {prefixLists: {office: 20}}}`:      `addons.istio.gateway.prefixLists["office"]: "office" is not the ID of a prefix list, such as pl-0123456789abcdef0`,
		`{gateway: {clientAddress: header}}`:          `addons.istio.gateway.clientAddress: "header" is not accepted; accepted: preserved, proxyProtocol or none`,
	} {
		if _, problems := load(t, good, "eksnet:addons: {istio: "+typed+"}"); len(problems) != 1 || problems[0].String() != problem {
			t.Errorf("%s:\ngot  %s\nwant %s", typed, problems, problem)
		}
	}
	// The number of replicas is that of a workload too.
	if _, problems := load(t, good, "eksnet:addons: {istio: {gateway: {replicas: 11}}}"); len(problems) == 0 || problems[0].Path != "addons.istio.gateway.replicas" {
		t.Errorf("11 replicas give %s", problems)
	}
}

func TestIstioIsForVersionsOfKubernetesThatItIsTestedWith(t *testing.T) {
	accepted := config.Versions
	defer func() { config.Versions = accepted }()
	config.Versions = append([]string{"1.37"}, accepted...)
	_, problems := load(t, good, `eksnet:cluster: {name: dev, version: "1.37", endpoint: {private: true}}`, "eksnet:addons: {istio: {}}")
	const want = `addons.istio.version: 1.30.4, which is for Kubernetes 1.32, 1.33, 1.34, 1.35 or 1.36, but cluster.version is 1.37; change one of the two`
	if len(problems) != 1 || problems[0].String() != want {
		t.Errorf("got  %s\nwant %s", problems, want)
	}
}

func TestWorkloadsOfTheMeshAreChecked(t *testing.T) {
	const istio = "eksnet:addons: {istio: {}}"
	for typed, problem := range map[string]string{
		`{shop: {kind: mesh, scheme: internal}}`:      `workloads["shop"].scheme: "internal", but mesh is behind the load balancer of addons.istio.gateway, which all workloads of the kind share; remove it or write kind: clb, nlb or alb`,
		`{shop: {kind: mesh, hosts: [Shop]}}`:         `workloads["shop"].hosts[0]: "Shop" is not a valid host name, such as shop.example.com or *.example.com, without scheme and port`,
		`{shop: {kind: mesh, hosts: []}}`:             `workloads["shop"].hosts: the list is empty; add entries, such as [shop.example.com], or remove the key for any host`,
		`{shop: {kind: mesh, paths: [shop]}}`:         `workloads["shop"].paths[0]: "shop" is not a valid path prefix; / or up to 126 characters such as /shop are accepted, without a / at the end and without wildcards`,
		`{shop: {kind: mesh, minAvailable: 2}}`:       `workloads["shop"].minAvailable: 2 of 2 pods, so no pod may be evicted and no node can be drained; lower it, or add pods`,
		`{shop: {kind: mesh}, cart: {kind: mesh}}`:    `workloads["shop"].paths[0]: host * and path / are also those of workload cart, so only one of the two would get requests; give one of them another host or path`,
		`{istio-ingress: {kind: mesh}}`:               `workloads["istio-ingress"]: the name and the namespace istio-ingress are reserved for addons.istio; choose another name`,
		`{istio-system: {kind: nlb}}`:                 `workloads["istio-system"]: the name and the namespace istio-system are reserved for addons.istio; choose another name`,
		`{shop: {kind: nlb, app: istio-gateway}}`:     `workloads["shop"].app: istio-gateway is installed by addons.istio; remove the workload and write addons: {istio: {}}`,
		`{shop: {kind: nlb, hosts: [a.example.com]}}`: `workloads["shop"].hosts: ["a.example.com"], but nlb forwards connections and does not read requests; remove it or write kind: alb`,
	} {
		if _, problems := load(t, good, istio, "eksnet:workloads: "+typed); len(problems) != 1 || problems[0].String() != problem {
			t.Errorf("%s:\ngot  %s\nwant %s", typed, problems, problem)
		}
	}
	const want = `workloads["shop"].kind: mesh, but the stack has no mesh; add addons: {istio: {}}, or write kind: alb`
	if _, problems := load(t, good, "eksnet:workloads: {shop: {kind: mesh}}"); len(problems) != 1 || problems[0].String() != want {
		t.Errorf("without a mesh: %s", problems)
	}
}

func TestALoadBalancerReachesPodsWithAProxyInPlainTextAlone(t *testing.T) {
	const strict, permissive = "eksnet:addons: {istio: {}}", "eksnet:addons: {gatewayApi: {}, istio: {mtls: permissive}}"
	for _, kind := range config.BalancedKinds {
		if s, problems := load(t, good, permissive, "eksnet:workloads: {shop: {kind: "+kind+", mesh: true}}"); problems.Err() != nil || !s.Workloads["shop"].HasProxy() {
			t.Errorf("%s in a permissive mesh: %s", kind, problems)
		}
	}
	for _, c := range []struct{ addons, workload, problem string }{
		{strict, "{kind: nlb, mesh: true}", `workloads["shop"].mesh: true, but addons.istio.mtls is strict: the pods would refuse the traffic and the health checks of their load balancer, which opens no connection with mutual TLS; write addons.istio.mtls: permissive, or kind: mesh`},
		{"eksnet:addons: {}", "{kind: alb, mesh: true}", `workloads["shop"].mesh: true, but the stack has no mesh; add addons: {istio: {mtls: permissive}}, or remove it`},
		{permissive, "{kind: nlb, app: nginx, mesh: true, proxyProtocol: true}", `workloads["shop"].mesh: true, but proxyProtocol is true too: the proxy in a pod reads the start of a connection as an HTTP request, and refuses the header; remove one of the two`},
		{permissive, "{kind: mesh, mesh: true}", `workloads["shop"].mesh: true, but mesh always has a proxy in each pod; remove it or write kind: clb, nlb or alb`},
	} {
		if _, problems := load(t, good, c.addons, "eksnet:workloads: {shop: "+c.workload+"}"); len(problems) != 1 || problems[0].String() != c.problem {
			t.Errorf("%s:\ngot  %s\nwant %s", c.workload, problems, c.problem)
		}
	}
}

func TestTheGatewayOfTheMeshIsAWorkload(t *testing.T) {
	for address, want := range map[string]struct {
		preserved, proxied bool
		health             config.Health
	}{
		"preserved":     {true, false, config.Health{Protocol: "HTTP", Port: "15021", Path: "/healthz/ready"}},
		"none":          {false, false, config.Health{Protocol: "HTTP", Port: "15021", Path: "/healthz/ready"}},
		"proxyProtocol": {false, true, config.Health{Protocol: "TCP", Port: "15021"}},
	} {
		s, problems := load(t, good, "eksnet:addons: {istio: {hub: registry.example.com/istio, gateway: {scheme: internal, replicas: 3, clientAddress: "+address+"}}}")
		w := s.Workloads[config.IstioGatewayName]
		if err := problems.Err(); err != nil || w.Kind != config.KindNLB || w.Scheme != config.Internal || w.Replicas != 3 || w.Port != 80 || w.Image != "registry.example.com/istio/proxyv2:1.30.4" {
			t.Errorf("%s: %v, %+v", address, err, w)
		}
		if *w.PreserveClientAddress != want.preserved || w.ProxyProtocol != want.proxied || !reflect.DeepEqual(*w.Health, want.health) {
			t.Errorf("%s: preserved %t, proxied %t, health %+v", address, *w.PreserveClientAddress, w.ProxyProtocol, *w.Health)
		}
	}
	if s, _ := load(t, good); s.Workloads[config.IstioGatewayName].Kind != "" {
		t.Errorf("without a mesh the workloads are %v", s.Workloads)
	}
}
