package network

import (
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/registered"
	"eksnet/plan/address"
)

func TestOnlyNodesInPublicSubnetsGetPublicAddresses(t *testing.T) {
	any24 := netip.MustParsePrefix("10.0.0.0/24")
	for _, publicNodes := range []bool{false, true} {
		made := registered.By(t, nil, func(ctx *pulumi.Context) error {
			_, err := NewVPC(ctx, "dev", &VPCArgs{CIDR: "10.0.0.0/16", Zones: []address.Zone{{Name: "a", Private: any24, Public: any24}}, PublicNodes: publicNodes})
			return err
		})
		if got := made["Subnet dev-public-a"]["mapPublicIpOnLaunch"]; got != publicNodes {
			t.Errorf("nodes in public subnets %t: public addresses there %v", publicNodes, got)
		}
		if got := made["Subnet dev-private-a"]["mapPublicIpOnLaunch"]; got != false {
			t.Errorf("public addresses in a private subnet: %v", got)
		}
	}
}
