package capture

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// tcp is a packet from 10.0.0.1:40000 to 10.0.0.2:80 with the numbers 7 and 256, four bytes of IP options, the data
// "hello", and a byte that
// the link has added.
func tcp(flags byte) []byte {
	ip := []byte{0x46, 0, 0, 49, 0, 0, 0x40, 0, 64, unix.IPPROTO_TCP, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 1, 1, 1, 0}
	return append(ip, 0x9c, 0x40, 0, 80, 0, 0, 0, 7, 0, 0, 1, 0, 0x50, flags, 0, 0, 0, 0, 0, 0,
		'h', 'e', 'l', 'l', 'o', 0)
}

func TestAPacketIsReadWithItsAddressesAndPorts(t *testing.T) {
	want := Packet{Source: netip.MustParseAddrPort("10.0.0.1:40000"), Destination: netip.MustParseAddrPort("10.0.0.2:80"), Protocol: unix.IPPROTO_TCP, Opens: true, Sequence: 7, Acknowledgment: 256, Payload: "hello"}
	if p, ok := parse(tcp(0x02)); !ok || p != want {
		t.Errorf("%+v (%v), want %+v", p, ok, want)
	}
	if p, ok := parse(tcp(0x12)); !ok || p.Opens {
		t.Errorf("the answer to a SYN: %+v (%v)", p, ok)
	}
}

func TestAnIPv6PacketIsReadWithItsAddressesAndPorts(t *testing.T) {
	source, destination := netip.MustParseAddrPort("[2001:db8::1]:40000"), netip.MustParseAddrPort("[2001:db8::2]:80")
	from, to := source.Addr().As16(), destination.Addr().As16()
	header := append(append([]byte{0x60, 0, 0, 0, 0, 25, unix.IPPROTO_TCP, 64}, from[:]...), to[:]...)
	const ipv4Header = 24
	packet := append(header, tcp(0x02)[ipv4Header:]...)
	want := Packet{Source: source, Destination: destination, Protocol: unix.IPPROTO_TCP, Opens: true, Sequence: 7, Acknowledgment: 256, Payload: "hello"}
	if p, ok := parse(packet); !ok || p != want {
		t.Errorf("%+v (%v), want %+v", p, ok, want)
	}
}

func TestAPacketWithoutPortsIsNotRead(t *testing.T) {
	fragment := tcp(0x02)
	fragment[7] = 1
	for name, b := range map[string][]byte{"nothing": nil, "IPv6": {0x60}, "a fragment": fragment, "a cut one": tcp(0x02)[:30]} {
		if p, ok := parse(b); ok {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
