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

// Endpoint opens the address of an API server that answers /healthz, where the program, and the eks component for a public endpoint,
// wait for a cluster: https://127.0.0.1:<port>. Authority signs for it. Port 0 picks a free one. A world remembers its port and asks for the
// same one for life, because the component waits five minutes for an address where nobody answers. Asking again for an
// open port is the same endpoint.
func (h *Host) Endpoint(port int) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return "", errClosed
	}
	if _, open := h.listeners[port]; !open || port == 0 {
		listener, err := h.listen(port)
		if err != nil {
			return "", err
		}
		port = listener.Addr().(*net.TCPAddr).Port
		h.listeners[port] = listener
	}
	return "https://127.0.0.1:" + strconv.Itoa(port), nil
}

// served are the addresses of the API servers that this process plays, whichever host opened them: one host may run what stands in a
// world that another one has opened the endpoint for.
var served sync.Map

// serves tells whether an address is an endpoint's.
func serves(address string) bool {
	_, open := served.Load(address)
	return open
}

// listen serves health on a loopback port until the listener is closed.
func (h *Host) listen(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("API endpoint of the rehearsed cluster: %w; another rehearsal of the same stack may hold port %d: let it end", err, port)
	}
	server := &http.Server{
		Handler:           http.HandlerFunc(healthy),
		TLSConfig:         &tls.Config{GetCertificate: certificateFor},
		ErrorLog:          log.New(io.Discard, "", 0),
		ReadHeaderTimeout: 10 * time.Second,
	}
	served.Store(listener.Addr().String(), true)
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return listener, nil
}

func healthy(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/healthz") {
		http.Error(w, "a rehearsal's API server answers /healthz and nothing else", http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, "ok")
}
