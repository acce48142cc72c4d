// Package resolver answers DNS queries as the resolver of a VPC does, from names that the lab has.
package resolver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"eksnet/lab/process"
)

// timeToLive is that of the answers, in seconds. It is the one of load balancers' names
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html).
const timeToLive = 60

// Resolver is a server on port 53 of a host.
type Resolver struct {
	// lookup returns the addresses of a name in lower case, without the last dot. The name does not exist without known.
	lookup  func(name string) (addresses []netip.Addr, known bool)
	servers []*dns.Server
}

// Start starts a resolver in a network namespace.
func Start(network process.NetworkNamespace, lookup func(name string) ([]netip.Addr, bool)) (*Resolver, error) {
	r := &Resolver{lookup: lookup}
	err := network.Do(func() error {
		packets, err := net.ListenPacket("udp4", ":53")
		if err != nil {
			return err
		}
		listener, err := net.Listen("tcp4", ":53")
		if err != nil {
			return errors.Join(err, packets.Close())
		}
		r.servers = []*dns.Server{{PacketConn: packets, Handler: r}, {Listener: listener, Handler: r}}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("resolver: %w", err)
	}
	for _, s := range r.servers {
		go func() { _ = s.ActivateAndServe() }()
	}
	return r, nil
}

// ServeDNS answers a query for addresses. It implements dns.Handler.
func (r *Resolver) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	answer := new(dns.Msg).SetReply(query)
	answer.RecursionAvailable = true
	for _, q := range query.Question {
		addresses, known := r.lookup(strings.ToLower(strings.TrimSuffix(q.Name, ".")))
		if !known {
			answer.Rcode = dns.RcodeNameError
		}
		for _, a := range addresses {
			if record := newRecord(q.Name, a); q.Qtype == record.Header().Rrtype || q.Qtype == dns.TypeANY {
				answer.Answer = append(answer.Answer, record)
			}
		}
	}
	_ = w.WriteMsg(answer) // fails if the client has gone
}

// newRecord returns the record of a name for an address: A for IPv4, AAAA for IPv6.
func newRecord(name string, a netip.Addr) dns.RR {
	header := dns.RR_Header{Name: name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: timeToLive}
	if a.Is6() {
		header.Rrtype = dns.TypeAAAA
		return &dns.AAAA{Hdr: header, AAAA: a.AsSlice()}
	}
	return &dns.A{Hdr: header, A: a.AsSlice()}
}

// Stop stops the resolver.
func (r *Resolver) Stop(ctx context.Context) (err error) {
	for _, s := range r.servers {
		err = errors.Join(err, s.ShutdownContext(ctx))
	}
	return err
}
