package measure

import (
	"net/netip"
	"strings"
	"testing"
)

// hopAt returns a hop of interface eth0.
func hopAt(host string, outgoing bool, source, destination string) Hop {
	return Hop{Host: host, Interface: "eth0", Outgoing: outgoing, Source: netip.MustParseAddrPort(source), Destination: netip.MustParseAddrPort(destination)}
}

// derivedHops are those of a connection from a node, whose port is any, to a pod.
func derivedHops() []Hop {
	return []Hop{hopAt("node", true, "10.0.0.1:0", "10.0.0.2:8080"), hopAt("vpc", false, "10.0.0.1:0", "10.0.0.2:8080"), hopAt("pod", false, "10.0.0.1:0", "10.0.0.2:8080")}
}

func capturedHops() []Hop {
	hops := derivedHops()
	for i := range hops {
		hops[i].Source = netip.MustParseAddrPort("10.0.0.1:40000")
	}
	return hops
}

func TestHopsAsDerivedHaveNoDifferenceWhicheverPortAConnectionHas(t *testing.T) {
	for _, r := range compareHops(derivedHops(), capturedHops()) {
		if r.Difference != "" || r.Captured == nil || r.Derived == nil {
			t.Errorf("%+v: %s", r.at(), r.Difference)
		}
	}
}

func TestEachHopThatIsNotAsDerivedIsNamed(t *testing.T) {
	for want, change := range map[string]func(hops []Hop) []Hop{
		"answer at vpc, eth0 in: not captured": func(hops []Hop) []Hop { return append(hops[:1], hops[2]) },
		"answer at pod, eth0 in: source 10.0.0.9:40000, derived 10.0.0.1:40000": func(hops []Hop) []Hop {
			hops[2].Source = netip.MustParseAddrPort("10.0.0.9:40000")
			return hops
		},
		"answer at pod, eth0 in: source 10.0.0.1:40001, derived 10.0.0.1:40000": func(hops []Hop) []Hop {
			hops[2].Source = netip.MustParseAddrPort("10.0.0.1:40001")
			return hops
		},
		"answer at pod, eth0 in: destination 10.0.0.3:8080, derived 10.0.0.2:8080": func(hops []Hop) []Hop {
			hops[2].Destination = netip.MustParseAddrPort("10.0.0.3:8080")
			return hops
		},
		"answer at other, eth0 in: not derived": func(hops []Hop) []Hop {
			return append(hops, hopAt("other", false, "10.0.0.1:40000", "10.0.0.2:8080"))
		},
		"answer at pod, eth0 in: captured before the hop that is derived before it": func(hops []Hop) []Hop {
			return []Hop{hops[0], hops[2], hops[1]}
		},
	} {
		h := Hops{Back: compareHops(derivedHops(), change(capturedHops()))}
		if got := strings.Join(h.Differences(), "; "); got != want {
			t.Errorf("differences %q, want %q", got, want)
		}
	}
}

func TestTheAnswerPassesTheHopsInTheReverseOrderWithEachTranslationReversed(t *testing.T) {
	client, public, private := netip.MustParseAddrPort("192.0.2.10:4000"), netip.MustParseAddrPort("203.0.113.1:80"), netip.MustParseAddrPort("10.0.0.1:80")
	made := &trail{source: client, destination: public}
	made.pass("client", "eth0", true)
	made.translate(client, private, "to private", "to public")
	made.pass("host", "eth0", false)
	want := []Hop{
		{Host: "host", Interface: "eth0", Outgoing: true, Source: private, Destination: client},
		{Host: "client", Interface: "eth0", Source: public, Destination: client, Reason: "to public"},
	}
	for i, got := range made.back() {
		if got != want[i] {
			t.Errorf("hop %d of the answer: %+v, want %+v", i, got, want[i])
		}
	}
}

func TestThePodsInterfaceOnItsNodeHasTheNameThatTheVPCCNIDerives(t *testing.T) {
	// As captured with AWS's code in the lab.
	if got := podDevice(pod{workload: "packets", name: "packets-964b65bcf-6glz9"}); got != "eni0be9f75ad0e" {
		t.Errorf("the interface is %s", got)
	}
}

func TestTextMarksTheHopThatDiffers(t *testing.T) {
	hops := capturedHops()
	hops[2].Source = netip.MustParseAddrPort("10.0.0.9:40000")
	h := Hops{Title: "one request", Request: compareHops(derivedHops(), hops)}
	text := string(h.Text())
	for _, want := range []string{"10.0.0.1:40000 > 10.0.0.2:8080", "=\n", "10.0.0.9:40000 > 10.0.0.2:8080", "10.0.0.1:* > 10.0.0.2:8080 DIFFERENT", "1 difference:"} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}
}
