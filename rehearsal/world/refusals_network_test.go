package world_test

import (
	"fmt"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func networkRefusals() []refusal {
	subnet := func(cidr, zone string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network()
			return l.Fails(store.SubnetType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": cidr, "availabilityZone": zone})
		}
	}
	route := func(in store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network()
			in := store.Clone(in)
			in["routeTableId"] = l.Make("table", store.RouteTableType, store.Properties{"vpcId": l.IDs["vpc"]})
			return l.Fails(store.RouteType, in)
		}
	}
	return []refusal{
		{"a VPC's network with host bits", ec2.CIDRWritten, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "10.0.0.1/16"})
		}},
		{"a VPC of an IPAM pool that does not exist", ec2.IPAMPoolExists, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16", "ipv4IpamPoolId": "ipam-pool-0"})
		}},
		{"a VPC whose network is not in its IPAM pool", ec2.IPAMPoolFree, func(l *worldtest.Lab) error {
			l.World.HoldIPAMPool("ipam-pool-1", "10.0.0.0/12")
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "10.16.0.0/16", "ipv4IpamPoolId": "ipam-pool-1"})
		}},
		{"a VPC whose network another VPC has of its IPAM pool", ec2.IPAMPoolFree, func(l *worldtest.Lab) error {
			l.World.HoldIPAMPool("ipam-pool-1", "10.0.0.0/12")
			l.Make("first", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16", "ipv4IpamPoolId": "ipam-pool-1"})
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "10.0.128.0/17", "ipv4IpamPoolId": "ipam-pool-1"})
		}},
		{"a VPC larger than a /16", ec2.VPCSize, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/8"})
		}},
		{"a VPC smaller than a /28", ec2.VPCSize, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/29"})
		}},
		{"a VPC of link-local addresses", ec2.VPCReserved, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "169.254.0.0/16"})
		}},
		{"a VPC of loopback addresses", ec2.VPCReserved, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "127.0.0.0/16"})
		}},
		{"a VPC of multicast addresses", ec2.VPCReserved, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "239.0.0.0/16"})
		}},
		{"a VPC of reserved addresses", ec2.VPCReserved, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "240.0.0.0/16"})
		}},
		{"a VPC of addresses of no host", ec2.VPCReserved, func(l *worldtest.Lab) error {
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "0.1.0.0/16"})
		}},
		{"a further network of link-local addresses", ec2.VPCReserved, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "169.254.0.0/20"})
		}},
		{"a VPC without a network", ec2.VPCNetworkGiven, func(l *worldtest.Lab) error { return l.Fails(store.VPCType, nil) }},
		{"a sixth VPC", ec2.VPCQuota, func(l *worldtest.Lab) error {
			for i := range 5 {
				l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": fmt.Sprintf("10.%d.0.0/16", i)})
			}
			return l.Fails(store.VPCType, store.Properties{"cidrBlock": "10.9.0.0/16"})
		}},
		{"a VPC that is deleted before its subnets", ec2.VPCEmpty, func(l *worldtest.Lab) error { return l.Network().Delete(store.VPCType, "vpc") }},
		{"a further network that overlaps the VPC's", ec2.SecondaryRange, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "10.0.128.0/20"})
		}},
		{"a further network of another private range", ec2.SecondaryRange, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "192.168.0.0/16"})
		}},
		{"a further network that is removed while a subnet uses it", ec2.SecondaryUnused, func(l *worldtest.Lab) error {
			l.Network().Make("pods", store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "100.64.0.0/16"})
			l.Subnet("pods-a", "100.64.0.0/18", "a", nil)
			return l.Delete(store.SecondaryType, "pods")
		}},
		{"a subnet of a VPC that does not exist", ec2.VPCExists, func(l *worldtest.Lab) error {
			return l.Fails(store.SubnetType, store.Properties{"vpcId": "vpc-0", "cidrBlock": "10.0.0.0/24"})
		}},
		{"a subnet outside its VPC", ec2.SubnetInside, subnet("10.1.0.0/24", "ap-northeast-2a")},
		{"a subnet smaller than a /28", ec2.SubnetInside, subnet("10.0.255.0/29", "ap-northeast-2a")},
		{"a subnet that overlaps another", ec2.SubnetDisjoint, subnet("10.0.16.0/24", "ap-northeast-2a")},
		{"a subnet in a zone of another region", ec2.SubnetZone, subnet("10.0.255.0/24", "us-east-1a")},
		{"one subnet too many", ec2.SubnetQuota, func(l *worldtest.Lab) error {
			l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16"})
			for i := range 200 {
				l.Subnet("s", fmt.Sprintf("10.0.%d.0/24", i), "a", nil)
			}
			return l.Fails(store.SubnetType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "10.0.201.0/24"})
		}},
		{"an IPv6 network that is not the VPC's", ec2.SubnetIPv6, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.SubnetType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "10.0.255.0/24", "ipv6CidrBlock": "2001:db8:1::/64"})
		}},
		{"a subnet that is deleted before its NAT gateway", ec2.SubnetEmpty, func(l *worldtest.Lab) error { return l.Network().Delete(store.SubnetType, "public-a") }},
		{"an association with a subnet that does not exist", ec2.SubnetExists, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.AssociationType, store.Properties{"routeTableId": l.IDs["public"], "subnetId": "subnet-0"})
		}},
		{"an association with a table that does not exist", ec2.TableExists, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.AssociationType, store.Properties{"routeTableId": "rtb-0", "subnetId": l.IDs["public-a"]})
		}},
		{"a second table for a subnet", ec2.AssociationOnce, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.AssociationType, store.Properties{"routeTableId": l.IDs["private"], "subnetId": l.IDs["public-a"]})
		}},
		{"a table of another VPC", ec2.AssociationSameVPC, func(l *worldtest.Lab) error {
			l.Network().Make("other", store.VPCType, store.Properties{"cidrBlock": "10.1.0.0/16"})
			l.Make("table", store.RouteTableType, store.Properties{"vpcId": l.IDs["other"]})
			l.Subnet("bare", "10.0.255.0/24", "a", nil)
			return l.Fails(store.AssociationType, store.Properties{"routeTableId": l.IDs["table"], "subnetId": l.IDs["bare"]})
		}},
		{"a table that is deleted while a subnet uses it", ec2.TableUnused, func(l *worldtest.Lab) error { return l.Network().Delete(store.RouteTableType, "public") }},
		{"a second default route", ec2.RouteOnce, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.RouteType, store.Properties{"routeTableId": l.IDs["public"], "destinationCidrBlock": "0.0.0.0/0", "gatewayId": l.IDs["igw"]})
		}},
		{"a route into the VPC", ec2.RouteOutside, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.RouteType, store.Properties{"routeTableId": l.IDs["public"], "destinationCidrBlock": "10.0.5.0/24", "gatewayId": l.IDs["igw"]})
		}},
		{"a route without a target", ec2.RouteTarget, route(store.Properties{"destinationCidrBlock": "0.0.0.0/0"})},
		{"a route with two targets", ec2.RouteTarget, route(store.Properties{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0", "natGatewayId": "nat-0"})},
		{"a route to a gateway that does not exist", ec2.RouteGateway, route(store.Properties{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0"})},
		{"a route to a gateway that is not attached", ec2.RouteGateway, func(l *worldtest.Lab) error {
			l.Network().Make("loose", store.InternetGatewayType, nil)
			return route(store.Properties{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": l.IDs["loose"]})(&worldtest.Lab{T: l.T, World: l.World, Client: l.Client, IDs: map[string]string{}})
		}},
		{"a route to a NAT gateway that does not exist", ec2.RouteNAT, route(store.Properties{"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-0"})},
	}
}

func gatewayRefusals() []refusal {
	nat := func(in store.Properties, prepare func(*worldtest.Lab)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network().Make("eip2", store.EipType, store.Properties{"domain": "vpc"})
			if prepare != nil {
				prepare(l)
			}
			given := store.Properties{"subnetId": l.IDs["public-b"], "allocationId": l.IDs["eip2"]}
			for property, value := range in {
				given[property] = value
			}
			return l.Fails(store.NatType, given)
		}
	}
	return []refusal{
		{"a second internet gateway for a VPC", ec2.GatewayOnce, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.InternetGatewayType, store.Properties{"vpcId": l.IDs["vpc"]})
		}},
		{"an internet gateway that is deleted while a NAT gateway has a public address", ec2.GatewayUnmapped, func(l *worldtest.Lab) error {
			return l.Network().Delete(store.InternetGatewayType, "igw")
		}},
		{"a public NAT gateway without an address", ec2.NatAddressGiven, nat(store.Properties{"allocationId": ""}, nil)},
		{"a NAT gateway with an address that does not exist", ec2.NatAddressExists, nat(store.Properties{"allocationId": "eipalloc-0"}, nil)},
		{"a NAT gateway with the address of another", ec2.NatAddressFree, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.NatType, store.Properties{"subnetId": l.IDs["public-b"], "allocationId": l.IDs["eip"]})
		}},
		{"a NAT gateway in a VPC without an internet gateway", ec2.NatNetworkAttached, func(l *worldtest.Lab) error {
			l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16"})
			l.Subnet("public-b", "10.0.0.0/24", "a", nil)
			l.Make("eip", store.EipType, nil)
			return l.Fails(store.NatType, store.Properties{"subnetId": l.IDs["public-b"], "allocationId": l.IDs["eip"]})
		}},
		{"a NAT gateway in a full subnet", ec2.NatSubnetFree, nat(nil, func(l *worldtest.Lab) {
			l.Subnet("public-b", "10.0.255.0/28", "b", nil)
			l.Fill("public-b", 0)
		})},
		{"a sixth NAT gateway in a zone", ec2.NatQuota, func(l *worldtest.Lab) error {
			l.Network()
			for range 4 {
				l.Make("nat", store.NatType, store.Properties{"subnetId": l.IDs["private-a"], "connectivityType": "private"})
			}
			return l.Fails(store.NatType, store.Properties{"subnetId": l.IDs["private-a"], "connectivityType": "private"})
		}},
		{"a sixth Elastic IP address", ec2.EipQuota, func(l *worldtest.Lab) error {
			for range 5 {
				l.Make("eip", store.EipType, nil)
			}
			return l.Fails(store.EipType, nil)
		}},
		{"an Elastic IP address that is released while a NAT gateway uses it", ec2.EipUnused, func(l *worldtest.Lab) error { return l.Network().Delete(store.EipType, "eip") }},
	}
}

func groupRefusals() []refusal {
	withRule := func(changes store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network().Make("group", store.SecurityGroupType, store.Properties{"name": "group", "vpcId": l.IDs["vpc"]})
			in := store.Properties{"securityGroupId": l.IDs["group"], "type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": []any{"10.0.0.0/8"}}
			l.Make("rule", store.GroupRuleType, in)
			again := store.Clone(in)
			for property, value := range changes {
				again[property] = value
			}
			return l.Fails(store.GroupRuleType, again)
		}
	}
	return []refusal{
		{"a security group of a VPC that does not exist", ec2.GroupVPC, func(l *worldtest.Lab) error {
			return l.Fails(store.SecurityGroupType, store.Properties{"vpcId": "vpc-0"})
		}},
		{"a second security group of a name", ec2.GroupUnique, func(l *worldtest.Lab) error {
			l.Network().Make("group", store.SecurityGroupType, store.Properties{"name": "group", "vpcId": l.IDs["vpc"]})
			return l.Fails(store.SecurityGroupType, store.Properties{"name": "group", "vpcId": l.IDs["vpc"]})
		}},
		{"a security group whose name has the form of an ID", ec2.GroupName, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.SecurityGroupType, store.Properties{"name": "sg-mine", "vpcId": l.IDs["vpc"]})
		}},
		{"a security group that is deleted while another's rule refers to it", ec2.GroupUnused, func(l *worldtest.Lab) error {
			l.Network().Make("a", store.SecurityGroupType, store.Properties{"name": "a", "vpcId": l.IDs["vpc"]})
			l.Make("b", store.SecurityGroupType, store.Properties{"name": "b", "vpcId": l.IDs["vpc"]})
			l.Make("rule", store.GroupRuleType, store.Properties{"securityGroupId": l.IDs["b"], "type": "ingress", "protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "sourceSecurityGroupId": l.IDs["a"]})
			return l.Delete(store.SecurityGroupType, "a")
		}},
		{"a rule of a group that does not exist", ec2.GroupExists, func(l *worldtest.Lab) error {
			return l.Fails(store.GroupRuleType, store.Properties{"securityGroupId": "sg-0", "type": "ingress", "protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "self": true})
		}},
		{"a rule that the security group has already", ec2.GroupRuleOnce, withRule(nil)},
		{"a rule without peers", ec2.GroupRulePeer, withRule(store.Properties{"cidrBlocks": nil})},
		{"a rule with ports in the wrong order", ec2.GroupRulePorts, withRule(store.Properties{"toPort": 80.0})},
		{"a rule for a prefix list that does not exist", ec2.PrefixListExists, withRule(store.Properties{"cidrBlocks": nil, "prefixListIds": []any{"pl-0"}})},
		{"a rule for a prefix list with too many entries", ec2.GroupRuleQuota, func(l *worldtest.Lab) error {
			l.World.HoldPrefixLists(map[string]int{"pl-1": 60})
			return withRule(store.Properties{"cidrBlocks": nil, "prefixListIds": []any{"pl-1"}})(l)
		}},
		{"one rule too many", ec2.GroupRuleQuota, func(l *worldtest.Lab) error {
			var networks []any
			for i := range 60 {
				networks = append(networks, fmt.Sprintf("10.0.%d.0/24", i))
			}
			return withRule(store.Properties{"fromPort": 80.0, "cidrBlocks": networks})(l)
		}},
	}
}

func endpointRefusals() []refusal {
	endpoint := func(changes func(*worldtest.Lab) store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network()
			in := store.Properties{"vpcId": l.IDs["vpc"], "serviceName": "com.amazonaws.ap-northeast-2.ecr.api", "vpcEndpointType": "Interface",
				"subnetIds": []any{l.IDs["private-a"]}, "privateDnsEnabled": true}
			for property, value := range changes(l) {
				in[property] = value
			}
			return l.Fails(store.EndpointType, in)
		}
	}
	gateway := func(table string) func(*worldtest.Lab) store.Properties {
		return func(l *worldtest.Lab) store.Properties {
			return store.Properties{"serviceName": "com.amazonaws.ap-northeast-2.s3", "vpcEndpointType": "Gateway", "subnetIds": nil, "privateDnsEnabled": nil,
				"routeTableIds": []any{table}}
		}
	}
	return []refusal{
		{"an endpoint in a VPC that does not exist", ec2.EndpointVPC, endpoint(func(*worldtest.Lab) store.Properties { return store.Properties{"vpcId": "vpc-0"} })},
		{"an endpoint for a service of another region", ec2.EndpointService, endpoint(func(*worldtest.Lab) store.Properties {
			return store.Properties{"serviceName": "com.amazonaws.us-east-1.ecr.api"}
		})},
		{"a gateway endpoint for a service that has none", ec2.EndpointService, endpoint(func(*worldtest.Lab) store.Properties { return store.Properties{"vpcEndpointType": "Gateway"} })},
		{"a gateway endpoint with a table that does not exist", ec2.EndpointTables, endpoint(gateway("rtb-0"))},
		{"a second gateway endpoint for a table", ec2.EndpointOncePerTable, endpoint(func(l *worldtest.Lab) store.Properties {
			in := gateway(l.IDs["private"])(l)
			in["vpcId"] = l.IDs["vpc"]
			l.Make("s3", store.EndpointType, in)
			return in
		})},
		{"an endpoint that has another name in the region", ec2.EndpointService, endpoint(func(*worldtest.Lab) store.Properties {
			return store.Properties{"serviceName": "cn.com.amazonaws.ap-northeast-2.ecr.api"}
		})},
		{"an interface endpoint with a security group of another VPC", ec2.EndpointGroups, endpoint(func(l *worldtest.Lab) store.Properties {
			l.Make("other", store.VPCType, store.Properties{"cidrBlock": "10.9.0.0/16"})
			l.Make("theirs", store.SecurityGroupType, store.Properties{"name": "theirs", "vpcId": l.IDs["other"]})
			return store.Properties{"securityGroupIds": []any{l.IDs["theirs"]}}
		})},
		{"an interface endpoint with private DNS and without subnets", ec2.EndpointSubnetsGiven, endpoint(func(*worldtest.Lab) store.Properties {
			return store.Properties{"subnetIds": []any{}}
		})},
		{"an interface endpoint in a subnet that does not exist", ec2.EndpointSubnets, endpoint(func(*worldtest.Lab) store.Properties { return store.Properties{"subnetIds": []any{"subnet-0"}} })},
		{"an interface endpoint with two subnets in a zone", ec2.EndpointZones, endpoint(func(l *worldtest.Lab) store.Properties {
			return store.Properties{"subnetIds": []any{l.IDs["private-a"], l.IDs["public-a"]}}
		})},
		{"an interface endpoint in a full subnet", ec2.EndpointSpace, endpoint(func(l *worldtest.Lab) store.Properties {
			l.Subnet("full", "10.0.255.0/28", "a", nil)
			l.Fill("full", 0)
			return store.Properties{"subnetIds": []any{l.IDs["full"]}}
		})},
		{"private DNS in a VPC without hostnames", ec2.EndpointDNS, endpoint(func(l *worldtest.Lab) store.Properties {
			_ = l.Change(store.VPCType, l.IDs["vpc"], store.Properties{"enableDnsHostnames": false})
			return nil
		})},
		{"private DNS for a service twice", ec2.EndpointDNSOnce, endpoint(func(l *worldtest.Lab) store.Properties {
			l.Make("ecr", store.EndpointType, store.Properties{"vpcId": l.IDs["vpc"], "serviceName": "com.amazonaws.ap-northeast-2.ecr.api",
				"vpcEndpointType": "Interface", "subnetIds": []any{l.IDs["private-b"]}, "privateDnsEnabled": true})
			return nil
		})},
	}
}
