package engine_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
)

func TestAPrivateAPIIsReachedFromInsideTheVPCAndFromOutsideThroughTheProxyOnly(t *testing.T) {
	for _, test := range []struct {
		name, proxy string
		outside     bool
		want        string
	}{
		{"inside", "", false, "ok"},
		{"inside, by an HTTP proxy", "http://localhost:8888", false, "ok"},
		{"outside", "", true, "connection timed out"},
		{"outside, by an HTTP proxy", "http://localhost:8888", true, "ok"},
		{"outside, by an HTTP proxy on its default port", "http://proxy.corp", true, "ok"},
		{"outside, by a SOCKS proxy", "socks5://proxy.corp:1080", true, "ok"},
	} {
		run, answer := requestingRun(t, test.proxy, healthURL(t))
		run.Answers = func(string) bool { return !test.outside }
		must(t, engine.Preview, &run)
		if !strings.Contains(*answer, test.want) {
			t.Errorf("%s: %s", test.name, *answer)
		}
	}
}

func TestTheProxysStandInConnectsToTheAPIOnly(t *testing.T) {
	for _, proxy := range []string{"http://localhost:8888", "socks5://localhost:1080"} {
		run, answer := requestingRun(t, proxy, "https://sts.amazonaws.com/")
		must(t, engine.Preview, &run)
		if !strings.Contains(*answer, "a rehearsal's proxy connects to the cluster's API only") && !strings.Contains(*answer, "connection not allowed by ruleset") {
			t.Errorf("%s: %s", proxy, *answer)
		}
	}
}

func TestTheProxyConnectsToTheAPIOfAnotherHost(t *testing.T) {
	other, err := engine.StartHost(engine.HostOptions{NodeModules: "../node_modules"})
	if err != nil {
		t.Fatal(err)
	}
	run, answer := requestingRun(t, "http://localhost:8888", healthURL(t))
	run.Host = other
	must(t, engine.Preview, &run)
	if *answer != "ok" {
		t.Errorf("the response is %q", *answer)
	}
	endpoint, err := other.Endpoint(0)
	if err := errors.Join(err, other.Close()); err != nil {
		t.Fatal(err)
	}
	run, answer = requestingRun(t, "http://localhost:8888", endpoint+"/healthz")
	must(t, engine.Preview, &run)
	if !strings.Contains(*answer, "connects to the cluster's API only") {
		t.Errorf("the response for a closed host is %q", *answer)
	}
}

// healthURL returns the URL of the health check of an API server.
func healthURL(t *testing.T) string {
	t.Helper()
	endpoint, err := host.Endpoint(0)
	if err != nil {
		t.Fatal(err)
	}
	return endpoint + "/healthz"
}

// requestingRun returns a run of a program that requests an address through the proxy of its stack file, and a pointer
// to the response.
func requestingRun(t *testing.T, proxy, address string) (engine.Run, *string) {
	t.Helper()
	answer := ""
	run, _ := rehearse(t, func(ctx *pulumi.Context) error {
		answer = request(ctx.Context(), proxy, address)
		return nil
	})
	dir := t.TempDir()
	file := fmt.Sprintf("config:\n  aws:region: us-east-1\n  eksnet:network: {cidr: 10.0.0.0/16}\n  eksnet:cluster: {endpoint: {private: true, proxy: %q}}\n", proxy)
	for name, content := range map[string]string{"Pulumi.yaml": "name: eksnet\nruntime: go\n", "Pulumi.test.yaml": file} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if run.Stack, err = engine.LoadStack(dir, "test"); err != nil {
		t.Fatal(err)
	}
	return run, &answer
}

// request sends a request as the program does: with the process's own transport, trusting the rehearsal's authority
// only.
func request(ctx context.Context, proxy, address string) string {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(engine.Authority()))
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	if address, _ := url.Parse(proxy); proxy != "" {
		transport.Proxy = http.ProxyURL(address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err.Error()
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}

func TestNodeConnectsToTheProxysStandIn(t *testing.T) {
	scratch := t.TempDir()
	script := `
const net = require("net"), fs = require("fs");
const local = net.createServer((s) => s.end()).listen(0, "127.0.0.1", () => {
    fs.writeFileSync(process.env.REHEARSAL_SCRATCH + "/proxies.json", JSON.stringify({ "proxy.corp:3128": local.address().port }));
    net.connect({ host: "proxy.corp", port: 3128 }).on("error", (e) => { console.log(e.message); process.exit(); }).on("connect", () => { console.log("connected"); process.exit(); });
});`
	stdin, parent, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer parent.Close()
	defer stdin.Close()
	command := exec.Command("node", "--require", "./guard.js", "-e", script)
	command.Stdin, command.Env = stdin, append(os.Environ(), "REHEARSAL_SCRATCH="+scratch)
	if output, err := command.CombinedOutput(); err != nil || strings.TrimSpace(string(output)) != "connected" {
		t.Errorf("%v: %s", err, output)
	}
}
