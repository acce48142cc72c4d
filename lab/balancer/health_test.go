package balancer

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// httpCheck checks /healthz over HTTP.
func httpCheck(g *TargetGroup) {
	g.Check.Protocol, g.Check.Path = "HTTP", "/healthz"
}

func TestAnUnhealthyTargetHasAReason(t *testing.T) {
	v := startVPC(t, false)
	var userAgent atomic.Value
	v.serveHTTP(func(name string, w http.ResponseWriter, r *http.Request) {
		userAgent.Store(r.Header.Get("User-Agent"))
		if name == "two" {
			time.Sleep(patience)
		}
		if r.URL.Path == "/healthz" {
			w.WriteHeader(http.StatusNotFound)
		}
	}, "one", "two")
	for kind, want := range map[string][3]string{
		Application: {responseCodeMismatch, timedOut, failedHealthChecks},
		Network:     {failedHealthChecks, failedHealthChecks, failedHealthChecks}} {
		b := v.start(newSpec(kind, "HTTP").change(httpCheck).listeningOn(8000 + len(kind)))
		for i, name := range []string{"one", "two", "three"} {
			v.waitForHealth(b, name, Health{unhealthy, want[i]})
		}
	}
	if got := userAgent.Load(); got != "ELB-HealthChecker/2.0" {
		t.Errorf("health checks have the user agent %s", got)
	}
	b := v.start(newSpec(Network, "HTTP", "one").change(httpCheck).change(
		func(g *TargetGroup) { g.Check.Codes = "404" }))
	v.waitForHealth(b, "one", Health{State: healthy})
}

// listeningOn returns a Spec with another port, so that several load balancers share a namespace.
func (s Spec) listeningOn(port int) Spec {
	listener := s.Listeners[0]
	listener.Port = port
	s.Listeners = []Listener{listener}
	if listener.Protocol == "HTTP" && s.Kind == Network {
		s.Listeners[0].Protocol = "TCP"
	}
	return s
}

func TestANewTargetIsHealthyAfterOneCheckOfAnApplicationLoadBalancer(t *testing.T) {
	for kind, want := range map[string]int32{Application: 1, Network: 3, Classic: 3} {
		t.Run(kind, func(t *testing.T) {
			v := startVPC(t, false)
			var checks atomic.Int32
			v.serveHTTP(func(string, http.ResponseWriter, *http.Request) { checks.Add(1) }, "one")
			b, err := Start(v.host("lb-test"), newSpec(kind, "HTTP", "one").listeningOn(80).change(httpCheck).change(
				func(g *TargetGroup) { g.Check.Healthy, g.Check.Interval = 3, 200*time.Millisecond }))
			if err != nil {
				t.Fatal(err)
			}
			defer b.Stop()
			got := b.Health()["tg"][targetAddress("one")]
			if want > 1 && got != (Health{initial, initialHealthChecking}) {
				t.Errorf("a new target is %s", got)
			}
			v.waitForHealth(b, "one", Health{State: healthy})
			if got := checks.Load(); got != want {
				t.Errorf("it is healthy after %d checks, want %d", got, want)
			}
		})
	}
}

func TestATargetIsUnhealthyAfterItsThresholdAndHealthyAgain(t *testing.T) {
	v := startVPC(t, false)
	var failing atomic.Bool
	var failures atomic.Int32
	v.serveHTTP(func(_ string, w http.ResponseWriter, _ *http.Request) {
		if failing.Load() {
			failures.Add(1)
			w.WriteHeader(http.StatusInternalServerError)
		}
	}, "one")
	b := v.start(newSpec(Application, "HTTP", "one").change(httpCheck).change(
		func(g *TargetGroup) { g.Check.Unhealthy = 4 }))
	failing.Store(true)
	v.waitForHealth(b, "one", Health{unhealthy, responseCodeMismatch})
	if got := failures.Load(); got < 4 || got > 5 {
		t.Errorf("it is unhealthy after %d checks", got)
	}
	failing.Store(false)
	v.waitForHealth(b, "one", Health{State: healthy})
}

func TestConnectionsToAnUnhealthyTargetOfANetworkLoadBalancerAreClosed(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		t.Run(fmt.Sprint(keeps), func(t *testing.T) {
			v := startVPC(t, false)
			v.serve("one")
			spec := newSpec(Network, "TCP", "one").change(func(g *TargetGroup) { g.KeepUnhealthy = keeps })
			b := v.start(spec)
			connection, _, err := v.dial(publicA + ":80")
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Update(spec.change(func(g *TargetGroup) { g.Check.Port = 81 })); err != nil {
				t.Fatal(err)
			}
			v.checkEcho("before the check fails", connection, true)
			v.waitForHealth(b, "one", Health{unhealthy, failedHealthChecks})
			time.Sleep(20 * time.Millisecond)
			v.checkEcho("a connection to an unhealthy target", connection, keeps)
		})
	}
}

func TestADrainingTargetThatIsRegisteredAgainIsInitial(t *testing.T) {
	v := startVPC(t, false)
	v.serve("one", "two")
	spec := newSpec(Network, "TCP", "one", "two")
	b := v.start(spec)
	for _, s := range []Spec{spec.without("one"), spec} {
		if err := b.Update(s); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.Health()["tg"][targetAddress("one")]; got.State == draining {
		t.Errorf("the target is %s", got)
	}
	time.Sleep(400 * time.Millisecond) // the deregistration delay
	v.waitForHealth(b, "one", Health{State: healthy})
}

func TestHealthChecksHaveAHeaderOfTheProxyProtocolWithoutAddresses(t *testing.T) {
	v := startVPC(t, false)
	listener := v.listen("one")
	got := make(chan string, 1)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			buffer := make([]byte, len(proxySignature)+4+len("GET /healthz"))
			_, _ = io.ReadFull(connection, buffer)
			connection.Close()
			select {
			case got <- string(buffer):
			default:
			}
		}
	}()
	v.start(newSpec(Network, "TCP", "one").change(httpCheck).change(func(g *TargetGroup) { g.ProxyProtocol = 2 }))
	if line := <-got; !strings.HasPrefix(line, proxySignature+"\x20\x00\x00\x00GET /healthz") {
		t.Errorf("the target got %q", line)
	}
}
