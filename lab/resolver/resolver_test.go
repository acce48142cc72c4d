package resolver

import (
	"net"
	"net/netip"
	"testing"

	"github.com/miekg/dns"
)

// recorder keeps the answer.
type recorder struct {
	dns.ResponseWriter
	answer *dns.Msg
}

func (r *recorder) WriteMsg(m *dns.Msg) error { r.answer = m; return nil }

func TestANameHasItsAddressesAndAnotherDoesNotExist(t *testing.T) {
	r := &Resolver{lookup: func(name string) ([]netip.Addr, bool) {
		if name == "web.elb.amazonaws.com" {
			return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.64.1")}, true
		}
		if name == "dual.elb.amazonaws.com" {
			return []netip.Addr{netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("2001:db8::1")}, true
		}
		return nil, false
	}}
	ask := func(name string, kind uint16) *dns.Msg {
		w := &recorder{}
		r.ServeDNS(w, new(dns.Msg).SetQuestion(name, kind))
		return w.answer
	}
	got := ask("Web.elb.amazonaws.com.", dns.TypeA)
	if got.Rcode != dns.RcodeSuccess || len(got.Answer) != 2 || !got.Answer[0].(*dns.A).A.Equal(net.IPv4(10, 0, 0, 1)) {
		t.Errorf("%v", got)
	}
	if got := ask("web.elb.amazonaws.com.", dns.TypeAAAA); got.Rcode != dns.RcodeSuccess || len(got.Answer) > 0 {
		t.Errorf("its IPv6 address: %v", got)
	}
	got = ask("dual.elb.amazonaws.com.", dns.TypeAAAA)
	if len(got.Answer) != 1 || !got.Answer[0].(*dns.AAAA).AAAA.Equal(net.ParseIP("2001:db8::1")) {
		t.Errorf("the IPv6 address of a dual-stack load balancer: %v", got)
	}
	if got := ask("dual.elb.amazonaws.com.", dns.TypeA); len(got.Answer) != 1 {
		t.Errorf("its IPv4 address: %v", got)
	}
	if got := ask("other.example.com.", dns.TypeA); got.Rcode != dns.RcodeNameError {
		t.Errorf("another name: %v", got)
	}
}
