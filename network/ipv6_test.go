package network

import (
	"net/netip"
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/registered"
	"eksnet/plan/address"
)

// ipv6Network returns the resources of a network with IPv6 ranges in one zone, the second of the list.
func ipv6Network(t *testing.T) registered.Resources {
	t.Helper()
	zone := address.Zone{
		Name: "b", Private: netip.MustParsePrefix("10.0.64.0/19"), Public: netip.MustParsePrefix("10.0.96.0/20"), ControlPlane: netip.MustParsePrefix("10.0.112.0/28"),
		IPv6: address.IPv6Indexes{Private: 64, Public: 65, ControlPlane: 66},
	}
	outputs := map[string]map[string]any{
		"Vpc dev":                                   {"ipv6CidrBlock": "2001:db8:0:aa00::/56"},
		"RouteTableAssociation dev-private-b":       {"subnetId": "private-b"},
		"RouteTableAssociation dev-public-b":        {"subnetId": "public-b"},
		"RouteTableAssociation dev-control-plane-b": {"subnetId": "control-plane-b"},
		"SecurityGroupRule dev-endpoints-https":     {"securityGroupId": "the rule's group"},
	}
	return registered.By(t, outputs, func(ctx *pulumi.Context) error {
		vpc, err := NewVPC(ctx, "dev", &VPCArgs{CIDR: "10.0.0.0/16", Zones: []address.Zone{zone}, IPv6: true})
		if err != nil {
			return err
		}
		if _, err := NewInternet(ctx, "dev", &InternetArgs{VPC: vpc}); err != nil {
			return err
		}
		if _, err := NewEgressOnly(ctx, "dev", &EgressOnlyArgs{VPC: vpc}); err != nil {
			return err
		}
		_, err = NewEndpoints(ctx, "dev", &EndpointsArgs{Region: "eu-west-1", Partition: commercial, Services: []string{"sts"}, CIDR: "10.0.0.0/16", VPC: vpc})
		return err
	})
}

func TestEachSubnetHasItsPartOfTheVPCsIPv6RangeAndAssignsAddresses(t *testing.T) {
	made := ipv6Network(t)
	if made["Vpc dev"]["assignGeneratedIpv6CidrBlock"] != true {
		t.Errorf("VPC %v", made["Vpc dev"])
	}
	for name, cidr := range map[string]string{"private": "2001:db8:0:aa40::/64", "public": "2001:db8:0:aa41::/64", "control-plane": "2001:db8:0:aa42::/64"} {
		if subnet := made["Subnet dev-"+name+"-b"]; subnet["ipv6CidrBlock"] != cidr || subnet["assignIpv6AddressOnCreation"] != true {
			t.Errorf("the %s subnet %v, want %s", name, subnet, cidr)
		}
	}
}

func TestPrivateSubnetsOpenIPv6ConnectionsAndAcceptNone(t *testing.T) {
	made := ipv6Network(t)
	private, public := made["Route dev-private-b-ipv6"], made["Route dev-public-b-ipv6"]
	if private["destinationIpv6CidrBlock"] != "::/0" || private["egressOnlyGatewayId"] != "EgressOnlyInternetGateway dev" || private["routeTableId"] != "RouteTable dev-private-b" {
		t.Errorf("route of the private subnet %v", private)
	}
	if public["destinationIpv6CidrBlock"] != "::/0" || public["gatewayId"] != "InternetGateway dev" || public["routeTableId"] != "RouteTable dev-public-b" {
		t.Errorf("route of the public subnet %v", public)
	}
}

func TestEndpointsAllowTheVPCsIPv6Range(t *testing.T) {
	rule := ipv6Network(t)["SecurityGroupRule dev-endpoints-https-ipv6"]
	if !reflect.DeepEqual(rule["ipv6CidrBlocks"], []any{"2001:db8:0:aa00::/56"}) || rule["cidrBlocks"] != nil || rule["securityGroupId"] != "the rule's group" {
		t.Errorf("rule %v", rule)
	}
}

func TestAnIPv4NetworkHasNothingOfIPv6(t *testing.T) {
	made := resourcesWithAllOptions(t)
	for name, properties := range made {
		for key := range properties {
			if key == "assignGeneratedIpv6CidrBlock" || key == "ipv6CidrBlock" || key == "ipv6CidrBlocks" || key == "destinationIpv6CidrBlock" || key == "assignIpv6AddressOnCreation" {
				t.Errorf("%s has %s", name, key)
			}
		}
	}
}
