package engine

import (
	"context"
	"encoding/json"
	"net"
	"net/url"
	"syscall"
)

// place is where the operator of a run stands, and what is there: what the program itself asks over the network goes from there.
type place struct {
	// answers tells whether an API server answers without a proxy; nil: each does.
	answers func(server string) bool
	// proxy is the address of the stack's proxy, "" for none, and standIn the one of who plays it.
	proxy, standIn string
}

type placeKey struct{}

// from is the place of a program's request, nil where no run asks.
func from(ctx context.Context) *place {
	at, _ := ctx.Value(placeKey{}).(*place)
	return at
}

// way is where a connection to an address leads from here: to the address itself, to the proxy's stand-in, or nowhere.
func (p *place) way(address string) (string, error) {
	switch {
	case p == nil:
	case address == p.proxy:
		return p.standIn, nil
	case p.answers != nil && serves(address) && !p.answers("https://"+address):
		return "", unanswered{&net.OpError{Op: "dial", Net: "tcp", Addr: nowhere(address), Err: syscall.ETIMEDOUT}}
	}
	return address, nil
}

// unanswered is the error of a connection that would time out. Another attempt is pointless: nothing changes meanwhile.
type unanswered struct{ *net.OpError }

func (unanswered) Final() bool     { return true }
func (u unanswered) Unwrap() error { return u.OpError }

// nowhere is an address to which no way leads.
type nowhere string

func (nowhere) Network() string  { return "tcp" }
func (n nowhere) String() string { return string(n) }

// place opens what a run needs around its operator: a stand-in for the proxy that the stack file names.
func (r *Run) place() (*place, error) {
	at := &place{answers: r.Answers}
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

// proxy is the proxy by which the stack file says that the API is reached, nil for none.
func (s *Stack) proxy() (*url.URL, error) {
	settings, err := s.Settings()
	if err != nil {
		return nil, err
	}
	var cluster struct{ Endpoint struct{ Proxy string } }
	if json.Unmarshal([]byte(settings[s.Project.Name.String()+":cluster"]), &cluster) != nil || cluster.Endpoint.Proxy == "" {
		return nil, nil // what is wrong with it is the program's to tell
	}
	proxy, err := url.Parse(cluster.Endpoint.Proxy)
	if err != nil || proxy.Host == "" {
		return nil, nil
	}
	return proxy, nil
}
