package balancer

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// sessionIdle is the time after which a UDP session without datagrams ends
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html#connection-idle-timeout).
const sessionIdle = 120 * time.Second

// sessions holds the UDP sessions of a listener by client.
type sessions struct {
	mu       sync.Mutex
	byClient map[netip.AddrPort]net.Conn
}

// serveDatagrams forwards datagrams. All of a client's address and port go to one target.
func (l *listener) serveDatagrams(socket *net.UDPConn) {
	open := &sessions{byClient: map[netip.AddrPort]net.Conn{}}
	buffer := make([]byte, 1<<16)
	for {
		size, client, err := socket.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		if back := l.session(open, socket, unmap(client)); back != nil {
			_ = back.SetReadDeadline(time.Now().Add(sessionIdle))
			_, _ = back.Write(buffer[:size])
		}
	}
}

// session returns the connection to the target of a client, nil if there is no target.
func (l *listener) session(open *sessions, socket *net.UDPConn, client netip.AddrPort) net.Conn {
	open.mu.Lock()
	back := open.byClient[client]
	open.mu.Unlock()
	if back != nil {
		return back
	}
	a := l.b.assign(l.key.zone, l.config.Load().Default.Forward, caller{address: client.Addr()})
	if a == nil {
		return nil
	}
	back, err := l.b.dial(l.ctx, "udp", l.key.zone, a.preserved(client), a.key.address)
	if err != nil {
		a.release()
		return nil
	}
	open.mu.Lock()
	open.byClient[client] = back
	open.mu.Unlock()
	l.b.goRun(func() {
		defer a.release()
		defer context.AfterFunc(l.ctx, func() { back.Close() })()
		defer context.AfterFunc(a.ctx, func() { back.Close() })()
		returnDatagrams(socket, back, client)
		open.mu.Lock()
		defer open.mu.Unlock()
		delete(open.byClient, client)
		back.Close()
	})
	return back
}

// returnDatagrams sends datagrams of a target to the client until the session ends.
func returnDatagrams(socket *net.UDPConn, back net.Conn, client netip.AddrPort) {
	buffer := make([]byte, 1<<16)
	for {
		size, err := back.Read(buffer)
		if isTimeout(err) || errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // such as a port that nothing listens on
			continue
		}
		_ = back.SetReadDeadline(time.Now().Add(sessionIdle))
		_, _ = socket.WriteToUDPAddrPort(buffer[:size], client)
	}
}
