package measure

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"eksnet/config"
	"eksnet/lab/balancer"
	"eksnet/lab/capture"
)

// series captures packets at pods during a series of requests.
type series struct {
	pods     []pod
	captures []*capture.Capture
}

// delivery is a request through a load balancer as it arrived at a pod.
type delivery struct {
	at     pod
	source netip.Addr
	// target is the node whose node port it was sent to, "" for a pod's own address.
	target string
	// client is the client's own address and port, zone the one that it sent the request to.
	client netip.AddrPort
	zone   balancer.Zone
	// word is the random word in the request.
	word string
	// opening is the data of the connection from its beginning, request from the line of the request.
	opening, request string
}

func newSeries(pods []pod) (*series, error) {
	s := &series{pods: pods}
	for _, p := range pods {
		c, err := capture.Start(p.Network)
		if err != nil {
			s.stop()
			return nil, err
		}
		s.captures = append(s.captures, c)
	}
	return s, nil
}

func (s *series) stop() {
	for _, c := range s.captures {
		c.Stop()
	}
}

// send sends a request to a zone of the load balancer, and waits until it arrives at a pod.
func (f *front) send(ctx context.Context, s *series, z balancer.Zone, timeout time.Duration) (delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	late := time.Now().Add(timeout)
	connection, err := f.dial(ctx, netip.AddrPortFrom(z.EntryFor(f.client.Address), uint16(f.listener.Port)))
	if err != nil {
		return delivery{}, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	defer connection.Close()
	word := rand.Text()
	if _, err := connection.Write([]byte(f.request(word))); err != nil {
		return delivery{}, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	client, err := netip.ParseAddrPort(connection.LocalAddr().String())
	if err != nil {
		return delivery{}, err
	}
	for ; time.Now().Before(late); time.Sleep(2 * time.Millisecond) {
		if d, found := s.find(word); found {
			d.client, d.zone, d.word = client, z, word
			return d, nil
		}
	}
	return delivery{}, fmt.Errorf("%w: the request did not arrive at a pod within %s", errNoAnswer, timeout)
}

// dial connects to a listener from the client's address. It does not verify certificates, which are the lab's own.
func (f *front) dial(ctx context.Context, to netip.AddrPort) (connection net.Conn, err error) {
	network, local := "tcp", net.Addr(net.TCPAddrFromAddrPort(netip.AddrPortFrom(f.client.Address, 0)))
	if f.listener.Protocol == config.ProtocolUDP {
		network, local = "udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(f.client.Address, 0))
	}
	err = f.client.Network.Do(func() (err error) {
		connection, err = (&net.Dialer{LocalAddr: local}).DialContext(ctx, network, to.String())
		return err
	})
	if err != nil || f.listener.Protocol != config.ProtocolTLS && f.listener.Protocol != "HTTPS" {
		return connection, err
	}
	settings := &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}
	if len(f.workload.Hosts) > 0 {
		settings.ServerName = f.workload.Hosts[0]
	}
	secure := tls.Client(connection, settings)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, connection.Close())
	}
	return secure, nil
}

// find returns the request with a word once all of it has arrived at a pod.
func (s *series) find(word string) (d delivery, found bool) {
	for i, c := range s.captures {
		packets, err := c.Packets()
		if err != nil {
			continue
		}
		var source netip.AddrPort
		for _, p := range packets {
			if !p.Outgoing && strings.Contains(p.Payload, word) {
				source, found = p.Source, true
			}
		}
		if !found {
			continue
		}
		d = delivery{at: s.pods[i], source: source.Addr()}
		for _, p := range packets {
			if p.Opens && p.Source == source {
				d.opening = "" // the port has been used before
			}
			if !p.Outgoing && p.Source == source {
				d.opening += p.Payload
			}
		}
		before, after, _ := strings.Cut(d.opening, word)
		d.request = before[strings.LastIndex(before, "\n")+1:] + word + after
		isHTTP := strings.HasPrefix(d.request, "GET ")
		return d, !isHTTP || strings.Contains(d.request, "\r\n\r\n")
	}
	return d, false
}
