package balancer

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"eksnet/lab/certificate"
)

// client returns an HTTP client in the internet that connects to an address, whatever the URL.
func (v testVPC) client(address string) *http.Client {
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return v.Client().DialContext(ctx, network, address)
		}}
	v.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get returns the status code and the body of a response.
func (v testVPC) get(client *http.Client, url string, headers ...string) (int, string, http.Header) {
	v.t.Helper()
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return response.StatusCode, string(body), response.Header
}

// describeRequest responds with what a target sees.
func describeRequest(name string, w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "%s %s %s for=%q proto=%s port=%s root=%t from=%s", name, r.Host, r.RequestURI,
		r.Header.Values("X-Forwarded-For"), r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Port"),
		strings.HasPrefix(r.Header.Get("X-Amzn-Trace-Id"), "Root=1-"), r.RemoteAddr)
}

func TestTargetsSeeTheClientInXForwardedFor(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(describeRequest, "three")
	spec := newSpec(Application, "HTTP", "three")
	b := v.start(spec)
	client := v.client(publicA + ":80")
	for _, c := range []struct{ mode, sent, want string }{
		{"append", "", `["203.0.113.7"]`}, {"append", "192.0.2.1", `["192.0.2.1, 203.0.113.7"]`},
		{"preserve", "192.0.2.1", `["192.0.2.1"]`}, {"preserve", "", `[]`}, {"remove", "192.0.2.1", `[]`}} {
		spec.ForwardedFor = c.mode
		if err := b.Update(spec); err != nil {
			t.Fatal(err)
		}
		var headers []string
		if c.sent != "" {
			headers = []string{"X-Forwarded-For", c.sent}
		}
		status, body, _ := v.get(client, "http://shop.example.com/a%2Fb;c?q=1;2", headers...)
		want := "three shop.example.com /a%2Fb;c?q=1;2 for=" + c.want + " proto=http port=80 root=true from=" + balancerA
		if status != 200 || !strings.HasPrefix(body, want) {
			t.Errorf("%s of %q: %d, %s, want %s", c.mode, c.sent, status, body, want)
		}
	}
}

func TestRequestsOfOneConnectionGoToAllTargetsWhoseConnectionsAreKept(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(describeRequest, "one", "two", "three")
	v.start(newSpec(Application, "HTTP"))
	client, counts, sources := v.client(publicA+":80"), map[string]int{}, map[string]bool{}
	for range 12 {
		_, body, _ := v.get(client, "http://a/")
		name, _, _ := strings.Cut(body, " ")
		counts[name]++
		sources[body[strings.LastIndex(body, "=")+1:]] = true
	}
	if counts["one"] != 4 || counts["two"] != 4 || counts["three"] != 4 || len(sources) != 3 {
		t.Errorf("12 requests: %v by %d connections", counts, len(sources))
	}
}

