package measure

import (
	"testing"

	"golang.org/x/sys/unix"

	"eksnet/lab/capture"
)

func TestAPacketIsRecognizedBySequenceNumberWhicheverAddressesItHas(t *testing.T) {
	syn := capture.Packet{Protocol: unix.IPPROTO_TCP, Opens: true, Sequence: 100}
	data := capture.Packet{Protocol: unix.IPPROTO_TCP, Sequence: 500, Payload: "GET /"}
	datagram := capture.Packet{Protocol: unix.IPPROTO_UDP, Payload: "echo WORD"}
	for name, c := range map[string]struct {
		first, other    capture.Packet
		request, answer bool
	}{
		"the SYN":                   {syn, syn, true, false},
		"another SYN":               {syn, capture.Packet{Protocol: unix.IPPROTO_TCP, Opens: true, Sequence: 101}, false, false},
		"the answer to the SYN":     {syn, capture.Packet{Protocol: unix.IPPROTO_TCP, Sequence: 9, Acknowledgment: 101}, false, true},
		"the request":               {data, data, true, false},
		"the answer to the request": {data, capture.Packet{Protocol: unix.IPPROTO_TCP, Acknowledgment: 505}, false, true},
		"an answer before it":       {data, capture.Packet{Protocol: unix.IPPROTO_TCP, Acknowledgment: 500}, false, false},
		"the datagram":              {datagram, datagram, true, false},
		"the answer to it":          {datagram, capture.Packet{Protocol: unix.IPPROTO_UDP, Payload: "word"}, false, true},
		"another datagram":          {datagram, capture.Packet{Protocol: unix.IPPROTO_UDP, Payload: "other"}, false, false},
	} {
		if got := isRequest(c.first)(c.other); got != c.request {
			t.Errorf("%s is a packet of the request: %t", name, got)
		}
		if got := isAnswer(c.first, "WORD")(c.other); got != c.answer {
			t.Errorf("%s is the answer: %t", name, got)
		}
	}
}
