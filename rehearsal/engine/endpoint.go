package engine

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Endpoint opens an API server at https://127.0.0.1:<port> that serves /healthz, which the program polls until the
// cluster is ready, as the eks component does for a public endpoint. Its certificate is signed by Authority. Port 0
// selects a free port. A simulated account stores its port and passes the same one each time, because the component
// waits five minutes for an address that no server listens on. Opening a port that is already open returns the same
// endpoint.
func (h *Host) Endpoint(port int) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return "", errClosed
	}
	if _, open := h.listeners[port]; !open || port == 0 {
		listener, err := h.serveAPI(port)
		if err != nil {
			return "", err
		}
		port = listener.Addr().(*net.TCPAddr).Port
		h.listeners[port] = listener
	}
	return "https://127.0.0.1:" + strconv.Itoa(port), nil
}

// apiServers are the addresses of the API servers of this process, whichever host opened them: a run on one host may
// use an endpoint that another host has opened.
var apiServers sync.Map

// isAPIServer reports whether an address is that of an API server of this process.
func isAPIServer(address string) bool {
	_, open := apiServers.Load(address)
	return open
}

// serveAPI serves /healthz on a loopback port until the listener is closed.
func (h *Host) serveAPI(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("API endpoint of the rehearsed cluster: %w; another rehearsal of the same stack may use port %d: wait until it ends", err, port)
	}
	server := &http.Server{
		Handler:           http.HandlerFunc(serveHealth),
		TLSConfig:         &tls.Config{GetCertificate: certificateFor},
		ErrorLog:          log.New(io.Discard, "", 0),
		ReadHeaderTimeout: 10 * time.Second,
	}
	apiServers.Store(listener.Addr().String(), true)
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return listener, nil
}

func serveHealth(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/healthz") {
		http.Error(w, "a rehearsal's API server serves /healthz only", http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, "ok")
}
