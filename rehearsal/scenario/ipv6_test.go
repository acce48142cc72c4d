package scenario_test

import (
	"encoding/json"
	"regexp"
	"testing"
)

// ofIPv6 are properties and values that only resources of an IPv6 cluster have.
var ofIPv6 = regexp.MustCompile(`"(assignGenerated|destination)?[iI]pv6CidrBlocks?":|"assignIpv6AddressOnCreation":true|"ipv6"|::/0|dualstack|AssignIpv6Addresses`)

// Stacks of the default family, which exist already, have the same resources as before there was another one.
func TestOnlyIPv6StacksHaveResourcesOfIPv6(t *testing.T) {
	for _, s := range committedStates(t) {
		var found []string
		ipv6 := false
		for _, r := range s.stateGraph {
			if r.Type == definitionType {
				continue // its schema has the types of addresses
			}
			inputs, err := json.Marshal(r.Inputs)
			if err != nil {
				t.Fatal(err)
			}
			if match := ofIPv6.Find(inputs); match != nil {
				found = append(found, string(r.URN)+": "+string(match))
			}
			ipv6 = ipv6 || r.Type == "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
		}
		if ipv6 != (s.name == "dev-eu-north-1") || !ipv6 && len(found) > 0 || ipv6 && len(found) < 20 {
			t.Errorf("%s has an egress-only gateway: %t, and of IPv6: %q", s.name, ipv6, found)
		}
	}
}
