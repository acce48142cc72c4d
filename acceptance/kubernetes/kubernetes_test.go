package kubernetes_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"eksnet/acceptance/kubernetes"
	"eksnet/acceptance/look"
)

// objects are what the API returns, by path.
var objects = map[string]string{
	"/api/v1/nodes": `{"kind": "NodeList", "apiVersion": "v1", "metadata": {"continue": "next"}, "items": [
		{"metadata": {"name": "n1", "labels": {"topology.kubernetes.io/zone": "ap-northeast-2a"}}, "spec": {"providerID": "aws:///ap-northeast-2a/i-1"},
		 "status": {"conditions": [{"type": "Ready", "status": "True"}], "addresses": [{"type": "InternalIP", "address": "10.0.0.4"}, {"type": "ExternalIP", "address": "192.0.2.1"}]}}]}`,
	"/api/v1/nodes next": `{"kind": "NodeList", "apiVersion": "v1", "metadata": {}, "items": [
		{"metadata": {"name": "n2", "labels": {"node.kubernetes.io/exclude-from-external-load-balancers": ""}}, "spec": {"providerID": "aws:///ap-northeast-2b/i-2"},
		 "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}]}`,
	"/api/v1/namespaces/echo/pods app.kubernetes.io/name=echo": `{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [
		{"metadata": {"name": "echo-1"}, "spec": {"nodeName": "n1"}, "status": {"podIPs": [{"ip": "10.0.0.20"}], "conditions": [{"type": "Ready", "status": "True"}]}},
		{"metadata": {"name": "echo-2", "deletionTimestamp": "2026-01-01T00:00:00Z"}, "spec": {"nodeName": "n1"}, "status": {"podIPs": [{"ip": "10.0.0.21"}], "conditions": [{"type": "Ready", "status": "True"}]}}]}`,
	"/apis/discovery.k8s.io/v1/namespaces/echo/endpointslices kubernetes.io/service-name=echo-nlb": `{"kind": "EndpointSliceList", "apiVersion": "discovery.k8s.io/v1", "metadata": {}, "items": [
		{"metadata": {"name": "echo-nlb-x"}, "addressType": "IPv4", "ports": [{"port": 8080}], "endpoints": [{"addresses": ["10.0.0.20"], "conditions": {"ready": true}}, {"addresses": ["10.0.0.21"], "conditions": {"ready": false}}, {"addresses": ["10.0.0.22"]}]}]}`,
	"/apis/elbv2.k8s.aws/v1beta1/namespaces/echo/targetgroupbindings": `{"kind": "TargetGroupBindingList", "apiVersion": "elbv2.k8s.aws/v1beta1", "metadata": {}, "items": [
		{"metadata": {"name": "k8s-echo"}, "spec": {"targetGroupARN": "arn:tg", "targetType": "ip", "serviceRef": {"name": "echo-nlb", "port": 80}}}]}`,
	"/api/v1/namespaces/echo/services/echo-nlb":                         `{"kind": "Service", "apiVersion": "v1", "status": {"loadBalancer": {"ingress": [{"hostname": "nlb.test"}]}}}`,
	"/api/v1/namespaces/echo/services/new":                              `{"kind": "Service", "apiVersion": "v1", "status": {"loadBalancer": {}}}`,
	"/apis/networking.k8s.io/v1/namespaces/web/ingresses/web-alb":       `{"kind": "Ingress", "apiVersion": "networking.k8s.io/v1", "status": {"loadBalancer": {"ingress": [{"hostname": "alb.test"}]}}}`,
	"/apis/gateway.networking.k8s.io/v1/namespaces/gw/gateways/gateway": `{"kind": "Gateway", "apiVersion": "gateway.networking.k8s.io/v1", "status": {"addresses": [{"type": "Hostname", "value": "gateway.test"}]}}`,
	"/apis/apps/v1/namespaces/echo/deployments/echo/scale":              `{"kind": "Scale", "apiVersion": "autoscaling/v1", "spec": {"replicas": 2}}`,
	"/apis/apps/v1/namespaces/echo/deployments/none/scale":              `{"kind": "Scale", "apiVersion": "autoscaling/v1", "spec": {}}`,
}

