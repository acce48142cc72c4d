package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	_ "eksnet/rehearsal/internal/terminal" // no question to the terminal
)

// ErrNotLoopback is the cause of every refused connection.
var ErrNotLoopback = errors.New("a rehearsal connects to this machine only")

// Confine removes from this process what could connect it to a real account: the environment variables of AWS,
// Kubernetes, Helm, Pulumi and proxies, name resolution, and HTTP to any address but loopback. StartHost calls it; a
// command calls it before it reads anything. Calling it again changes nothing.
func Confine() { confine() }

var confine = sync.OnceFunc(func() {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); mustUnset(name) {
			os.Unsetenv(name)
		}
	}
	os.Setenv("PULUMI_SKIP_UPDATE_CHECK", "true")
	os.Setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")

	if transport, ok := http.DefaultTransport.(*http.Transport); ok {
		transport.Proxy = nil
		transport.DialContext = dialLoopback
	} else {
		http.DefaultTransport = &http.Transport{DialContext: dialLoopback}
	}
	net.DefaultResolver.PreferGo = true
	net.DefaultResolver.Dial = dialLoopback
})

// mustUnset reports whether an environment variable could configure an account, a cluster or a proxy.
func mustUnset(name string) bool {
	upper := strings.ToUpper(name)
	// configures how to delete from an unreachable cluster, and selects none
	if upper == "PULUMI_K8S_DELETE_UNREACHABLE" {
		return false
	}
	for _, prefix := range []string{"AWS_", "PULUMI_", "KUBE", "HELM_", "NODE_", "NPM_CONFIG_"} {
		if strings.HasPrefix(upper, prefix) {
			return true
		}
	}
	return strings.HasSuffix(upper, "_PROXY")
}

// dialLoopback connects to 127.0.0.0/8, ::1 and Unix sockets, and refuses every other address. Connections to the
// stack's proxy are made to its stand-in on loopback, and to an API server only where the network of the run can reach
// it.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	if strings.HasPrefix(network, "unix") {
		return dialer.DialContext(ctx, network, address)
	}
	dialed, err := networkOf(ctx).dialAddress(address)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(dialed)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("dial %s %s: %w", network, address, ErrNotLoopback)
	}
	return dialer.DialContext(ctx, network, dialed)
}
