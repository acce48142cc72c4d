// Package capture reads packets on the interfaces of a network namespace.
package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"eksnet/lab/process"
)

// Packet is an IPv4 or IPv6 packet with ports.
type Packet struct {
	Source, Destination netip.AddrPort
	// Protocol is that of the IP header: unix.IPPROTO_TCP or unix.IPPROTO_UDP.
	Protocol uint8
	// Opens reports whether the packet is the first of a TCP connection: SYN without ACK.
	Opens bool
	// Sequence and Acknowledgment are the numbers of a TCP packet. The translation of addresses does not change them.
	Sequence, Acknowledgment uint32
	// Outgoing reports whether the namespace sends it.
	Outgoing bool
	// Interface is the index of the interface in the namespace.
	Interface int
	// Time is when the kernel saw the packet, so that packets of several namespaces have an order.
	Time    time.Time
	Payload string
}

// Capture collects the packets of a network namespace until Stop.
type Capture struct {
	socket int
	file   *os.File
	done   chan struct{}

	mutex   sync.Mutex
	packets []Packet
	failure error
}

// Start starts a capture of all interfaces of a namespace. It requires CAP_NET_RAW there.
func Start(network process.NetworkNamespace) (*Capture, error) {
	c := &Capture{done: make(chan struct{})}
	err := network.Do(func() (err error) {
		c.socket, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(networkOrder(unix.ETH_P_ALL)))
		if err == nil {
			err = unix.SetsockoptInt(c.socket, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("capture in %s: %w", network, err)
	}
	c.file = os.NewFile(uintptr(c.socket), "capture")
	go c.read()
	return c, nil
}

// networkOrder returns a number in the byte order of the network, in which the kernel expects protocols.
func networkOrder(n uint16) uint16 {
	var bytes [2]byte
	binary.BigEndian.PutUint16(bytes[:], n)
	return binary.NativeEndian.Uint16(bytes[:])
}

func (c *Capture) read() {
	defer close(c.done)
	raw, err := c.file.SyscallConn()
	if err != nil {
		c.fail(err)
		return
	}
	buffer, control := make([]byte, 65536), make([]byte, 64)
	for {
		var n, controlled int
		var from unix.Sockaddr
		var receiving error
		err := raw.Read(func(socket uintptr) bool {
			n, controlled, _, from, receiving = unix.Recvmsg(int(socket), buffer, control, 0)
			return receiving != unix.EAGAIN
		})
		if errors.Is(err, os.ErrClosed) {
			return
		}
		if err = errors.Join(err, receiving); err != nil {
			c.fail(err)
			return
		}
		link, ok := from.(*unix.SockaddrLinklayer)
		if !ok {
			continue
		}
		if p, ok := parse(buffer[:n]); ok {
			p.Outgoing, p.Interface, p.Time = link.Pkttype == unix.PACKET_OUTGOING, link.Ifindex, timeOf(control[:controlled])
			c.mutex.Lock()
			c.packets = append(c.packets, p)
			c.mutex.Unlock()
		}
	}
}

// timeOf returns the time of a packet from the control messages of the kernel.
func timeOf(control []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return time.Now()
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS &&
			len(m.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
		}
	}
	return time.Now()
}

func (c *Capture) fail(err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.failure = err
}

// parse parses a packet of TCP or UDP. It is not ok for another one, and for a fragment, which may have no ports.
func parse(b []byte) (p Packet, ok bool) {
	header, ok := parseHeader(b)
	if !ok || header.protocol != unix.IPPROTO_TCP && header.protocol != unix.IPPROTO_UDP || len(b) < header.size+4 {
		return p, false
	}
	p.Protocol = header.protocol
	b = b[header.size:min(len(b), max(header.size, header.total))] // without the padding of the link
	if len(b) < 8 {
		return p, false
	}
	p.Source = netip.AddrPortFrom(header.source, binary.BigEndian.Uint16(b))
	p.Destination = netip.AddrPortFrom(header.destination, binary.BigEndian.Uint16(b[2:]))
	if p.Protocol == unix.IPPROTO_TCP {
		const syn, ack, shortest = 0x02, 0x10, 20
		if len(b) < shortest {
			return p, false
		}
		p.Opens = b[13]&(syn|ack) == syn
		p.Sequence, p.Acknowledgment = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
		b = b[min(len(b), int(b[12]>>4)*4):]
	} else {
		b = b[8:]
	}
	p.Payload = string(b)
	return p, true
}

// ipHeader is the header of an IP packet, with its size and that of the packet.
type ipHeader struct {
	source, destination netip.Addr
	protocol            uint8
	size, total         int
}

// parseHeader parses the header of an IP packet. It is not ok for a fragment. The protocol of an IPv6 packet with
// extension headers is that of the first one.
func parseHeader(b []byte) (h ipHeader, ok bool) {
	const shortest, ipv6 = 20, 40
	switch {
	case len(b) >= shortest && b[0]>>4 == 4 && binary.BigEndian.Uint16(b[6:])&0x1fff == 0:
		h.size, h.total, h.protocol = int(b[0]&0x0f)*4, int(binary.BigEndian.Uint16(b[2:])), b[9]
		h.source, _ = netip.AddrFromSlice(b[12:16])
		h.destination, _ = netip.AddrFromSlice(b[16:20])
	case len(b) >= ipv6 && b[0]>>4 == 6:
		h.size, h.total, h.protocol = ipv6, ipv6+int(binary.BigEndian.Uint16(b[4:])), b[6]
		h.source, _ = netip.AddrFromSlice(b[8:24])
		h.destination, _ = netip.AddrFromSlice(b[24:40])
	default:
		return h, false
	}
	return h, true
}

// Packets returns the packets so far.
func (c *Capture) Packets() ([]Packet, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return append([]Packet(nil), c.packets...), c.failure
}

// First waits for the first packet that meets a condition. It is not found after the timeout.
func (c *Capture) First(timeout time.Duration, meets func(Packet) bool) (Packet, bool) {
	for late := time.Now().Add(timeout); ; time.Sleep(5 * time.Millisecond) {
		packets, err := c.Packets()
		for _, p := range packets {
			if meets(p) {
				return p, true
			}
		}
		if err != nil || time.Now().After(late) {
			return Packet{}, false
		}
	}
}

// Stop ends the capture.
func (c *Capture) Stop() {
	c.file.Close()
	<-c.done
}