func TestRulesForwardRedirectAndRespond(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(describeRequest, "one", "two")
	spec := newSpec(Application, "HTTP", "one")
	other := spec.TargetGroups["tg"]
	other.ID, other.Targets = "other", newSpec(Application, "HTTP", "two").TargetGroups["tg"].Targets
	spec.TargetGroups["other"] = other
	spec.Listeners[0].Rules = []Rule{
		{Hosts: []string{"*.example.com"}, Paths: []string{"/cart*"}, Action: Action{Forward: map[string]int{"other": 1}}},
		{Hosts: []string{"*.example.com"}, Action: spec.Listeners[0].Default},
		{Hosts: []string{"old"}, Action: Action{Redirect: &Redirect{Protocol: "HTTPS", Port: "443", Status: 301}}}}
	spec.Listeners[0].Default = Action{Fixed: &FixedResponse{Status: 404, Body: "none"}}
	b := v.start(spec)
	client := v.client(publicA + ":80")
	for url, want := range map[string]string{"http://shop.example.com/cart/1": "200 two",
		"http://shop.example.com/": "200 one",
		"http://other/":            "404 none", "http://old/x?y": "301 https://old:443/x?y"} {
		status, body, header := v.get(client, url)
		body, _, _ = strings.Cut(body, " ")
		if location := header.Get("Location"); location != "" {
			body = location
		}
		if got := fmt.Sprint(status, " ", body); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
	changed := spec
	changed.Listeners = []Listener{{Port: 80, Protocol: "HTTP",
		Default: Action{Forward: map[string]int{"other": 1, "tg": 0}}}}
	if err := b.Update(changed); err != nil {
		t.Fatal(err)
	}
	if status, body, _ := v.get(client, "http://other/"); status != 200 || !strings.HasPrefix(body, "two") {
		t.Errorf("after a change of rules: %d %s", status, body)
	}
}

func TestAnApplicationLoadBalancerRespondsForTargetsThatDoNot(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(func(name string, w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/close":
			connection, _, _ := http.NewResponseController(w).Hijack()
			connection.Close()
		case "/hang":
			time.Sleep(patience)
		case "/untyped":
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "<html>")
		case "/slow":
			for range 4 {
				time.Sleep(150 * time.Millisecond)
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
			}
		}
	}, "one")
	spec := newSpec(Application, "HTTP", "one", "two") // nothing listens on two
	spec.IdleTimeout = 400 * time.Millisecond
	b := v.start(spec)
	client := v.client(publicA + ":80")
	for path, want := range map[string]int{"/": 200, "/close": 502, "/hang": 504, "/slow": 200} {
		got, _, header := v.get(client, "http://a"+path)
		if server := header.Get("Server"); got != want || want > 500 && server != "awselb/2.0" {
			t.Errorf("%s: %d by %q, want %d", path, got, server, want)
		}
	}
	if _, body, header := v.get(client, "http://a/untyped"); body != "<html>" || header.Values("Content-Type") != nil {
		t.Errorf("a response without a type: %q with the type %q", body, header.Values("Content-Type"))
	}
	if err := b.Update(spec.without("one")); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := v.get(client, "http://a/"); got != 502 {
		t.Errorf("an unhealthy target without a server: %d", got)
	}
	if err := b.Update(spec.without("one").without("two")); err != nil {
		t.Fatal(err)
	}
	got, body, _ := v.get(client, "http://a/")
	if got != 503 || !strings.Contains(body, "503 Service Temporarily Unavailable") {
		t.Errorf("without targets: %d, %s", got, body)
	}
}

func TestARequestInProgressEndsBeforeItsTargetIsRemoved(t *testing.T) {
	v := startVPC(t, false)
	began, end := make(chan bool), make(chan bool)
	v.serveHTTP(func(name string, w http.ResponseWriter, r *http.Request) {
		began <- true
		<-end
		_, _ = io.WriteString(w, name)
	}, "one")
	spec := newSpec(Application, "HTTP", "one").change(func(g *TargetGroup) { g.DeregistrationDelay = time.Minute })
	b := v.start(spec)
	body := make(chan string)
	go func() {
		response, err := v.client(publicA + ":80").Get("http://a/")
		if err != nil {
			body <- err.Error()
			return
		}
		defer response.Body.Close()
		all, _ := io.ReadAll(response.Body)
		body <- string(all)
	}()
	<-began
	if err := b.Update(spec.without("one")); err != nil {
		t.Fatal(err)
	}
	if got := b.Health()["tg"][targetAddress("one")]; got.State != draining {
		t.Errorf("the target is %s", got)
	}
	end <- true
	if got := <-body; got != "one" {
		t.Errorf("the response is %q", got)
	}
	v.waitUntil("the target is removed", func() bool { return len(b.Health()["tg"]) == 0 })
	for _, s := range []Spec{spec, spec.without("one")} {
		if err := b.Update(s); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.Health()["tg"]; len(got) != 0 {
		t.Errorf("a target without requests is %s", got)
	}
}

func TestARequestInProgressFailsAtTheEndOfTheDeregistrationDelay(t *testing.T) {
	v := startVPC(t, false)
	began := make(chan bool, 1)
	v.serveHTTP(func(_ string, _ http.ResponseWriter, r *http.Request) {
		began <- true
		<-r.Context().Done()
	}, "one")
	spec := newSpec(Application, "HTTP", "one")
	b := v.start(spec)
	go func() {
		<-began
		if err := b.Update(spec.without("one")); err != nil {
			t.Error(err)
		}
	}()
	if status, _, _ := v.get(v.client(publicA+":80"), "http://a/"); status != 502 {
		t.Errorf("the status is %d", status)
	}
}

func TestAClassicLoadBalancerSendsRequestsToTheTargetWithTheLeast(t *testing.T) {
	v := startVPC(t, false)
	busy, end := make(chan string, 1), make(chan bool)
	v.serveHTTP(func(name string, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			busy <- name
			<-end
		}
		describeRequest(name, w, r)
	}, "one", "two")
	v.start(newSpec(Classic, "HTTP", "one", "two"))
	finished := make(chan bool)
	go func() {
		defer close(finished)
		if response, err := v.client(publicA + ":80").Get("http://a/wait"); err == nil {
			response.Body.Close()
		}
	}()
	name := <-busy
	for range 5 {
		_, body, _ := v.get(v.client(publicA+":80"), "http://a/")
		if strings.HasPrefix(body, name) || !strings.Contains(body, `for=["203.0.113.7"] proto=http port=80 root=false`) {
			t.Errorf("while %s has a request: %s", name, body)
		}
	}
	close(end)
	<-finished
}

