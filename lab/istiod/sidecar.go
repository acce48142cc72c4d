package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Addresses from which a proxy connects to its application (istio.io/istio, pilot/pkg/networking/core).
var (
	ownIPv4 = netip.MustParseAddr("127.0.0.6")
	ownIPv6 = netip.MustParseAddr("::6")
)

// serveInbound accepts the connections that are redirected to the proxy, and passes their bytes on to the application.
func serveInbound() error {
	at, err := net.Listen("tcp", ":"+inboundPort)
	if err != nil {
		return err
	}
	for {
		connection, err := at.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer connection.Close()
			if err := passOn(connection.(*net.TCPConn)); err != nil {
				log.Print(err)
			}
		}()
	}
}

// passOn connects to where a redirected connection was sent, and copies in both directions until both have ended.
func passOn(inbound *net.TCPConn) error {
	to, err := originalDestination(inbound)
	if err != nil {
		return err
	}
	if local, err := netip.ParseAddrPort(inbound.LocalAddr().String()); err == nil && local.Port() == to.Port() {
		return fmt.Errorf("connection from %s to port %s itself", inbound.RemoteAddr(), inboundPort)
	}
	outbound, err := dialApplication(context.Background(), to)
	if err != nil {
		return err
	}
	defer outbound.Close()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_, _ = io.Copy(inbound, outbound)
		_ = inbound.CloseWrite()
	}()
	_, err = io.Copy(outbound, inbound)
	_ = outbound.(*net.TCPConn).CloseWrite()
	<-answered
	return err
}

// dialApplication connects to the application as a proxy does.
func dialApplication(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	own := ownIPv4
	if to.Addr().Is6() {
		own = ownIPv6
	}
	dialer := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(own, 0))}
	return dialer.DialContext(ctx, "tcp", to.String())
}

// soOriginalDestination is SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST (linux/netfilter_ipv4.h).
const soOriginalDestination = 80

// originalDestination returns where a redirected connection was sent.
func originalDestination(c *net.TCPConn) (to netip.AddrPort, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return to, err
	}
	remote, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return to, err
	}
	var failed error
	err = raw.Control(func(descriptor uintptr) {
		if remote.Addr().Unmap().Is4() {
			// The address has the size of this structure: family, port, address.
			var found *unix.IPv6Mreq
			if found, failed = unix.GetsockoptIPv6Mreq(int(descriptor), unix.SOL_IP, soOriginalDestination); failed == nil {
				b := found.Multiaddr
				to = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), uint16(b[2])<<8|uint16(b[3]))
			}
			return
		}
		var found *unix.IPv6MTUInfo // begins with an address
		if found, failed = unix.GetsockoptIPv6MTUInfo(int(descriptor), unix.SOL_IPV6, soOriginalDestination); failed == nil {
			to = netip.AddrPortFrom(netip.AddrFrom16(found.Addr.Addr), found.Addr.Port<<8|found.Addr.Port>>8)
		}
	})
	if err == nil {
		err = failed
	}
	return to, err
}
