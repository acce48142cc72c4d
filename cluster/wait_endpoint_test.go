package cluster

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"eksnet/config"
)

// apiServer starts a TLS server that responds after some requests that it leaves open or aborts. It returns the
// server's address, and its certificate authority in the form of EKS's API.
func apiServer(t *testing.T, status int, broken int32) (address, authority string) {
	t.Helper()
	var requests atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n := requests.Add(1); {
		case n == 1 && broken > 0:
			<-r.Context().Done() // never responds
		case n <= broken:
			panic(http.ErrAbortHandler)
		}
		if r.URL.Path != "/healthz" {
			t.Errorf("requested %s", r.URL)
		}
		w.Header().Set("Location", "http://127.0.0.1:1/") // no server listens there
		w.WriteHeader(status)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, encodePEM(server.Certificate().Raw)
}

func encodePEM(certificate []byte) string {
	return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
}

// anotherAuthority returns a certificate authority that has signed no server's certificate.
func anotherAuthority(t *testing.T) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return encodePEM(certificate)
}

// unusedAddress returns an address on which no server listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// newShortWait returns a wait that times out soon, for endpoints that are never reached.
func newShortWait(endpoint config.Endpoint) *endpointWait {
	v := newLongWait(endpoint)
	v.limit, v.attempt = time.Second, 500*time.Millisecond
	return v
}

// newLongWait returns a wait with short pauses that lasts as long as a busy machine needs.
func newLongWait(endpoint config.Endpoint) *endpointWait {
	v := newEndpointWait(endpoint, func(string, bool) {})
	v.limit, v.attempt, v.pause, v.longest = time.Hour, time.Minute, time.Millisecond, 4*time.Millisecond
	return v
}

func TestAnyHTTPStatusEndsTheWait(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError, http.StatusFound} {
		address, authority := apiServer(t, status, 0)
		if err := newLongWait(config.Endpoint{}).wait(t.Context(), address, authority); err != nil {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

func TestAnAPIThatDoesNotRespondYetIsPolledAgain(t *testing.T) {
	address, authority := apiServer(t, http.StatusOK, 3)
	var reports, first int
	v := newLongWait(config.Endpoint{Public: true, PublicCIDRs: []string{"203.0.113.0/24"}})
	// One of the failures is a request without a response.
	v.attempt, v.report = 3*time.Second, func(text string, begins bool) {
		reports++
		if begins {
			first++
			if !strings.Contains(text, "waiting up to 1h0m0s. It accepts connections from 203.0.113.0/24") {
				t.Errorf("the first report is %q", text)
			}
		}
	}
	if err := v.wait(t.Context(), address, authority); err != nil {
		t.Fatal(err)
	}
	if reports != 3 || first != 1 {
		t.Errorf("%d reports, want one for each of 3 failures", reports)
	}
}

func TestTheErrorOfAnUnreachableAPINamesTheWaysToReachIt(t *testing.T) {
	_, authority := apiServer(t, http.StatusOK, 0)
	address := "https://" + unusedAddress(t)
	err := newShortWait(config.Endpoint{Private: true, Public: true, PublicCIDRs: []string{"203.0.113.0/24", "198.51.100.7/32"}}).wait(t.Context(), address, authority)
	if err == nil {
		t.Fatal("the wait succeeded")
	}
	for _, part := range []string{
		address + "/healthz", "polled for ", "connection refused",
		"from inside the VPC and from 203.0.113.0/24, 198.51.100.7/32", "VPN", "SSM", "cluster.endpoint.proxy", "cluster.endpoint.publicCidrs",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error lacks %q:\n%v", part, err)
		}
	}
}

func TestAnAPIThatNeverRespondsEndsTheWaitWithAnError(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections and never responds
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, authority := apiServer(t, http.StatusOK, 0)
	err = newShortWait(config.Endpoint{Private: true}).wait(t.Context(), "https://"+listener.Addr().String(), authority)
	if err == nil || !strings.Contains(err.Error(), "The API accepts connections from inside the VPC. ") {
		t.Error(err)
	}
}

func TestAServerWithAnotherCertificateIsNotTheAPI(t *testing.T) {
	address, _ := apiServer(t, http.StatusOK, 0)
	_, authority := apiServer(t, http.StatusOK, 0)
	stranger := strings.Replace(address, "127.0.0.1", "localhost", 1) // the certificate does not name it
	for name, err := range map[string]error{
		"another host":      newShortWait(config.Endpoint{}).wait(t.Context(), stranger, authority),
		"no certificate":    newShortWait(config.Endpoint{}).wait(t.Context(), address, "Q0E="),
		"another authority": newShortWait(config.Endpoint{}).wait(t.Context(), address, anotherAuthority(t)),
	} {
		if err == nil {
			t.Errorf("%s: the wait succeeded", name)
		} else if !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheAPIIsReachedThroughTheProxyOfTheStackFile(t *testing.T) {
	address, authority := apiServer(t, http.StatusOK, 0)
	var through atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through.Store(r.Method + " " + r.Host)
		server, err := net.Dial("tcp", strings.TrimPrefix(address, "https://"))
		if err != nil {
			t.Error(err)
			return
		}
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { _, _ = io.Copy(server, client) }()
		_, _ = io.Copy(client, server)
	}))
	defer proxy.Close()
	// The certificate is for 127.0.0.1; on this port only the proxy reaches the server.
	hidden := "https://" + unusedAddress(t)
	v := newLongWait(config.Endpoint{Proxy: proxy.URL})
	if err := v.wait(t.Context(), hidden, authority); err != nil {
		t.Fatal(err)
	}
	if want := "CONNECT " + strings.TrimPrefix(hidden, "https://"); through.Load() != want {
		t.Errorf("the proxy received %v, want %s", through.Load(), want)
	}
}

