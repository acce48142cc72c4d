package balancer

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"time"
)

// check checks the target once, from the load balancer's address in the target's zone. It returns the reason of a
// failure, "" for success.
func (t *target) check(ctx context.Context, check HealthCheck) (reason string) {
	const defaultTimeout = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(check.Timeout, defaultTimeout))
	defer cancel()
	p := t.newProbe(check)
	var err error
	switch check.Protocol {
	case "HTTP", "HTTPS":
		var status int
		if status, err = p.request(ctx); err == nil && !acceptsStatus(cmp.Or(check.Codes, defaultCodes[p.kind]), status) {
			reason = responseCodeMismatch
		}
	default:
		err = p.connect(ctx)
	}
	switch {
	case err != nil && isTimeout(err):
		reason = timedOut
	case err != nil:
		reason = failedHealthChecks
	}
	// docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html: the other reasons apply only to
	// Application Load Balancers.
	if reason != "" && p.kind != Application {
		reason = failedHealthChecks
	}
	return reason
}

func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}

// probe is one health check of a target.
type probe struct {
	b       *Balancer
	kind    string
	zone    Zone
	address netip.AddrPort
	check   HealthCheck
	header  []byte
}

func (t *target) newProbe(check HealthCheck) probe {
	t.b.mu.Lock()
	defer t.b.mu.Unlock()
	p := probe{b: t.b, kind: t.b.spec.Kind, address: t.key.address, check: check}
	for i, z := range t.b.spec.Zones {
		if i == 0 || z.Name == t.zone {
			p.zone = z
		}
	}
	if check.Port != 0 {
		p.address = netip.AddrPortFrom(p.address.Addr(), uint16(check.Port))
	}
	if p.kind == Network && t.group.ProxyProtocol == 2 {
		p.header = proxyCheckHeader()
	}
	return p
}

// connect checks whether the target accepts connections, and TLS if the protocol is SSL.
func (p probe) connect(ctx context.Context) error {
	connection, err := p.b.dial(ctx, "tcp", p.zone, netip.AddrPort{}, p.address)
	if err != nil {
		return err
	}
	defer connection.Close()
	if p.check.Protocol == "SSL" || p.check.Protocol == "TLS" {
		return tls.Client(connection, targetTLS()).HandshakeContext(ctx)
	}
	return nil
}

// request sends a request to the target and returns the status code of the response. Redirects are not followed.
func (p probe) request(ctx context.Context) (status int, err error) {
	scheme := map[string]string{"HTTP": "http", "HTTPS": "https"}[p.check.Protocol]
	url := scheme + "://" + p.address.String() + cmp.Or(p.check.Path, "/")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	// docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
	version := map[bool]int{true: 1, false: 2}[p.kind == Classic]
	request.Header.Set("User-Agent", "ELB-HealthChecker/"+strconv.Itoa(version)+".0")
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true, TLSClientConfig: targetTLS(),
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx) }}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return response.StatusCode, err
}

// dial connects to the target. With the proxy protocol, a Network Load Balancer also sends its header in health checks
// over HTTP and HTTPS
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#proxy-protocol).
func (p probe) dial(ctx context.Context) (net.Conn, error) {
	connection, err := p.b.dial(ctx, "tcp", p.zone, netip.AddrPort{}, p.address)
	if err != nil || p.header == nil {
		return connection, err
	}
	if _, err := connection.Write(p.header); err != nil {
		connection.Close()
		return nil, err
	}
	return connection, nil
}
