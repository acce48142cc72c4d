package istio_test

import (
	"slices"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/istio"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// podSpec returns the spec of the first pod of a Deployment.
func podSpec(t *testing.T, k *worldtest.KubeLab, deployment string) corev1.PodSpec {
	t.Helper()
	pods := kube.PodsOf(k.World.Account, store.Key{Cluster: "dev", Typ: store.DeploymentType, ID: deployment})
	if len(pods) == 0 {
		t.Fatalf("%s has no pods", deployment)
	}
	return kube.Live[corev1.Pod](pods[0]).Spec
}

func TestPodsOfALabelledNamespaceGetAProxy(t *testing.T) {
	k := worldtest.NewCluster(t).Meshed()
	k.Apply(store.DeploymentType, worldtest.WebIn("shop"))
	k.Apply(store.DeploymentType, worldtest.WebIn("default"))
	spec := podSpec(t, k, "shop/web")
	var names []string
	for _, container := range slices.Concat(spec.InitContainers, spec.Containers) {
		names = append(names, container.Name+" "+container.Image)
	}
	want := []string{"istio-init registry.istio.io/release/proxyv2:1.30.4", "istio-proxy registry.istio.io/release/proxyv2:1.30.4", "web public.ecr.aws/nginx/nginx:1.29"}
	if !slices.Equal(names, want) {
		t.Errorf("the containers are %q, want %q", names, want)
	}
	if cpu := spec.InitContainers[1].Resources.Requests.Cpu().MilliValue(); cpu != 100 {
		t.Errorf("the proxy requests %d millicores", cpu)
	}
	if others := podSpec(t, k, "default/web").InitContainers; len(others) > 0 {
		t.Errorf("a pod of another namespace has %v", others)
	}
	if problems := istio.Problems(k.World.Account); len(problems) > 0 {
		t.Errorf("problems: %q", problems)
	}
}

func TestTheProbesOfAnApplicationAreSentToItsAgent(t *testing.T) {
	k := worldtest.NewCluster(t).Meshed()
	probe := func(kind string, port any) map[string]any { return map[string]any{kind: map[string]any{"port": port}} }
	k.Apply(store.DeploymentType, worldtest.Edited(worldtest.WebIn("shop"), "spec.template.spec.containers", []any{map[string]any{
		"name": "web", "image": "public.ecr.aws/nginx/nginx:1.29", "ports": []any{map[string]any{"name": "http", "containerPort": 80.0}},
		"readinessProbe": probe("httpGet", "http"), "livenessProbe": probe("tcpSocket", 80.0)}}))
	spec := podSpec(t, k, "shop/web")
	for _, c := range []struct {
		probe *corev1.Probe
		want  string
	}{
		{spec.Containers[0].ReadinessProbe, "/app-health/web/readyz 15020"}, {spec.Containers[0].LivenessProbe, "/app-health/web/livez 15020"},
		{spec.InitContainers[1].StartupProbe, "/healthz/ready 15021"}, {spec.InitContainers[1].ReadinessProbe, "/healthz/ready 15021"},
	} {
		if c.probe == nil || c.probe.HTTPGet == nil || c.probe.TCPSocket != nil || c.probe.HTTPGet.Path+" "+c.probe.HTTPGet.Port.String() != c.want {
			t.Errorf("probe %v, want %s", c.probe, c.want)
		}
	}
}

func TestAPodWithAProxyHasTheLabelsAndVolumesOfIstiodsTemplates(t *testing.T) {
	k := worldtest.NewCluster(t).Meshed().NamespaceFor(worldtest.IstioGatewaySpace, nil)
	k.Apply(store.DeploymentType, worldtest.WebIn("shop"))
	k.Apply(store.ReleaseType, worldtest.IstioGatewayInputs())
	proxy := []string{"credential-socket", "istio-data", "istio-envoy", "istio-podinfo", "istio-token", "istiod-ca-cert", "workload-certs", "workload-socket"}
	for deployment, want := range map[string][]string{"shop/web": slices.Insert(slices.Clone(proxy), 1, "istio-ca-crl"), worldtest.IstioGatewayRelease: proxy} {
		pod := kube.PodsOf(k.World.Account, store.Key{Cluster: "dev", Typ: store.DeploymentType, ID: deployment})[0]
		live := kube.Live[corev1.Pod](pod)
		var names []string
		for _, v := range live.Spec.Volumes {
			names = append(names, v.Name)
		}
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("%s has the volumes %q", deployment, names)
		}
		_, application, _ := strings.Cut(deployment, "/")
		if live.Labels["service.istio.io/canonical-name"] != application || live.Labels["service.istio.io/canonical-revision"] == "" {
			t.Errorf("%s has the labels %v", deployment, live.Labels)
		}
		if ports := slices.Concat(live.Spec.InitContainers, live.Spec.Containers)[len(live.Spec.InitContainers)/2].Ports; len(ports) != 1 || ports[0].ContainerPort != 15090 {
			t.Errorf("the proxy of %s declares the ports %v", deployment, ports)
		}
	}
}

