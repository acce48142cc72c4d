package cluster

import (
	"net/netip"
	"testing"

	"eksnet/lab/fabric"
	"eksnet/lab/rehearsed"
)

func TestTheClientIsInAPublicSubnetWithAllSecurityGroupsAndAFreeAddress(t *testing.T) {
	l := &Lab{Options: Options{Stack: &rehearsed.Stack{Network: rehearsed.Network{Subnets: []rehearsed.Subnet{
		{ID: "private", CIDR: "10.0.0.0/28"}, {ID: "public", CIDR: "10.0.0.16/28", Public: true}}}}}}
	spec := &fabric.Spec{SecurityGroups: []fabric.SecurityGroup{{ID: "sg-1"}, {ID: "sg-2"}},
		Interfaces:  []fabric.Interface{{Primary: netip.MustParseAddr("10.0.0.30"), Secondary: []netip.Addr{netip.MustParseAddr("10.0.0.29")}}},
		NATGateways: []fabric.NATGateway{{Private: netip.MustParseAddr("10.0.0.28")}}}
	i, err := l.clientInterface(spec)
	if err != nil || i.Subnet != "public" || i.Primary.String() != "10.0.0.27" || len(i.Groups) != 2 {
		t.Errorf("%+v, %v", i, err)
	}
	l.clientAddress = i.Primary
	spec.Interfaces[0].Primary = i.Primary // the address does not change again
	if i, err = l.clientInterface(spec); err != nil || i.Primary.String() != "10.0.0.27" {
		t.Errorf("%+v, %v", i, err)
	}
	l.Stack.Network.Subnets = l.Stack.Network.Subnets[:1]
	if i, err = l.clientInterface(spec); err != nil || i.Subnet != "private" {
		t.Errorf("without a public subnet: %+v, %v", i, err)
	}
}
