package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/intstr"
)

func TestTheAgentAcceptsTheCommandsThatIstiodWritesIntoPods(t *testing.T) {
	for _, arguments := range [][]string{{}, {"proxy"}, {"proxy", "ztunnel"}, {"wait"}} {
		if err := runAgent(arguments); err == nil || !strings.Contains(err.Error(), "accepted: ") {
			t.Errorf("%q: %v", arguments, err)
		}
	}
	if err := runAgent([]string{"request", "--debug-port=15020", "POST", "drain"}); err != nil {
		t.Error(err)
	}
}

func TestConnectionsToAPodAreRedirectedExceptThoseToTheAgent(t *testing.T) {
	var lines []string
	for _, rule := range inboundRules([]string{"-p", "15001", "-z", "15006", "-u", "1337", "-m", "REDIRECT", "-i", "*", "-x", "", "-b", "*", "-d", "15090,15021,15020"}) {
		lines = append(lines, strings.Join(rule, " "))
	}
	want := []string{"--dport 15090 -j RETURN", "--dport 15021 -j RETURN", "--dport 15020 -j RETURN", "-j REDIRECT --to-ports 15006"}
	if !slices.Equal(lines, want) {
		t.Errorf("rules %q", lines)
	}
}

func TestLabelsOfAPodAreReadAsTheKubeletWritesThem(t *testing.T) {
	labels := parseLabels("app.kubernetes.io/name=\"shop\"\nnote=\"a=\\\"b\\\"\"\n\nbroken\n")
	if len(labels) != 2 || labels["app.kubernetes.io/name"] != "shop" || labels["note"] != `a="b"` {
		t.Errorf("labels %q", labels)
	}
}

func TestIstiodGetsTheDescriptionOfAProxy(t *testing.T) {
	environment := []string{"POD_NAME=shop-1", "POD_NAMESPACE=shop", "INSTANCE_IP=10.0.0.9", "SERVICE_ACCOUNT=shop", "CA_ADDR=istiod.istio-system.svc:15012",
		`PROXY_CONFIG={"gatewayTopology":{"proxyProtocol":{}}}`, "ISTIO_META_POD_PORTS=[\n{\"containerPort\":8080}\n]", "ISTIO_META_CLUSTER_ID=Kubernetes",
		`ISTIO_KUBE_APP_PROBERS={"/app-health/shop/readyz":{"httpGet":{"path":"/","port":8080},"timeoutSeconds":3}}`}
	n, err := newNode(roleSidecar, environment, "app=\"shop\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if n.server != "istiod.istio-system.svc:15012" || n.probes["/app-health/shop/readyz"].TimeoutSeconds != 3 || n.describe.Id != "sidecar~10.0.0.9~shop-1.shop~shop.svc.cluster.local" {
		t.Errorf("%+v", n)
	}
	fields := n.describe.Metadata.Fields
	if fields["POD_PORTS"].GetStringValue() == "" || fields["CLUSTER_ID"].GetStringValue() != "Kubernetes" || fields["SERVICE_ACCOUNT"].GetStringValue() != "shop" ||
		fields["PROXY_CONFIG"].GetStructValue().Fields["gatewayTopology"] == nil || fields["LABELS"].GetStructValue().Fields["app"].GetStringValue() != "shop" {
		t.Errorf("metadata %v", n.describe.Metadata)
	}
	if _, err := newNode(roleSidecar, []string{"PROXY_CONFIG=}"}, ""); err == nil || !strings.Contains(err.Error(), "PROXY_CONFIG") {
		t.Errorf("a configuration that is no JSON: %v", err)
	}
}

func TestAProbeOfTheApplicationIsSentFromTheAddressOfTheProxy(t *testing.T) {
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.RemoteAddr, "127.0.0.6:") || r.URL.String() != "/ready?full=1" {
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, r.RemoteAddr)
		}
	}))
	defer application.Close()
	address, port, _ := strings.Cut(strings.TrimPrefix(application.URL, "http://"), ":")
	p := probe{HTTPGet: &httpGet{Path: "/ready?full=1", Port: intstr.Parse(port)}}
	if status, err := p.check(t.Context(), address); status != http.StatusOK || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	application.Close()
	if status, err := p.check(t.Context(), address); status != http.StatusInternalServerError || err == nil {
		t.Errorf("without the application: status %d, %v", status, err)
	}
	if status, err := (probe{}).check(t.Context(), address); status != http.StatusNotImplemented || err == nil {
		t.Errorf("another probe: status %d, %v", status, err)
	}
}