func TestAnUpgradedConnectionIsForwarded(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(func(_ string, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", r.Header.Get("Upgrade"))
		w.WriteHeader(http.StatusSwitchingProtocols)
		connection, buffered, _ := http.NewResponseController(w).Hijack()
		defer connection.Close()
		_, _ = io.Copy(connection, buffered)
	}, "one")
	v.start(newSpec(Application, "HTTP", "one"))
	connection, err := v.Client().DialContext(t.Context(), "tcp4", publicA+":80")
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprint(connection, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	reader := bufio.NewReader(connection)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%+v, %v", response, err)
	}
	fmt.Fprint(connection, "ping\n")
	_ = connection.SetDeadline(time.Now().Add(patience))
	if line, err := reader.ReadString('\n'); line != "ping\n" {
		t.Errorf("%q, %v", line, err)
	}
}

// newCertificates returns a certificate for each name.
func newCertificates(t *testing.T, names ...string) (all []tls.Certificate) {
	t.Helper()
	authority, err := certificate.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		public, private, err := authority.Issue(name)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.X509KeyPair(public, private)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, pair)
	}
	return all
}

func TestTheCertificateIsThatOfTheServerName(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(describeRequest, "one")
	for _, kind := range []string{Application, Network} {
		protocol := map[string]string{Application: "HTTPS", Network: "TLS"}[kind]
		port := map[string]int{Application: 443, Network: 8443}[kind]
		spec := newSpec(kind, map[string]string{Application: "HTTP", Network: "TCP"}[kind], "one")
		spec.Listeners[0].Port, spec.Listeners[0].Protocol = port, protocol
		spec.Listeners[0].Certificates = newCertificates(t, "first.example.com", "second.example.com")
		v.start(spec)
		for host, want := range map[string]string{"second.example.com": "second.example.com", "other": "first.example.com"} {
			request, _ := http.NewRequest("GET", "https://"+host+"/", nil)
			response, err := v.client(fmt.Sprintf("%s:%d", publicA, port)).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if names := response.TLS.PeerCertificates[0].DNSNames; len(names) != 1 || names[0] != want {
				t.Errorf("%s: the certificate of %s is for %v", protocol, host, names)
			}
			wanted, major := "proto=https port=443", 2
			if kind == Network {
				wanted, major = "proto= port=", 1
			}
			if !strings.Contains(string(body), wanted) || response.ProtoMajor != major {
				t.Errorf("%s: HTTP/%d, the target sees %s", protocol, response.ProtoMajor, body)
			}
		}
	}
}

func TestTargetsWithTLSAreNotVerified(t *testing.T) {
	v := startVPC(t, false)
	handler := func(w http.ResponseWriter, r *http.Request) { describeRequest("one", w, r) }
	server := &http.Server{Handler: http.HandlerFunc(handler),
		TLSConfig: &tls.Config{Certificates: newCertificates(t, "internal")}}
	listener := v.listen("one")
	go func() { _ = server.ServeTLS(listener, "", "") }()
	defer server.Close()
	for kind, protocol := range map[string]string{Application: "HTTPS", Network: "TLS"} {
		spec := newSpec(kind, protocol, "one").change(func(g *TargetGroup) {
			g.Check.Protocol, g.Check.Codes = "HTTPS", "200"
		})
		spec.Listeners[0].Port = map[string]int{Application: 443, Network: 8443}[kind]
		spec.Listeners[0].Certificates = newCertificates(t, "outside")
		b := v.start(spec)
		if got := b.Health()["tg"][targetAddress("one")]; got != (Health{State: healthy}) {
			t.Errorf("%s: %s", kind, got)
		}
		status, body, _ := v.get(v.client(fmt.Sprintf("%s:%d", publicA, spec.Listeners[0].Port)), "https://outside/")
		if status != 200 || !strings.HasPrefix(body, "one outside") {
			t.Errorf("%s: %d %s", kind, status, body)
		}
	}
}