func TestAPodIsScheduledWithWhatItsProxyRequests(t *testing.T) {
	k := worldtest.NewCluster(t).Meshed()
	inputs := worldtest.Edited(worldtest.IstiodInputs(), "values.global.proxy", map[string]any{"resources": map[string]any{"requests": map[string]any{"cpu": "1900m"}}})
	k.Must(k.Update(store.ReleaseType, worldtest.IstiodRelease, inputs))
	k.Apply(store.DeploymentType, worldtest.WebIn("default"))
	worldtest.Refused(t, k.Create(store.DeploymentType, worldtest.WebIn("shop")), nodepkg.CpuFits)
}

func TestPodsThatAreOlderThanIstiodHaveNoProxy(t *testing.T) {
	k := worldtest.NewCluster(t).NamespaceFor("shop", map[string]any{"istio-injection": "enabled"})
	k.Apply(store.DeploymentType, worldtest.WebIn("shop"))
	problems := istio.Problems(k.World.Account)
	if len(problems) != 2 || !strings.HasSuffix(problems[0], ": no proxy: it was created before istiod") {
		t.Errorf("problems: %q", problems)
	}
}

func TestIstiodMakesItsWebhooksRefuseWhatItCannotValidate(t *testing.T) {
	k := worldtest.NewCluster(t).NamespaceFor(worldtest.IstioNamespace, nil)
	k.Apply(store.ReleaseType, worldtest.IstioBaseInputs())
	policy := func() admissionv1.FailurePolicyType {
		o := k.World.Find("dev", store.ValidatingType, "istiod-default-validator")
		return *kube.Live[admissionv1.ValidatingWebhookConfiguration](o).Webhooks[0].FailurePolicy
	}
	if before := policy(); before != admissionv1.Ignore {
		t.Errorf("before istiod the policy is %s", before)
	}
	k.Apply(store.ReleaseType, worldtest.IstiodInputs())
	if after := policy(); after != admissionv1.Fail {
		t.Errorf("with istiod the policy is %s", after)
	}
	k.Apply(store.PeerAuthenticationType, worldtest.StrictPolicy())
	k.StopIstiod()
	other := worldtest.Edited(worldtest.StrictPolicy(), "metadata.namespace", "default")
	worldtest.Refused(t, k.Create(store.PeerAuthenticationType, other), kube.WebhookServed)
	policyID := worldtest.IstioNamespace + "/default"
	worldtest.Refused(t, k.Kube.Delete(store.PeerAuthenticationType, policyID), kube.CollectorAllowed)
	if o := k.World.Find("dev", store.PeerAuthenticationType, policyID); o == nil || !kube.Deleting(o) {
		t.Error("an object whose end a webhook refuses does not remain, marked as deleted")
	}
	k.Remove(store.ReleaseType, worldtest.IstioNamespace+"/istiod")
	k.Remove(store.ReleaseType, worldtest.IstioNamespace+"/istio-base")
	k.Remove(store.PeerAuthenticationType, policyID)
	if k.World.Find("dev", store.PeerAuthenticationType, policyID) != nil {
		t.Error("without webhooks the object remains")
	}
}

func TestIstiodWritesTheAuthorityOfTheMeshIntoNamespaces(t *testing.T) {
	k := worldtest.NewCluster(t).Meshed()
	for namespace, want := range map[string]bool{"shop": true, "default": true, "kube-system": true, worldtest.IstioNamespace: true, "kube-public": false, "kube-node-lease": false} {
		for _, name := range []string{"istio-ca-root-cert", "istio-ca-crl"} {
			if found := k.World.Find("dev", store.ConfigMapType, namespace+"/"+name) != nil; found != want {
				t.Errorf("%s in %s: %t, want %t", name, namespace, found, want)
			}
		}
	}
}

