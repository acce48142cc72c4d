package balancer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
)

// How a listener forwards.
const (
	streamMode   = "stream"
	datagramMode = "datagram"
	httpMode     = "http"
	httpsMode    = "https"
)

// modes holds how listeners of a protocol forward.
var modes = map[string][]string{"TCP": {streamMode}, "TLS": {streamMode}, "SSL": {streamMode}, "UDP": {datagramMode},
	"TCP_UDP": {streamMode, datagramMode}, "HTTP": {httpMode}, "HTTPS": {httpsMode}}

// listenerKey identifies a socket of a load balancer: one for each address.
type listenerKey struct {
	zone    Zone
	address netip.Addr
	port    int
	mode    string
}

// listener listens on a port of one of the load balancer's addresses in a zone.
type listener struct {
	b      *Balancer
	key    listenerKey
	config atomic.Pointer[Listener]
	// ctx ends with the listener, and with it its connections.
	ctx  context.Context
	stop func()
}

// updateListeners starts and stops listeners, so that they are those of a Spec. Others get their new configuration.
func (b *Balancer) updateListeners(spec Spec) error {
	var failed []error
	wanted := map[listenerKey]*Listener{}
	for i, config := range spec.Listeners {
		if modes[config.Protocol] == nil {
			failed = append(failed, fmt.Errorf(
				"load balancer %s: listener %d: protocol %q is not one of TCP, UDP, TCP_UDP, TLS, HTTP, HTTPS and SSL",
				spec.Name, config.Port, config.Protocol))
		}
		for _, mode := range modes[config.Protocol] {
			for _, z := range spec.Zones {
				for _, a := range z.Addresses() {
					wanted[listenerKey{z, a, config.Port, mode}] = &spec.Listeners[i]
				}
			}
		}
	}
	for key, l := range b.listeners {
		if wanted[key] == nil {
			l.stop()
			delete(b.listeners, key)
		}
	}
	for key, config := range wanted {
		if l := b.listeners[key]; l != nil {
			l.config.Store(config)
		} else if err := b.listen(key, config); err != nil {
			failed = append(failed, fmt.Errorf("load balancer %s: listener %d in zone %s: %w",
				spec.Name, key.port, key.zone.Name, err))
		}
	}
	return errors.Join(failed...)
}

// listen starts a listener.
func (b *Balancer) listen(key listenerKey, config *Listener) error {
	l := &listener{b: b, key: key}
	l.config.Store(config)
	ctx, cancel := context.WithCancel(b.ctx)
	l.ctx = ctx
	address := netip.AddrPortFrom(key.address, uint16(key.port))
	var stop func() error
	err := b.network.Do(func() error {
		if key.mode == datagramMode {
			socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
			if err != nil {
				return err
			}
			stop = socket.Close
			b.goRun(func() { l.serveDatagrams(socket) })
			return nil
		}
		socket, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(address))
		if err != nil {
			return err
		}
		stop = l.serve(socket)
		return nil
	})
	if err != nil {
		cancel()
		return err
	}
	l.stop = func() { cancel(); _ = stop() }
	b.listeners[key] = l
	return nil
}

// serve accepts connections, and returns the function that stops it.
func (l *listener) serve(socket *net.TCPListener) (stop func() error) {
	if l.key.mode == streamMode {
		l.b.goRun(func() { l.serveStreams(socket) })
		return socket.Close
	}
	server := l.newServer()
	l.b.goRun(func() {
		if l.key.mode == httpsMode {
			_ = server.ServeTLS(socket, "", "")
		} else {
			_ = server.Serve(socket)
		}
	})
	return server.Close
}

// serverTLS returns the configuration for clients. The certificate is one that matches the server name of the client,
// or the default certificate, which is the first one
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html).
func (l *listener) serverTLS(protocols ...string) *tls.Config {
	return &tls.Config{NextProtos: protocols,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			all := l.config.Load().Certificates
			for i := range all {
				if hello.SupportsCertificate(&all[i]) == nil {
					return &all[i], nil
				}
			}
			if len(all) == 0 {
				return nil, fmt.Errorf("listener %d has no certificate", l.key.port)
			}
			return &all[0], nil
		}}
}
