package engine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Endpoint opens the address of an API server that answers /healthz, where the eks component waits for a cluster with
// a public endpoint: https://127.0.0.1:<port>. Port 0 picks a free one. A world remembers its port and asks for the
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

// listen serves health on a loopback port until the listener is closed.
func (h *Host) listen(port int) (net.Listener, error) {
	certificate, err := selfSigned()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("API endpoint of the rehearsed cluster: %w; another rehearsal of the same stack may hold port %d: let it end", err, port)
	}
	server := &http.Server{
		Handler:           http.HandlerFunc(healthy),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{certificate}},
		ErrorLog:          log.New(io.Discard, "", 0),
		ReadHeaderTimeout: 10 * time.Second,
	}
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

// selfSigned makes the certificate of 127.0.0.1; the component does not verify it.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