func TestAWebhookIsCalledOnThePortThatItNames(t *testing.T) {
	k := worldtest.NewCluster(t).Meshed()
	k.Close()
	err := k.Create(store.DeploymentType, worldtest.WebIn("shop"))
	worldtest.Refused(t, err, kube.WebhookReached)
	if !strings.Contains(err.Error(), "lets the control plane in on port 15017") {
		t.Errorf("the error has another port: %v", err)
	}
}

func TestTheGatewayIsHealthyBehindALoadBalancer(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled().Meshed().NamespaceFor(worldtest.IstioGatewaySpace, nil)
	k.Apply(store.ReleaseType, worldtest.IstioGatewayInputs())
	service := worldtest.NLB(map[string]any{
		"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type":      "ip",
		"service.beta.kubernetes.io/aws-load-balancer-healthcheck-port":     "15021",
		"service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "HTTP",
	})
	worldtest.With(service, "metadata.namespace", worldtest.IstioGatewaySpace)
	worldtest.With(service, "spec.selector", map[string]any{"app.kubernetes.io/name": "istio-ingressgateway"})
	k.Apply(store.ServiceType, service)
	if lines := k.World.Unreachable(); len(lines) > 0 {
		t.Errorf("unreachable: %q", lines)
	}
}

func TestRoutesToNothingAreProblems(t *testing.T) {
	k := worldtest.NewCluster(t).Meshed()
	gateway := worldtest.Manifest("networking.istio.io/v1", "Gateway", "web", store.Properties{"selector": map[string]any{"app": "gateway"},
		"servers": []any{map[string]any{"port": map[string]any{"number": 80.0, "name": "http", "protocol": "HTTP"}, "hosts": []any{"*"}}}})
	routes := worldtest.Manifest("networking.istio.io/v1", "VirtualService", "web", store.Properties{"hosts": []any{"*"}, "gateways": []any{"other"},
		"http": []any{map[string]any{"route": []any{map[string]any{"destination": map[string]any{"host": "web.shop.svc.cluster.local"}}}}}})
	k.Apply(store.IstioGatewayType, gateway)
	k.Apply(store.VirtualServiceType, routes)
	want := []string{
		"Gateway default/web: no ready pod has the labels of its selector",
		"VirtualService default/web: there is no Gateway default/other",
		"VirtualService default/web: no ready pod of a Service web.shop.svc.cluster.local",
	}
	if problems := istio.Problems(k.World.Account); !slices.Equal(problems, want) {
		t.Errorf("problems: %q", problems)
	}
}

func TestIstiodProgramsTheGatewaysOfItsClass(t *testing.T) {
	k := worldtest.NewCluster(t).GatewayAPI().Controlled().MeshedGateway()
	k.Apply(store.DeploymentType, worldtest.WebIn("shop"))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.Service("web", "ClusterIP"), "metadata.namespace", "shop"))
	k.Apply(store.HTTPRouteType, worldtest.MeshRoute("shop"))
	ingress := store.ListOf(k.World.Find("dev", store.ServiceType, worldtest.IstioGatewaySpace+"/web").At("status.loadBalancer.ingress"))
	addresses := store.ListOf(k.World.Find("dev", store.GatewayType, worldtest.IstioGatewaySpace+"/mesh").At("status.addresses"))
	if len(ingress) != 1 || len(addresses) != 1 || addresses[0]["value"] != ingress[0]["hostname"] {
		t.Errorf("the addresses of the Gateway are %v, and those of its Service %v", addresses, ingress)
	}
	if problems := istio.Problems(k.World.Account); len(problems) > 0 {
		t.Errorf("problems: %q", problems)
	}
	listeners := store.ListOf(k.World.Find("dev", store.GatewayType, worldtest.IstioGatewaySpace+"/mesh").At("status.listeners"))
	if len(listeners) != 1 || listeners[0]["attachedRoutes"] != 1.0 || len(store.ListOf(listeners[0]["conditions"])) != 4 {
		t.Errorf("the status of the listeners is %v", listeners)
	}
	for _, class := range []string{"istio", "istio-remote"} {
		if k.World.Find("dev", store.GatewayClassType, class) == nil {
			t.Errorf("there is no GatewayClass %s", class)
		}
	}
	k.Remove(store.ServiceType, "shop/web")
	want := `HTTPRoute shop/web: BackendNotFound: backend(web.shop.svc.cluster.local) not found`
	if problems := istio.Problems(k.World.Account); !slices.Equal(problems, []string{want}) {
		t.Errorf("without the Service of a route: %q", problems)
	}
}