func TestAProxysRefusalIsAnErrorThatHidesThePassword(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer proxy.Close()
	_, authority := apiServer(t, http.StatusOK, 0)
	endpoint := config.Endpoint{Private: true, Proxy: strings.Replace(proxy.URL, "http://", "http://me:hush@", 1)}
	err := newShortWait(endpoint).wait(t.Context(), "https://"+unusedAddress(t), authority)
	if err == nil || !strings.Contains(err.Error(), "through cluster.endpoint.proxy http://me:xxxxx@127.0.0.1") || !strings.Contains(err.Error(), "Forbidden") {
		t.Error(err)
	}
	if strings.Contains(err.Error(), "hush") {
		t.Errorf("the error shows the password: %v", err)
	}
}

func TestAnInterruptEndsTheWait(t *testing.T) {
	_, authority := apiServer(t, http.StatusOK, 0)
	ctx, cancel := context.WithCancel(t.Context())
	v := newLongWait(config.Endpoint{})
	v.limit, v.report = time.Hour, func(string, bool) { cancel() }
	if err := v.wait(ctx, "https://"+unusedAddress(t), authority); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestTheWaitUsesTheProcesssDefaultTransport(t *testing.T) {
	address, authority := apiServer(t, http.StatusOK, 0)
	confined := errors.New("confined")
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	http.DefaultTransport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, confined }}
	if err := newShortWait(config.Endpoint{}).wait(t.Context(), address, authority); !errors.Is(err, confined) {
		t.Error(err)
	}
}

// permanentError is the error of a connection that no retry can open.
type permanentError struct{ error }

func (permanentError) Final() bool { return true }

func TestAPermanentErrorEndsTheWaitAtOnce(t *testing.T) {
	_, authority := apiServer(t, http.StatusOK, 0)
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	http.DefaultTransport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, permanentError{errors.New("no route")}
	}}
	v := newEndpointWait(config.Endpoint{Private: true}, func(string, bool) { t.Error("the API is polled again") })
	err := v.wait(t.Context(), "https://"+unusedAddress(t), authority)
	if err == nil || !strings.Contains(err.Error(), "no route") || !strings.Contains(err.Error(), "To reach it, do one of the following:") {
		t.Error(err)
	}
}
