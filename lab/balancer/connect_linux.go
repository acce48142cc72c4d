package balancer

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// connectTimeout is the time in which a target must accept a connection
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-504-issues). A
// Network Load Balancer has no such limit: its clients time out, most of them within clientTimeout.
const (
	connectTimeout = 10 * time.Second
	clientTimeout  = time.Minute
)

// dial connects to a target from the load balancer's address in a zone, or from the address of a client if it is valid.
// Network is tcp or udp.
func (b *Balancer) dial(ctx context.Context, network string, z Zone, client, target netip.AddrPort) (
	connection net.Conn, err error) {
	b.mu.Lock()
	kind, device := b.spec.Kind, b.devices[z.Address]
	b.mu.Unlock()
	dialer := net.Dialer{Timeout: connectTimeout, LocalAddr: socketAddress(network, netip.AddrPortFrom(z.SourceFor(target.Addr()), 0))}
	if kind == Network {
		dialer.Timeout = clientTimeout
	}
	if client.IsValid() {
		dialer.LocalAddr, dialer.Control = socketAddress(network, client), bindToClient(device)
	}
	err = b.network.Do(func() (err error) {
		connection, err = dialer.DialContext(ctx, network, target.String())
		return err
	})
	return connection, err
}

func socketAddress(network string, a netip.AddrPort) net.Addr {
	if network == "udp" {
		return net.UDPAddrFromAddrPort(a)
	}
	return net.TCPAddrFromAddrPort(a)
}

// bindToClient returns a function that allows a socket to have an address of another host, and sends its packets by an
// interface.
func bindToClient(device string) func(network, address string, raw syscall.RawConn) error {
	return func(network, _ string, raw syscall.RawConn) (err error) {
		level, transparent := unix.SOL_IP, unix.IP_TRANSPARENT
		if strings.HasSuffix(network, "6") {
			level, transparent = unix.SOL_IPV6, unix.IPV6_TRANSPARENT
		}
		failed := raw.Control(func(descriptor uintptr) {
			socket := int(descriptor)
			if err = unix.SetsockoptInt(socket, level, transparent, 1); err != nil {
				err = fmt.Errorf("IP_TRANSPARENT: %w", err)
				return
			}
			if err = unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
				return
			}
			err = unix.BindToDevice(socket, device)
		})
		if failed != nil {
			return failed
		}
		return err
	}
}

// connect connects to a target for a client that connected to the load balancer's address local. It sends the header of
// the proxy protocol, and negotiates TLS if the target group has it.
func (b *Balancer) connect(ctx context.Context, z Zone, a *assignment, client, local netip.AddrPort) (net.Conn, error) {
	connection, err := b.dial(ctx, "tcp", z, a.preserved(client), a.key.address)
	if err != nil {
		return nil, err
	}
	if header := proxyHeader(a.group.ProxyProtocol, client, local); header != nil {
		if _, err := connection.Write(header); err != nil {
			connection.Close()
			return nil, err
		}
	}
	switch a.group.Protocol {
	case "TLS", "SSL":
		connection = tls.Client(connection, targetTLS())
	}
	return connection, nil
}

// preserved returns the address of a client if the target gets it, otherwise an invalid one. A target of the other
// family gets that of the load balancer
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
func (a *assignment) preserved(client netip.AddrPort) netip.AddrPort {
	if a.group.PreserveClient && client.Addr().Is6() == a.key.address.Addr().Is6() {
		return client
	}
	return netip.AddrPort{}
}

// targetTLS returns the configuration for targets. Load balancers do not verify their certificates
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-routing-configuration).
func targetTLS() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }
