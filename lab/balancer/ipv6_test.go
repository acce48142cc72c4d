package balancer

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// Addresses of the tests' network for IPv6.
const (
	clientIPv6    = "2001:db8:40::7"
	balancerIPv6A = "2001:db8:0:100::20"
	balancerIPv6B = "2001:db8:0:101::20"
	targetIPv6    = "2001:db8:0:100::31"
)

// startDualStack returns the VPC with IPv6 addresses of the load balancer and of the target one, and a dual-stack load
// balancer with that target.
func startDualStack(t *testing.T, kind, protocol string, preserves bool) (testVPC, Spec) {
	t.Helper()
	ip, cidr := netip.MustParseAddr, netip.MustParsePrefix
	vpc := newVPC(preserves)
	vpc.Ranges = append(vpc.Ranges, cidr("2001:db8:0:100::/56"))
	vpc.Subnets[0].IPv6, vpc.Subnets[1].IPv6 = cidr("2001:db8:0:100::/64"), cidr("2001:db8:0:101::/64")
	route := vpc.RouteTables[0].Routes[0]
	route.Destination = cidr("::/0")
	vpc.RouteTables[0].Routes = append(vpc.RouteTables[0].Routes, route)
	for i := range vpc.SecurityGroups[0].Rules {
		rule := &vpc.SecurityGroups[0].Rules[i]
		rule.CIDRs = append(rule.CIDRs, cidr("::/0"))
	}
	vpc.Outside.Clients = append(vpc.Outside.Clients, ip(clientIPv6))
	vpc.Interfaces[0].IPv6, vpc.Interfaces[1].IPv6 = ip(balancerIPv6A), ip(balancerIPv6B)
	for i := range vpc.Interfaces {
		if vpc.Interfaces[i].Host == "one" {
			vpc.Interfaces[i].IPv6 = ip(targetIPv6)
		}
	}
	spec := newSpec(kind, protocol).change(func(g *TargetGroup) {
		g.Targets, g.PreserveClient = []Target{{netip.AddrPortFrom(ip(targetIPv6), 80), "a"}}, preserves
	})
	spec.DualStack, spec.CrossZone = true, true
	spec.Zones[0].IPv6, spec.Zones[1].IPv6 = ip(balancerIPv6A), ip(balancerIPv6B)
	return startNetwork(t, vpc), spec
}

func TestClientsOfBothFamiliesReachAnIPv6Target(t *testing.T) {
	v, spec := startDualStack(t, Network, "TCP", false)
	v.serve("one")
	v.start(spec)
	for address, want := range map[string]string{publicA + ":80": balancerIPv6A, publicB + ":80": balancerIPv6B,
		"[" + balancerIPv6A + "]:80": balancerIPv6A, "[" + balancerIPv6B + "]:80": balancerIPv6B} {
		if name, seen := v.request(address); name != "one" || seen != want {
			t.Errorf("a request to %s reaches %s, which sees %s, want %s", address, name, seen, want)
		}
	}
}

func TestTheAddressOfAClientIsPreservedWithinItsFamily(t *testing.T) {
	v, spec := startDualStack(t, Network, "TCP", true)
	v.serve("one")
	v.start(spec)
	for address, want := range map[string]string{publicB + ":80": balancerIPv6B, "[" + balancerIPv6A + "]:80": clientIPv6,
		"[" + balancerIPv6B + "]:80": clientIPv6} {
		if name, seen := v.request(address); name != "one" || seen != want {
			t.Errorf("a request to %s reaches %s, which sees %s, want %s", address, name, seen, want)
		}
	}
}

func TestAnIPv6TargetThatDoesNotRespondIsUnhealthy(t *testing.T) {
	v, spec := startDualStack(t, Network, "TCP", false)
	b := v.start(spec)
	v.waitUntil("the target is unhealthy", func() bool {
		return b.Health()["tg"][netip.AddrPortFrom(netip.MustParseAddr(targetIPv6), 80)].State == unhealthy
	})
}

func TestRequestsOfBothFamiliesHaveTheClientInAHeader(t *testing.T) {
	v, spec := startDualStack(t, Application, "HTTP", false)
	v.serveHTTP(func(_ string, w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Header.Get("X-Forwarded-For")+" by "+r.RemoteAddr)
	}, "one")
	v.start(spec)
	client := http.Client{Transport: v.Client().HTTPClient().Transport, Timeout: 5 * time.Second}
	for host, want := range map[string]string{publicA: clientAddressText + " by [" + balancerIPv6A + "]",
		"[" + balancerIPv6B + "]": clientIPv6 + " by [" + balancerIPv6B + "]"} {
		response, err := client.Get("http://" + host)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if !strings.HasPrefix(string(body), want) {
			t.Errorf("a request to %s: %s, want %s", host, body, want)
		}
	}
}

func TestTheHeaderOfTheProxyProtocolHasIPv6Addresses(t *testing.T) {
	client, local := netip.MustParseAddrPort("[2001:db8:40::7]:4660"), netip.MustParseAddrPort("[2001:db8::20]:80")
	if got := string(proxyHeader(1, client, local)); got != "PROXY TCP6 2001:db8:40::7 2001:db8::20 4660 80\r\n" {
		t.Errorf("version 1: %q", got)
	}
	a, b := client.Addr().As16(), local.Addr().As16()
	want := proxySignature + "\x21\x21\x00\x24" + string(a[:]) + string(b[:]) + "\x12\x34\x00\x50"
	if got := string(proxyHeader(2, client, local)); got != want {
		t.Errorf("version 2: %q, want %q", got, want)
	}
}