// open returns the cluster of an API with the objects, and the patches that it gets.
func open(t *testing.T) (*kubernetes.Cluster, *[]string) {
	t.Helper()
	var patches []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer word" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		key := strings.TrimSpace(r.URL.Path + " " + r.URL.Query().Get("labelSelector") + r.URL.Query().Get("continue"))
		object, found := objects[key]
		if r.Method == http.MethodPatch {
			body, _ := io.ReadAll(r.Body)
			patches = append(patches, r.Header.Get("Content-Type")+" "+r.URL.Path+" "+string(body))
		}
		if !found {
			w.WriteHeader(http.StatusForbidden)
			object = fmt.Sprintf(`{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403, "message": "%s is forbidden"}`, key)
		}
		_, _ = io.WriteString(w, object)
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "clusters": [{"name": "c", "cluster": {"server": %q, "insecure-skip-tls-verify": true}}], "users": [{"name": "u", "user": {"token": "word"}}],
		"contexts": [{"name": "mine", "context": {"cluster": "c", "user": "u"}}, {"name": "other", "context": {"cluster": "c", "user": "none"}}], "current-context": "other"}`, server.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := kubernetes.Open(file, "mine")
	if err != nil {
		t.Fatal(err)
	}
	return c, &patches
}

func TestTheObjectsOfTheAPIAreRead(t *testing.T) {
	c, _ := open(t)
	ip := netip.MustParseAddr
	ctx := t.Context()
	compare(t, func() (any, error) { return c.Nodes(ctx) }, []look.Node{
		{Name: "n1", Zone: "ap-northeast-2a", Instance: "i-1", Addresses: []netip.Addr{ip("10.0.0.4")},
			Ready: true}, {Name: "n2", Instance: "i-2", Excluded: true}})
	compare(t, func() (any, error) { return c.Pods(ctx, "echo", "echo") }, []look.Pod{
		{Name: "echo-1", Node: "n1", Addresses: []netip.Addr{ip("10.0.0.20")}, Ready: true}, {Name: "echo-2",
			Node: "n1", Addresses: []netip.Addr{ip("10.0.0.21")}}})
	compare(t, func() (any, error) { return c.Endpoints(ctx, "echo", "echo-nlb") }, []look.Endpoint{
		{Address: ip("10.0.0.20"), Port: 8080, Ready: true}, {Address: ip("10.0.0.21"),
			Port: 8080}, {Address: ip("10.0.0.22"), Port: 8080, Ready: true}})
	compare(t, func() (any, error) { return c.Bindings(ctx, "echo") },
		[]look.Binding{{Name: "k8s-echo", Service: "echo-nlb", TargetGroup: "arn:tg", TargetType: "ip"}})
	for want, e := range map[string]look.Entry{"nlb.test": {Kind: look.ServiceEntry, Namespace: "echo", Name: "echo-nlb"}, "": {Kind: look.ServiceEntry, Namespace: "echo", Name: "new"},
		"alb.test": {Kind: look.IngressEntry, Namespace: "web",
			Name: "web-alb"}, "gateway.test": {Kind: look.GatewayEntry, Namespace: "gw", Name: "gateway"}} {
		compare(t, func() (any, error) { return c.HostName(ctx, e) }, want)
	}
	compare(t, func() (any, error) { return c.Replicas(ctx, "echo", "echo") }, 2)
	compare(t, func() (any, error) { return c.Replicas(ctx, "echo", "none") }, 0)
}

func compare(t *testing.T, read func() (any, error), want any) {
	t.Helper()
	if got, err := read(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

func TestOnlyTheScaleOfADeploymentIsChanged(t *testing.T) {
	c, patches := open(t)
	if err := c.Scale(t.Context(), "echo", "echo", 3); err != nil {
		t.Fatal(err)
	}
	if want := []string{`application/merge-patch+json /apis/apps/v1/namespaces/echo/deployments/echo/scale {"spec":{"replicas":3}}`}; !reflect.DeepEqual(*patches, want) {
		t.Errorf("%q", *patches)
	}
}

func TestRefusedCallsNameTheResource(t *testing.T) {
	c, _ := open(t)
	_, err := c.Pods(t.Context(), "other", "echo")
	if err == nil || err.Error() != "cluster: list pods: /api/v1/namespaces/other/pods app.kubernetes.io/name=echo is forbidden" {
		t.Error(err)
	}
	if _, err := kubernetes.Open(filepath.Join(t.TempDir(), "none"), ""); err == nil || !strings.Contains(err.Error(), "kubeconfig: ") || !strings.Contains(err.Error(), "pulumi stack output updateKubeconfig") {
		t.Error(err)
	}
}
