package measure

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"eksnet/config"
	"eksnet/lab/capture"
)

const (
	// answerTimeout is the time within which a request arrives at a pod.
	answerTimeout = 5 * time.Second
	// silence is the time after which a request that must not arrive counts as not answered.
	silence = time.Second
)

// arrival is a request as it arrived at a pod.
type arrival struct {
	at     pod
	source netip.Addr
}

// errNoAnswer is the error of a request that did not arrive at any pod.
var errNoAnswer = errors.New("no answer")

// request sends a request with a random word, and returns at which of the pods it arrived, and with which source
// address. Probes of the kubelet arrive there too, and have no such word.
func request(ctx context.Context, from Endpoint, protocol string, to netip.AddrPort, pods []pod, timeout time.Duration) (arrival, error) {
	captures := make([]*capture.Capture, 0, len(pods))
	defer func() {
		for _, c := range captures {
			c.Stop()
		}
	}()
	for _, p := range pods {
		c, err := capture.Start(p.Network)
		if err != nil {
			return arrival{}, err
		}
		captures = append(captures, c)
	}
	word := rand.Text()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	connection, err := from.Network.DialContext(ctx, strings.ToLower(protocol), to.String())
	if refused := (*net.OpError)(nil); errors.As(err, &refused) { // the network refuses, or is silent
		return arrival{}, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	if err != nil {
		return arrival{}, err
	}
	defer connection.Close()
	if _, err := connection.Write([]byte(requestText(protocol, word))); err != nil {
		return arrival{}, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	for late := time.Now().Add(timeout); time.Now().Before(late); time.Sleep(2 * time.Millisecond) {
		for i, c := range captures {
			if p, found := c.First(0, func(p capture.Packet) bool { return !p.Outgoing && strings.Contains(p.Payload, word) }); found {
				return arrival{pods[i], p.Source.Addr()}, nil
			}
		}
	}
	return arrival{}, errNoAnswer
}

// requestText returns a request that an application of the samples accepts.
func requestText(protocol, word string) string {
	if protocol == config.ProtocolUDP {
		return "echo " + word
	}
	return "GET /?" + word + " HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"
}
