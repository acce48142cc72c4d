package balancer

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Times after which connections without data are closed
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html#connection-idle-timeout,
// docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout,
// docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-idle-timeout.html).
var idleTimeouts = map[string]time.Duration{Network: 350 * time.Second, Application: time.Minute, Classic: time.Minute}

func (b *Balancer) idleTimeout() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return cmp.Or(b.spec.IdleTimeout, idleTimeouts[b.spec.Kind])
}

// serveStreams forwards TCP connections.
func (l *listener) serveStreams(socket *net.TCPListener) {
	for {
		client, err := socket.AcceptTCP()
		if l.ctx.Err() != nil {
			return
		}
		if err != nil { // such as too many open files
			time.Sleep(10 * time.Millisecond)
			continue
		}
		l.b.goRun(func() { l.forward(client) })
	}
}

// forward forwards a connection to a target. Without a target that accepts it, the connection is reset. On AWS, the
// first packet of a connection through a Network Load Balancer reaches the target before the client is connected; here
// the client is connected first.
func (l *listener) forward(client *net.TCPConn) {
	defer reset(client)
	defer context.AfterFunc(l.ctx, func() { reset(client) })()
	config, front := l.config.Load(), net.Conn(client)
	if config.Protocol == "TLS" || config.Protocol == "SSL" {
		secure := tls.Server(client, l.serverTLS())
		ctx, cancel := context.WithTimeout(l.ctx, connectTimeout)
		defer cancel()
		if secure.HandshakeContext(ctx) != nil {
			return
		}
		front = secure
	}
	a := l.b.assign(l.key.zone, config.Default.Forward, caller{address: addressOf(client.RemoteAddr()).Addr()})
	if a == nil {
		return
	}
	defer a.release()
	defer context.AfterFunc(a.ctx, func() { reset(client) })()
	back, err := l.b.connect(a.ctx, l.key.zone, a, addressOf(client.RemoteAddr()), addressOf(client.LocalAddr()))
	if err != nil {
		return
	}
	defer reset(back)
	if relay(front, back, l.b.idleTimeout()) {
		_, _ = front.Close(), back.Close()
	}
}

func addressOf(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.TCPAddr:
		return unmap(a.AddrPort())
	case *net.UDPAddr:
		return unmap(a.AddrPort())
	}
	return netip.AddrPort{}
}

func unmap(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// relay copies data in both directions until both have ended, an error occurs, or no data arrives for the idle time.
// The end of one direction does not end the other one. relay reports whether both have ended.
func relay(front, back net.Conn, idle time.Duration) bool {
	timer := time.AfterFunc(idle, func() { reset(front); reset(back) })
	defer timer.Stop()
	var copies sync.WaitGroup
	var failed atomic.Bool
	copyTo := func(to, from net.Conn) {
		if _, err := io.Copy(to, activeReader{from, timer, idle}); err != nil || closeWrite(to) != nil {
			failed.Store(true)
			reset(to)
			reset(from)
		}
	}
	copies.Go(func() { copyTo(back, front) })
	copyTo(front, back)
	copies.Wait()
	return !failed.Load()
}

// activeReader resets the timer of a connection when data arrives.
type activeReader struct {
	io.Reader
	timer *time.Timer
	idle  time.Duration
}

func (r activeReader) Read(buffer []byte) (int, error) {
	read, err := r.Reader.Read(buffer)
	if read > 0 {
		r.timer.Reset(r.idle)
	}
	return read, err
}

func closeWrite(c net.Conn) error {
	if half, is := c.(interface{ CloseWrite() error }); is {
		return half.CloseWrite()
	}
	return nil
}

// reset closes a connection with a TCP reset. Data that is not sent yet is lost.
func reset(c net.Conn) {
	if secure, is := c.(*tls.Conn); is {
		c = secure.NetConn()
	}
	if plain, is := c.(*net.TCPConn); is {
		_ = plain.SetLinger(0)
	}
	_ = c.Close()
}
