package balancer

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// newServer returns the server of a listener for HTTP or HTTPS.
func (l *listener) newServer() *http.Server {
	server := &http.Server{Handler: l, IdleTimeout: l.b.idleTimeout(), ErrorLog: log.New(io.Discard, "", 0)}
	if l.key.mode == httpsMode {
		server.TLSConfig = l.serverTLS("h2", "http/1.1")
	}
	return server
}

// ServeHTTP responds to a request by the rules of the listener.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	scheme := map[string]string{httpMode: "http", httpsMode: "https"}[l.key.mode]
	action := l.config.Load().selectAction(r)
	switch {
	case action.Redirect != nil:
		action.Redirect.write(w, r, scheme, l.key.port)
	case action.Fixed != nil:
		action.Fixed.write(w)
	default:
		l.forwardRequest(w, r, action.Forward, scheme)
	}
}

// forwardRequest forwards a request to a target, and responds with 503 without one
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-503-issues).
func (l *listener) forwardRequest(w http.ResponseWriter, r *http.Request, forward map[string]int, scheme string) {
	a := l.b.assign(l.key.zone, forward, caller{clientAddress(r), r})
	if a == nil {
		writeError(w, http.StatusServiceUnavailable)
		return
	}
	defer a.release()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	proxy := httputil.ReverseProxy{Transport: a.transport(l.key.zone), ErrorLog: log.New(io.Discard, "", 0),
		FlushInterval:  -1, // responses are not buffered, and have no guessed Content-Type
		Rewrite:        func(p *httputil.ProxyRequest) { l.rewrite(p, a, scheme) },
		ModifyResponse: func(r *http.Response) error { a.setCookies(r); return nil },
		ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, err error) { writeError(w, gatewayStatus(err)) }}
	proxy.ServeHTTP(w, r.WithContext(ctx))
}

// gatewayStatus returns the status code for an error of a target: it did not respond in time, or closed the connection
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues).
func gatewayStatus(err error) int {
	if isTimeout(err) {
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

// rewrite changes a request to the one that the target gets
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html).
func (l *listener) rewrite(p *httputil.ProxyRequest, a *assignment, scheme string) {
	p.Out.URL.Scheme, p.Out.URL.Host = "http", a.key.address.String()
	if a.group.Protocol == "HTTPS" {
		p.Out.URL.Scheme = "https"
	}
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	client, in, out := clientAddress(p.In).String(), p.In.Header, p.Out.Header
	l.b.mu.Lock()
	mode, kind := l.b.spec.ForwardedFor, l.b.spec.Kind
	l.b.mu.Unlock()
	switch mode {
	case "remove":
	case "preserve":
		if sent := in.Values("X-Forwarded-For"); sent != nil {
			out["X-Forwarded-For"] = sent
		}
	default:
		out.Set("X-Forwarded-For", strings.Join(append(in.Values("X-Forwarded-For"), client), ", "))
	}
	out.Set("X-Forwarded-Proto", scheme)
	out.Set("X-Forwarded-Port", strconv.Itoa(l.key.port))
	if kind == Application {
		setTraceID(out)
	}
}

// setTraceID adds an ID of the request
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html).
func setTraceID(header http.Header) {
	const name = "X-Amzn-Trace-Id"
	var unique [12]byte
	_, _ = rand.Read(unique[:])
	id := fmt.Sprintf("1-%08x-%x", time.Now().Unix(), unique)
	if sent := header.Get(name); sent != "" {
		if strings.Contains(sent, "Root=") {
			header.Set(name, "Self="+id+";"+sent)
		} else {
			header.Set(name, "Self="+id+";Root="+id+";"+sent)
		}
		return
	}
	header.Set(name, "Root="+id)
}

// transport returns the connections from a zone to a target, which are kept alive between requests.
func (a *assignment) transport(z Zone) *http.Transport {
	a.b.mu.Lock()
	defer a.b.mu.Unlock()
	if a.transports[z] == nil {
		a.transports[z] = &http.Transport{DisableCompression: true, TLSClientConfig: targetTLS(), MaxIdleConnsPerHost: 100,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				connection, err := a.b.dial(ctx, "tcp", z, netip.AddrPort{}, a.key.address)
				if err != nil {
					return nil, err
				}
				return newIdleConnection(connection, a.b.idleTimeout()), nil
			}}
	}
	return a.transports[z]
}

// idleConnection is a connection to a target that times out when no data is sent or received.
type idleConnection struct {
	net.Conn
	idle time.Duration
}

func newIdleConnection(c net.Conn, idle time.Duration) idleConnection {
	_ = c.SetDeadline(time.Now().Add(idle))
	return idleConnection{c, idle}
}

func (c idleConnection) Read(buffer []byte) (int, error) {
	read, err := c.Conn.Read(buffer)
	_ = c.SetDeadline(time.Now().Add(c.idle))
	return read, err
}

func (c idleConnection) Write(buffer []byte) (int, error) {
	_ = c.SetDeadline(time.Now().Add(c.idle))
	return c.Conn.Write(buffer)
}
