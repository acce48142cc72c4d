package look_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"eksnet/acceptance/look"
)

// remoteVariable makes the test's program a remote client.
const remoteVariable = "EKSNET_TEST_REMOTE"

func TestMain(m *testing.M) {
	if os.Getenv(remoteVariable) != "" && slices.Contains(os.Args, look.SendCommand) {
		if err := look.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// clients are this machine's, and one behind a command.
func clients(t *testing.T) map[string]look.Client {
	t.Helper()
	remote := &look.Remote{Command: "env " + remoteVariable + "=1 " + os.Args[0]}
	t.Cleanup(remote.Close)
	return map[string]look.Client{"here": look.Here{}, "remote": remote}
}

// pod is a handler that answers as the application echo does.
func pod(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/hostname":
		_, _ = w.Write([]byte("pod-1\n"))
	case "/clientip":
		_, _ = w.Write([]byte(r.RemoteAddr))
	case "/header":
		_, _ = w.Write([]byte(r.Host))
	case "/away":
		http.Redirect(w, r, "https://shop.example.com/", http.StatusMovedPermanently)
	default:
		http.NotFound(w, r)
	}
}

func TestRequestsOfAConnectionAreAnsweredOnIt(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(pod))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	encrypted := httptest.NewTLSServer(http.HandlerFunc(pod))
	t.Cleanup(encrypted.Close)
	for name, client := range clients(t) {
		connections.Store(0)
		for _, s := range []*httptest.Server{server, encrypted} {
			r := look.Request{Address: s.Listener.Addr().String(), TLS: s == encrypted, Host: "shop.example.com",
				Texts: []string{"/hostname", "/clientip", "/header?key=Host"}, Timeout: time.Minute}
			a, err := client.Send(t.Context(), r)
			if err != nil || a.Error != "" || len(a.Texts) != 3 || a.Texts[0] != "pod-1" || !strings.HasPrefix(a.Texts[1], "127.0.0.1:") || a.Texts[2] != "shop.example.com" || a.Client != "127.0.0.1" {
				t.Errorf("%s: %+v, %v", name, a, err)
			}
		}
		if n := connections.Load(); n != 1 {
			t.Errorf("%s: %d connections", name, n)
		}
		a, err := client.Send(t.Context(),
			look.Request{Address: server.Listener.Addr().String(), Host: "h", Texts: []string{"/away"}, Timeout: time.Minute})
		if err != nil || a.Location != "https://shop.example.com/" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestDatagramsAreAnsweredToOneSocket(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		buffer := make([]byte, 100)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			if text := string(buffer[:n]); text == "clientip" {
				_, _ = server.WriteTo([]byte(from.String()), from)
			} else if text == "hostname" {
				_, _ = server.WriteTo([]byte("pod-1"), from)
			}
		}
	}()
	for name, client := range clients(t) {
		r := look.Request{Address: server.LocalAddr().String(), UDP: true, Texts: []string{"hostname", "clientip"},
			Timeout: time.Minute}
		if a, err := client.Send(t.Context(), r); err != nil || a.Error != "" || a.Texts[0] != "pod-1" || !strings.HasPrefix(a.Texts[1], "127.0.0.1:") {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		r.Texts, r.Timeout = []string{"silence"}, 50*time.Millisecond
		if a, err := client.Send(t.Context(), r); err != nil || !strings.Contains(a.Error, "i/o timeout") {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestARequestWithoutAnAnswerIsNoErrorOfTheClient(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(broken.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	for address, want := range map[string]string{silent.Addr().String(): "i/o timeout", broken.Listener.Addr().String(): "GET /hostname: 502 Bad Gateway", gone.Listener.Addr().String(): "connection refused"} {
		a, err := look.Here{}.Send(t.Context(),
			look.Request{Address: address, Host: "h", Texts: []string{"/hostname"}, Timeout: 100 * time.Millisecond})
		if err != nil || !strings.Contains(a.Error, want) {
			t.Errorf("%+v, %v; want %s", a, err, want)
		}
	}
}

func TestARemoteClientResolvesThere(t *testing.T) {
	for name, client := range clients(t) {
		if found, err := client.Resolve(t.Context(), "localhost"); err != nil || !slices.Contains(found, "127.0.0.1") {
			t.Errorf("%s: %q, %v", name, found, err)
		}
	}
}

func TestARemoteClientThatFailsIsOneClearLine(t *testing.T) {
	for line, want := range map[string]string{
		"sh -c 'echo first; echo no route to host >&2; exit 255'": "no route to host; it must start eksnet-aws, such as ssh HOST ./eksnet-aws",
		"sh -c 'exit 0'":       "it must start eksnet-aws",
		"/nonexistent/program": "not found; it must start eksnet-aws",
	} {
		remote := &look.Remote{Command: line}
		_, err := remote.Send(t.Context(), look.Request{Texts: []string{"x"}})
		if err == nil || !strings.HasPrefix(err.Error(), line+" send: ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", line, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	remote := &look.Remote{Command: "sh -c 'exec sleep 60'"}
	if _, err := remote.Send(ctx, look.Request{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a command that hangs: %v", err)
	}
}
