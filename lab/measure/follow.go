package measure

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"eksnet/lab/capture"
	"eksnet/lab/process"
)

// tap captures packets at a host.
type tap struct {
	host    string
	network process.NetworkNamespace
	*capture.Capture
}

// taps captures packets at several hosts at once.
type taps []tap

// open starts a capture at a host, once.
func (t *taps) open(host string, network process.NetworkNamespace) error {
	if slices.ContainsFunc(*t, func(o tap) bool { return o.network == network }) {
		return nil
	}
	c, err := capture.Start(network)
	if err == nil {
		*t = append(*t, tap{host, network, c})
	}
	return err
}

func (t taps) stop() {
	for _, c := range t {
		c.Stop()
	}
}

// sighting is a captured packet with its host.
type sighting struct {
	capture.Packet
	tap *tap
}

// matching returns the packets at all hosts that meet a condition, by time. Of several packets on the same interface in
// the same direction it returns the first: a packet may be sent again.
func (t taps) matching(meets func(capture.Packet) bool) (found []sighting) {
	for i := range t {
		packets, _ := t[i].Packets() // errors are reported by failure
		for _, p := range packets {
			isSame := func(s sighting) bool {
				return s.tap == &t[i] && s.Interface == p.Interface && s.Outgoing == p.Outgoing
			}
			if meets(p) && !slices.ContainsFunc(found, isSame) {
				found = append(found, sighting{p, &t[i]})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b sighting) int { return a.Time.Compare(b.Time) })
	return found
}

// failure returns the errors of the captures.
func (t taps) failure() (err error) {
	for _, c := range t {
		_, failed := c.Packets()
		err = errors.Join(err, failed)
	}
	return err
}

// isRequest returns the condition for a packet of the request at all hosts, also where its addresses are translated: a
// datagram has the same data, and a TCP packet the same sequence number.
func isRequest(first capture.Packet) func(capture.Packet) bool {
	return func(p capture.Packet) bool {
		return p.Protocol == first.Protocol && p.Opens == first.Opens && p.Sequence == first.Sequence && p.Payload == first.Payload
	}
}

// isAnswer returns the condition for the answer to a packet of the request. The answer to a datagram has its word, in
// lower case as agnhost returns it.
func isAnswer(first capture.Packet, word string) func(capture.Packet) bool {
	next := first.Sequence + uint32(len(first.Payload))
	if first.Opens {
		next++
	}
	return func(p capture.Packet) bool {
		if first.Protocol == unix.IPPROTO_UDP {
			return p.Protocol == first.Protocol && p.Payload != first.Payload && strings.Contains(strings.ToLower(p.Payload), strings.ToLower(word))
		}
		return p.Protocol == first.Protocol && p.Acknowledgment == next && !p.Opens
	}
}

// opening returns the first packet of the connection of a captured packet: its SYN, or else the first packet of a
// connection that was open before.
func (t *tap) opening(of capture.Packet) capture.Packet {
	packets, _ := t.Packets()
	for _, p := range slices.Backward(packets) {
		if p.Opens && p.Source == of.Source && p.Destination == of.Destination && !p.Time.After(of.Time) {
			return p
		}
	}
	return of
}

// hopsOf returns captured packets as hops; packet describes them.
func hopsOf(found []sighting, packet string) (hops []Hop, err error) {
	names := map[*tap]map[int]string{}
	for _, s := range found {
		if names[s.tap] == nil {
			if names[s.tap], err = interfaceNames(s.tap.network); err != nil {
				return nil, fmt.Errorf("interfaces of %s: %w", s.tap.host, err)
			}
		}
		hops = append(hops, Hop{Host: s.tap.host, Interface: names[s.tap][s.Interface], Outgoing: s.Outgoing,
			Source: s.Source, Destination: s.Destination, Packet: packet})
	}
	return hops, nil
}

// packetTexts describes a packet of a request and its answer.
func packetTexts(first capture.Packet) (request, answer string) {
	switch {
	case first.Protocol == unix.IPPROTO_UDP:
		return "UDP", "UDP"
	case first.Opens:
		return "TCP SYN", "TCP SYN ACK"
	}
	return "TCP", "TCP"
}

// interfaceNames returns the names of the interfaces of a namespace by index.
func interfaceNames(network process.NetworkNamespace) (map[int]string, error) {
	names := map[int]string{}
	err := network.Do(func() error {
		all, err := net.Interfaces()
		for _, i := range all {
			names[i.Index] = i.Name
		}
		return err
	})
	return names, err
}

// settle waits until the captures have read the packets that the kernel has seen. After the start of captures it waits
// until the kernel notes the time of packets, which it begins in the background.
func settle() { time.Sleep(50 * time.Millisecond) }
