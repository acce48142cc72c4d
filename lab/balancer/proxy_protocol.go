package balancer

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// proxySignature begins a header of version 2 (haproxy.org/download/2.9/doc/proxy-protocol.txt).
const proxySignature = "\r\n\r\n\x00\r\nQUIT\n"

// proxyHeader returns the header of a version of the proxy protocol for a TCP connection, nil for version 0. A Classic
// Load Balancer sends version 1, a Network Load Balancer version 2
// (docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-proxy-protocol.html,
// docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#proxy-protocol).
func proxyHeader(version int, client, local netip.AddrPort) []byte {
	switch version {
	case 1:
		family := "TCP4"
		if client.Addr().Is6() {
			family = "TCP6"
		}
		return fmt.Appendf(nil, "PROXY %s %s %s %d %d\r\n", family, client.Addr(), local.Addr(), client.Port(), local.Port())
	case 2:
		const proxyCommand, tcp4, tcp6, ports = 0x21, 0x11, 0x21, 4
		family, length := byte(tcp4), byte(client.Addr().BitLen()/8*2+ports)
		if client.Addr().Is6() {
			family = tcp6
		}
		header := append([]byte(proxySignature), proxyCommand, family, 0, length)
		header = append(append(header, client.Addr().AsSlice()...), local.Addr().AsSlice()...)
		header = binary.BigEndian.AppendUint16(header, client.Port())
		return binary.BigEndian.AppendUint16(header, local.Port())
	}
	return nil
}

// proxyCheckHeader returns the header of a health check, which has no addresses.
func proxyCheckHeader() []byte {
	const localCommand = 0x20
	return append([]byte(proxySignature), localCommand, 0, 0, 0)
}
