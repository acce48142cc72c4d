package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Ports of the agent, and the path that answers whether the proxy is ready
// (istio.io/latest/docs/ops/deployment/application-requirements, ports used by Istio).
const (
	agentPort  = ":15020"
	healthPort = ":15021"
	healthPath = "/healthz/ready"
)

// probe is a probe of the application.
type probe struct {
	HTTPGet        *httpGet   `json:"httpGet"`
	TCPSocket      *tcpSocket `json:"tcpSocket"`
	TimeoutSeconds int        `json:"timeoutSeconds"`
}

type httpGet struct {
	Path   string             `json:"path"`
	Port   intstr.IntOrString `json:"port"`
	Scheme string             `json:"scheme"`
	Host   string             `json:"host"`
}

type tcpSocket struct {
	Port intstr.IntOrString `json:"port"`
}

// serveHealth serves the readiness of the proxy on both ports, and the probes of the application on that of the agent.
func serveHealth(n *node, received *configuration) error {
	ready := func(w http.ResponseWriter, _ *http.Request) {
		if !received.isReady() {
			http.Error(w, "config not received from XDS server", http.StatusServiceUnavailable)
		}
	}
	agent, health := http.NewServeMux(), http.NewServeMux()
	health.HandleFunc(healthPath, ready)
	agent.HandleFunc(healthPath, ready)
	for path, p := range n.probes {
		agent.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			status, err := p.check(r.Context(), n.address)
			if err != nil {
				http.Error(w, err.Error(), status)
				return
			}
			w.WriteHeader(status)
		})
	}
	var both errgroup.Group
	both.Go(func() error { return listenAndServe(agentPort, agent) })
	both.Go(func() error { return listenAndServe(healthPort, health) })
	return both.Wait()
}

func listenAndServe(at string, handler http.Handler) error {
	server := &http.Server{Addr: at, Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}

// check sends the probe to the application, and returns the status of its answer.
func (p probe) check(ctx context.Context, address string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(max(1, p.TimeoutSeconds))*time.Second)
	defer cancel()
	pod, err := netip.ParseAddr(address)
	switch {
	case err != nil:
	case p.TCPSocket != nil:
		status, err = p.TCPSocket.check(ctx, pod)
	case p.HTTPGet != nil && p.HTTPGet.Scheme != "HTTPS":
		status, err = p.HTTPGet.check(ctx, pod)
	default:
		return http.StatusNotImplemented, fmt.Errorf("the lab's proxy sends probes of TCP and HTTP: %+v", p)
	}
	if err != nil {
		return http.StatusInternalServerError, err
	}
	return status, nil
}

func (g *httpGet) check(ctx context.Context, pod netip.Addr) (int, error) {
	target, err := url.Parse(g.Path)
	if err != nil {
		return 0, err
	}
	at := netip.AddrPortFrom(pod, uint16(g.Port.IntValue()))
	target.Scheme, target.Host = "http", at.String()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return 0, err
	}
	request.Host = g.Host
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return dialApplication(ctx, at) }
	answer, err := (&http.Transport{DialContext: dial, DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

func (s *tcpSocket) check(ctx context.Context, pod netip.Addr) (int, error) {
	connection, err := dialApplication(ctx, netip.AddrPortFrom(pod, uint16(s.Port.IntValue())))
	if err != nil {
		return 0, err
	}
	return http.StatusOK, connection.Close()
}
