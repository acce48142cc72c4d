package repository

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// helm is a script in the place of helm, which writes an archive and an index.
const helm = `#!/bin/sh
case "$1" in
package) echo archive > "$4/chart-1.0.0.tgz" ;;
repo) echo 'urls: [chart-1.0.0.tgz]' > "$3/index.yaml" ;;
esac
`

// serve starts a repository and returns a client that uses its proxy.
func serve(t *testing.T) *http.Client {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "helm")
	if err := os.WriteFile(program, []byte(helm), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := Serve(t.Context(), program, "chart", filepath.Join(dir, "charts"))
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(r.Authority)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	proxy, err := url.Parse(r.Proxy)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: trusted}}}
}

func get(t *testing.T, client *http.Client, address string) (status int, body string) {
	t.Helper()
	response, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func TestTheChartIsServedAtEveryHTTPSAddress(t *testing.T) {
	client := serve(t)
	for address, want := range map[string]string{
		"https://aws.github.io/eks-charts/index.yaml":      "chart-1.0.0.tgz",
		"https://aws.github.io/eks-charts/chart-1.0.0.tgz": "archive",
		"https://charts.example.com/index.yaml":            "chart-1.0.0.tgz",
	} {
		if status, body := get(t, client, address); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, %q", address, status, body)
		}
	}
	if status, _ := get(t, client, "https://aws.github.io/eks-charts/other-1.0.0.tgz"); status != http.StatusNotFound {
		t.Errorf("a chart that does not exist has status %d", status)
	}
}

func TestTheProxyRefusesUnencryptedRequests(t *testing.T) {
	if status, body := get(t, serve(t), "http://charts.example.com/index.yaml"); status != http.StatusForbidden || !strings.Contains(body, "https:// addresses only") {
		t.Errorf("status %d: %s", status, body)
	}
}

func TestTheErrorOfHelmIsReported(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "helm")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho no chart here; exit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Serve(t.Context(), program, "chart", dir); err == nil || !strings.Contains(err.Error(), "no chart here") {
		t.Error(err)
	}
}
