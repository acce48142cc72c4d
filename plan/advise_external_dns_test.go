package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestADomainWithTwoZonesOfExternalDNSIsWarnedOf(t *testing.T) {
	public, private, other := config.HostedZone{Domain: "example.com"}, config.HostedZone{Domain: "example.com", Private: true}, config.HostedZone{Domain: "corp.example.com", Private: true}
	const want = "addons.externalDns: example.com has a public and a private zone: if a change of ExternalDNS succeeds in one of them alone"
	for _, test := range []struct {
		zones  []config.HostedZone
		chosen []string
		warned bool
	}{
		{[]config.HostedZone{public, private, other}, nil, true},
		{[]config.HostedZone{public, private, other}, []string{"corp.example.com"}, false},
		{[]config.HostedZone{public, other}, nil, false},
	} {
		s := plantest.Stack()
		s.DNS.Zones, s.Addons.ExternalDNS = test.zones, &config.ExternalDNS{Zones: test.chosen}
		p, _ := plan.New(s)
		if got := strings.Contains(fmt.Sprint(p.Warnings), want); got != test.warned {
			t.Errorf("%v, zones %v: warned %t in %v", test.zones, test.chosen, got, p.Warnings)
		}
	}
}
