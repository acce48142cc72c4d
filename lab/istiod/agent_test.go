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
