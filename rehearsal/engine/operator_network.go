package engine

import (
	"context"
	"encoding/json"
	"net"
	"net/url"
	"syscall"
)

// operatorNetwork is the network of the operator: which addresses the program itself can reach.
type operatorNetwork struct {
	// answers reports whether an API server can be reached without a proxy. If nil, every API server can.
	answers func(server string) bool
	// proxy is the address of the stack's proxy, "" for none, and standIn that of its stand-in on loopback.
	proxy, standIn string
}

type operatorNetworkKey struct{}

// networkOf returns the network of the run that sends a request, nil for a request outside a run.
func networkOf(ctx context.Context) *operatorNetwork {
	at, _ := ctx.Value(operatorNetworkKey{}).(*operatorNetwork)
	return at
}

// dialAddress returns the address to dial for a connection: the address itself or that of the proxy's stand-in. Its
// error is a timeout for an API server that cannot be reached.
func (p *operatorNetwork) dialAddress(address string) (string, error) {
	switch {
	case p == nil:
	case address == p.proxy:
		return p.standIn, nil
	case p.answers != nil && isAPIServer(address) && !p.answers("https://"+address):
		return "", timeoutError{&net.OpError{Op: "dial", Net: "tcp", Addr: unreachableAddress(address), Err: syscall.ETIMEDOUT}}
	}
	return address, nil
}

// timeoutError is the error of a connection that would time out. It is final, because the result of another attempt
// would be the same.
type timeoutError struct{ *net.OpError }

func (timeoutError) Final() bool     { return true }
func (u timeoutError) Unwrap() error { return u.OpError }

// unreachableAddress is an address that cannot be reached.
type unreachableAddress string

func (unreachableAddress) Network() string  { return "tcp" }
func (n unreachableAddress) String() string { return string(n) }

// openNetwork opens the network of a run's operator, with a stand-in for the proxy of the stack file.
func (r *Run) openNetwork() (*operatorNetwork, error) {
	at := &operatorNetwork{answers: r.Answers}
	proxy, err := r.Stack.proxy()
	if err != nil || proxy == nil {
		return at, err
	}
	at.proxy = proxy.Host
	if proxy.Port() == "" {
		at.proxy = net.JoinHostPort(proxy.Hostname(), map[string]string{"http": "80", "socks5": "1080"}[proxy.Scheme])
	}
	at.standIn, err = r.Host.standIn(at.proxy)
	return at, err
}

// proxy returns the proxy to the API in the stack file, nil for none.
func (s *Stack) proxy() (*url.URL, error) {
	settings, err := s.Settings()
	if err != nil {
		return nil, err
	}
	var cluster struct{ Endpoint struct{ Proxy string } }
	if json.Unmarshal([]byte(settings[s.Project.Name.String()+":cluster"]), &cluster) != nil || cluster.Endpoint.Proxy == "" {
		return nil, nil // the program reports an invalid configuration
	}
	proxy, err := url.Parse(cluster.Endpoint.Proxy)
	if err != nil || proxy.Host == "" {
		return nil, nil
	}
	return proxy, nil
}
