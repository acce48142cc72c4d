package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"time"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"github.com/pires/go-proxyproto"
)

// gateway serves HTTP on the ports of the listeners of istiod, and forwards requests by its routes and endpoints.
type gateway struct {
	*configuration
	// report ends the proxy with an error.
	report func(error)

	mutex   sync.Mutex
	servers map[int]*server
}

// server serves one port. routes is the name of its routes, and problem why it cannot serve.
type server struct {
	*http.Server
	mutex   sync.Mutex
	routes  string
	problem error
}

// update starts servers of new listeners, and stops those of others.
func (g *gateway) update(all []*listener.Listener) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.servers == nil {
		g.servers = map[int]*server{}
	}
	wanted := map[int]bool{}
	for _, l := range all {
		port := int(l.GetAddress().GetSocketAddress().GetPortValue())
		wanted[port] = true
		s := g.servers[port]
		if s == nil {
			s = &server{}
			if err := g.serve(s, l, port); err != nil {
				g.report(fmt.Errorf("listener %s: %w", l.Name, err))
				return
			}
			g.servers[port] = s
		}
		s.setRoutes(l)
	}
	for port, s := range g.servers {
		if !wanted[port] {
			s.Close()
			delete(g.servers, port)
		}
	}
}

// setRoutes reads the routes of a listener.
func (s *server) setRoutes(l *listener.Listener) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	m, err := httpManager(l)
	if err == nil && m.GetRds() == nil {
		err = fmt.Errorf("listener %s has routes of its own, which the lab's gateway does not support", l.Name)
	}
	if s.problem = err; err != nil {
		log.Print(err)
		return
	}
	s.routes = m.GetRds().RouteConfigName
}

// proxyProtocolFilter is the filter of listeners that expect a header of the proxy protocol.
const proxyProtocolFilter = "envoy.filters.listener.proxy_protocol"

// serve starts a server for a listener.
func (g *gateway) serve(s *server, l *listener.Listener, port int) error {
	at, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	for _, filter := range l.ListenerFilters {
		if filter.Name == proxyProtocolFilter {
			at = &proxyproto.Listener{Listener: at, ReadHeaderTimeout: 10 * time.Second,
				ConnPolicy: func(proxyproto.ConnPolicyOptions) (proxyproto.Policy, error) { return proxyproto.REQUIRE, nil }}
		}
	}
	s.Server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.forward(s, w, r) })}
	log.Printf("listener %s: port %d", l.Name, port)
	go func() {
		if err := s.Serve(at); !errors.Is(err, http.ErrServerClosed) {
			g.report(err)
		}
	}()
	return nil
}

// forward sends a request to an endpoint of the cluster of its route.
func (g *gateway) forward(s *server, w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	name, problem := s.routes, s.problem
	s.mutex.Unlock()
	w.Header().Set("Server", "istio-envoy")
	cluster, err := "", problem
	if err == nil {
		cluster, err = clusterFor(g.route(name), r.Host, r.URL.Path)
	}
	switch {
	case errors.Is(err, errNoRoute):
		w.WriteHeader(http.StatusNotFound)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusNotImplemented)
		return
	}
	at := g.endpoint(cluster)
	if at == "" {
		http.Error(w, "no healthy upstream", http.StatusServiceUnavailable)
		return
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: at})
			p.Out.Host = p.In.Host
			p.Out.Header["X-Forwarded-For"] = p.In.Header["X-Forwarded-For"]
			p.SetXForwarded() // adds the client's address to those of the request
			p.Out.Header.Del("X-Forwarded-Host")
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, context.Canceled) {
				return
			}
			http.Error(w, "upstream connect error or disconnect/reset before headers: "+err.Error(), http.StatusServiceUnavailable)
		},
	}
	proxy.ServeHTTP(w, r)
}
