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
package) echo archive of "$2" > "$4/$(basename "$2")-1.0.0.tgz" ;;
repo) ls "$3" > "$3/index.yaml" ;;
esac
`

// writeCharts writes a folder with two charts, and returns it.
func writeCharts(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"chart", "second"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "Chart.yaml"), []byte("name: "+name+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// serve starts a repository and returns a client that uses its proxy.
func serve(t *testing.T) *http.Client {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "helm")
	if err := os.WriteFile(program, []byte(helm), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := Serve(t.Context(), program, writeCharts(t), filepath.Join(dir, "charts"))
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

func TestTheChartsAreServedAtEveryHTTPSAddress(t *testing.T) {
	client := serve(t)
	for address, want := range map[string]string{
		"https://aws.github.io/eks-charts/index.yaml":      "chart-1.0.0.tgz",
		"https://aws.github.io/eks-charts/chart-1.0.0.tgz": "archive",
		"https://charts.example.com/index.yaml":            "second-1.0.0.tgz",
		"https://charts.example.com/second-1.0.0.tgz":      "/second",
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
	if _, err := Serve(t.Context(), program, writeCharts(t), dir); err == nil || !strings.Contains(err.Error(), "no chart here") {
		t.Error(err)
	}
	if _, err := Serve(t.Context(), program, dir, dir); err == nil || !strings.Contains(err.Error(), "no chart in "+dir) {
		t.Error(err)
	}
}
