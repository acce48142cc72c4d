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

// apiServer answers over TLS, after some questions that it leaves open or breaks off; the text is its certificate authority as EKS tells it.
func apiServer(t *testing.T, status int, broken int32) (address, authority string) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n := asked.Add(1); {
		case n == 1 && broken > 0:
			<-r.Context().Done() // says nothing
		case n <= broken:
			panic(http.ErrAbortHandler)
		}
		if r.URL.Path != "/healthz" {
			t.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Location", "http://127.0.0.1:1/") // where nobody is
		w.WriteHeader(status)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, encode(server.Certificate().Raw)
}

func encode(certificate []byte) string {
	return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
}

// anotherAuthority has signed nothing.
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
	return encode(certificate)
}

// closed is an address where nobody answers.
func closed(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// hasty is a visit that ends soon, for what is never reached.
func hasty(endpoint config.Endpoint) *visit {
	v := patient(endpoint)
	v.limit, v.attempt = time.Second, 500*time.Millisecond
	return v
}

// patient is a visit with short pauses that waits as long as a busy machine needs.
func patient(endpoint config.Endpoint) *visit {
	v := newVisit(endpoint, func(string, bool) {})
	v.limit, v.attempt, v.pause, v.longest = time.Hour, time.Minute, time.Millisecond, 4*time.Millisecond
	return v
}

func TestAnAPIThatAnswersAtAllIsReached(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError, http.StatusFound} {
		address, authority := apiServer(t, status, 0)
		if err := patient(config.Endpoint{}).wait(t.Context(), address, authority); err != nil {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

func TestAnAPIThatIsNotThereYetIsAskedAgain(t *testing.T) {
	address, authority := apiServer(t, http.StatusOK, 3)
	var told, first int
	v := patient(config.Endpoint{Public: true, PublicCIDRs: []string{"203.0.113.0/24"}})
	// One of the failures is a connection that is not answered.
	v.attempt, v.report = 3*time.Second, func(text string, begins bool) {
		told++
		if begins {
			first++
			if !strings.Contains(text, "up to 1h0m0s. It accepts connections from 203.0.113.0/24") {
				t.Errorf("the wait begins with %q", text)
			}
		}
	}
	if err := v.wait(t.Context(), address, authority); err != nil {
		t.Fatal(err)
	}
	if told != 3 || first != 1 {
		t.Errorf("whoever waits was told %d times, want once for each of 3 failures", told)
	}
}

func TestAnAPIThatNeverAnswersEndsTheWaitWithTheWaysThere(t *testing.T) {
	_, authority := apiServer(t, http.StatusOK, 0)
	address := "https://" + closed(t)
	err := hasty(config.Endpoint{Private: true, Public: true, PublicCIDRs: []string{"203.0.113.0/24", "198.51.100.7/32"}}).wait(t.Context(), address, authority)
	if err == nil {
		t.Fatal("it is reached")
	}
	for _, part := range []string{
		address + "/healthz", "asked for ", "connection refused",
		"from inside the VPC and from 203.0.113.0/24, 198.51.100.7/32", "VPN", "SSM", "cluster.endpoint.proxy", "cluster.endpoint.publicCidrs",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not tell %q:\n%v", part, err)
		}
	}
}

func TestAnAPIThatHangsEndsTheWait(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, authority := apiServer(t, http.StatusOK, 0)
	err = hasty(config.Endpoint{Private: true}).wait(t.Context(), "https://"+listener.Addr().String(), authority)
	if err == nil || !strings.Contains(err.Error(), "It answers from inside the VPC. ") {
		t.Error(err)
	}
}

func TestSomebodyElsesServerIsNotTheAPI(t *testing.T) {
	address, _ := apiServer(t, http.StatusOK, 0)
	_, authority := apiServer(t, http.StatusOK, 0)
	stranger := strings.Replace(address, "127.0.0.1", "localhost", 1) // the certificate does not name it
	for name, err := range map[string]error{
		"another host":      hasty(config.Endpoint{}).wait(t.Context(), stranger, authority),
		"no certificate":    hasty(config.Endpoint{}).wait(t.Context(), address, "Q0E="),
		"another authority": hasty(config.Endpoint{}).wait(t.Context(), address, anotherAuthority(t)),
	} {
		if err == nil {
			t.Errorf("%s: reached", name)
		} else if !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheAPIIsReachedByTheProxyOfTheStackFile(t *testing.T) {
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
	// 127.0.0.1 names the API for the certificate; the port is one where nobody answers but the proxy.
	hidden := "https://" + closed(t)
	v := patient(config.Endpoint{Proxy: proxy.URL})
	if err := v.wait(t.Context(), hidden, authority); err != nil {
		t.Fatal(err)
	}
	if want := "CONNECT " + strings.TrimPrefix(hidden, "https://"); through.Load() != want {
		t.Errorf("the proxy was asked %v, want %s", through.Load(), want)
	}
}

func TestAProxyThatRefusesIsNoAnswerAndItsPasswordIsNotTold(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer proxy.Close()
	_, authority := apiServer(t, http.StatusOK, 0)
	endpoint := config.Endpoint{Private: true, Proxy: strings.Replace(proxy.URL, "http://", "http://me:hush@", 1)}
	err := hasty(endpoint).wait(t.Context(), "https://"+closed(t), authority)
	if err == nil || !strings.Contains(err.Error(), "by cluster.endpoint.proxy http://me:xxxxx@127.0.0.1") || !strings.Contains(err.Error(), "Forbidden") {
		t.Error(err)
	}
	if strings.Contains(err.Error(), "hush") {
		t.Errorf("the password is told: %v", err)
	}
}

func TestAnInterruptEndsTheWait(t *testing.T) {
	_, authority := apiServer(t, http.StatusOK, 0)
	ctx, cancel := context.WithCancel(t.Context())
	v := patient(config.Endpoint{})
	v.limit, v.report = time.Hour, func(string, bool) { cancel() }
	if err := v.wait(ctx, "https://"+closed(t), authority); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWhoeverConfinesTheProcessConfinesTheWait(t *testing.T) {
	address, authority := apiServer(t, http.StatusOK, 0)
	confined := errors.New("confined")
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	http.DefaultTransport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, confined }}
	if err := hasty(config.Endpoint{}).wait(t.Context(), address, authority); !errors.Is(err, confined) {
		t.Error(err)
	}
}

// pointless is the error of a connection that no attempt can make.
type pointless struct{ error }

func (pointless) Final() bool { return true }

func TestAConnectionThatNothingCanMakeEndsTheWaitAtOnce(t *testing.T) {
	_, authority := apiServer(t, http.StatusOK, 0)
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	http.DefaultTransport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, pointless{errors.New("no route")} }}
	v := newVisit(config.Endpoint{Private: true}, func(string, bool) { t.Error("it is asked again") })
	err := v.wait(t.Context(), "https://"+closed(t), authority)
	if err == nil || !strings.Contains(err.Error(), "no route") || !strings.Contains(err.Error(), "Ways there:") {
		t.Error(err)
	}
}
