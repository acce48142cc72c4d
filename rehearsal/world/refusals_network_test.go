package world

import "fmt"

func networkRefusals() []refusal {
	subnet := func(cidr, zone string) func(*lab) error {
		return func(l *lab) error {
			l.network()
			return l.fails(subnetType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": cidr, "availabilityZone": zone})
		}
	}
	route := func(in Properties) func(*lab) error {
		return func(l *lab) error {
			l.network()
			in := clone(in)
			in["routeTableId"] = l.make("table", routeTableType, Properties{"vpcId": l.ids["vpc"]})
			return l.fails(routeType, in)
		}
	}
	return []refusal{
		{"a VPC's network with host bits", cidrWritten, func(l *lab) error { return l.fails(vpcType, Properties{"cidrBlock": "10.0.0.1/16"}) }},
		{"a VPC larger than a /16", vpcSize, func(l *lab) error { return l.fails(vpcType, Properties{"cidrBlock": "10.0.0.0/8"}) }},
		{"a VPC smaller than a /28", vpcSize, func(l *lab) error { return l.fails(vpcType, Properties{"cidrBlock": "10.0.0.0/29"}) }},
		{"a VPC of link-local addresses", vpcReserved, func(l *lab) error { return l.fails(vpcType, Properties{"cidrBlock": "169.254.0.0/16"}) }},
		{"a VPC of loopback addresses", vpcReserved, func(l *lab) error { return l.fails(vpcType, Properties{"cidrBlock": "127.0.0.0/16"}) }},
		{"a VPC of multicast addresses", vpcReserved, func(l *lab) error { return l.fails(vpcType, Properties{"cidrBlock": "239.0.0.0/16"}) }},
		{"a VPC of reserved addresses", vpcReserved, func(l *lab) error { return l.fails(vpcType, Properties{"cidrBlock": "240.0.0.0/16"}) }},
		{"a VPC of addresses of no host", vpcReserved, func(l *lab) error { return l.fails(vpcType, Properties{"cidrBlock": "0.1.0.0/16"}) }},
		{"a further network of link-local addresses", vpcReserved, func(l *lab) error {
			return l.network().fails(secondaryType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "169.254.0.0/20"})
		}},
		{"a VPC without a network", vpcNetworkGiven, func(l *lab) error { return l.fails(vpcType, nil) }},
		{"a sixth VPC", vpcQuota, func(l *lab) error {
			for i := range 5 {
				l.make("vpc", vpcType, Properties{"cidrBlock": fmt.Sprintf("10.%d.0.0/16", i)})
			}
			return l.fails(vpcType, Properties{"cidrBlock": "10.9.0.0/16"})
		}},
		{"a VPC that is deleted before its subnets", vpcEmpty, func(l *lab) error { return l.network().delete(vpcType, "vpc") }},
		{"a further network that overlaps the VPC's", secondaryRange, func(l *lab) error {
			return l.network().fails(secondaryType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "10.0.128.0/20"})
		}},
		{"a further network of another private range", secondaryRange, func(l *lab) error {
			return l.network().fails(secondaryType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "192.168.0.0/16"})
		}},
		{"a further network that is removed while a subnet uses it", secondaryUnused, func(l *lab) error {
			l.network().make("pods", secondaryType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "100.64.0.0/16"})
			l.subnet("pods-a", "100.64.0.0/18", "a", nil)
			return l.delete(secondaryType, "pods")
		}},
		{"a subnet of a VPC that does not exist", vpcExists, func(l *lab) error {
			return l.fails(subnetType, Properties{"vpcId": "vpc-0", "cidrBlock": "10.0.0.0/24"})
		}},
		{"a subnet outside its VPC", subnetInside, subnet("10.1.0.0/24", "ap-northeast-2a")},
		{"a subnet smaller than a /28", subnetInside, subnet("10.0.255.0/29", "ap-northeast-2a")},
		{"a subnet that overlaps another", subnetDisjoint, subnet("10.0.16.0/24", "ap-northeast-2a")},
		{"a subnet in a zone of another region", subnetZone, subnet("10.0.255.0/24", "us-east-1a")},
		{"one subnet too many", subnetQuota, func(l *lab) error {
			l.make("vpc", vpcType, Properties{"cidrBlock": "10.0.0.0/16"})
			for i := range 200 {
				l.subnet("s", fmt.Sprintf("10.0.%d.0/24", i), "a", nil)
			}
			return l.fails(subnetType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "10.0.201.0/24"})
		}},
		{"an IPv6 network that is not the VPC's", subnetIPv6, func(l *lab) error {
			return l.network().fails(subnetType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "10.0.255.0/24", "ipv6CidrBlock": "2001:db8:1::/64"})
		}},
		{"a subnet that is deleted before its NAT gateway", subnetEmpty, func(l *lab) error { return l.network().delete(subnetType, "public-a") }},
		{"an association with a subnet that does not exist", subnetExists, func(l *lab) error {
			return l.network().fails(associationType, Properties{"routeTableId": l.ids["public"], "subnetId": "subnet-0"})
		}},
		{"an association with a table that does not exist", tableExists, func(l *lab) error {
			return l.network().fails(associationType, Properties{"routeTableId": "rtb-0", "subnetId": l.ids["public-a"]})
		}},
		{"a second table for a subnet", associationOnce, func(l *lab) error {
			return l.network().fails(associationType, Properties{"routeTableId": l.ids["private"], "subnetId": l.ids["public-a"]})
		}},
		{"a table of another VPC", associationSameVPC, func(l *lab) error {
			l.network().make("other", vpcType, Properties{"cidrBlock": "10.1.0.0/16"})
			l.make("table", routeTableType, Properties{"vpcId": l.ids["other"]})
			l.subnet("bare", "10.0.255.0/24", "a", nil)
			return l.fails(associationType, Properties{"routeTableId": l.ids["table"], "subnetId": l.ids["bare"]})
		}},
		{"a table that is deleted while a subnet uses it", tableUnused, func(l *lab) error { return l.network().delete(routeTableType, "public") }},
		{"a second default route", routeOnce, func(l *lab) error {
			return l.network().fails(routeType, Properties{"routeTableId": l.ids["public"], "destinationCidrBlock": "0.0.0.0/0", "gatewayId": l.ids["igw"]})
		}},
		{"a route into the VPC", routeOutside, func(l *lab) error {
			return l.network().fails(routeType, Properties{"routeTableId": l.ids["public"], "destinationCidrBlock": "10.0.5.0/24", "gatewayId": l.ids["igw"]})
		}},
		{"a route without a target", routeTarget, route(Properties{"destinationCidrBlock": "0.0.0.0/0"})},
		{"a route with two targets", routeTarget, route(Properties{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0", "natGatewayId": "nat-0"})},
		{"a route to a gateway that does not exist", routeGateway, route(Properties{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0"})},
		{"a route to a gateway that is not attached", routeGateway, func(l *lab) error {
			l.network().make("loose", internetGatewayType, nil)
			return route(Properties{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": l.ids["loose"]})(&lab{l.t, l.world, l.client, map[string]string{}})
		}},
		{"a route to a NAT gateway that does not exist", routeNAT, route(Properties{"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-0"})},
	}
}

func gatewayRefusals() []refusal {
	nat := func(in Properties, prepare func(*lab)) func(*lab) error {
		return func(l *lab) error {
			l.network().make("eip2", eipType, Properties{"domain": "vpc"})
			if prepare != nil {
				prepare(l)
			}
			given := Properties{"subnetId": l.ids["public-b"], "allocationId": l.ids["eip2"]}
			for property, value := range in {
				given[property] = value
			}
			return l.fails(natType, given)
		}
	}
	return []refusal{
		{"a second internet gateway for a VPC", gatewayOnce, func(l *lab) error {
			return l.network().fails(internetGatewayType, Properties{"vpcId": l.ids["vpc"]})
		}},
		{"an internet gateway that is deleted while a NAT gateway has a public address", gatewayUnmapped, func(l *lab) error {
			return l.network().delete(internetGatewayType, "igw")
		}},
		{"a public NAT gateway without an address", natAddressGiven, nat(Properties{"allocationId": ""}, nil)},
		{"a NAT gateway with an address that does not exist", natAddressExists, nat(Properties{"allocationId": "eipalloc-0"}, nil)},
		{"a NAT gateway with the address of another", natAddressFree, func(l *lab) error {
			return l.network().fails(natType, Properties{"subnetId": l.ids["public-b"], "allocationId": l.ids["eip"]})
		}},
		{"a NAT gateway in a VPC without an internet gateway", natNetworkAttached, func(l *lab) error {
			l.make("vpc", vpcType, Properties{"cidrBlock": "10.0.0.0/16"})
			l.subnet("public-b", "10.0.0.0/24", "a", nil)
			l.make("eip", eipType, nil)
			return l.fails(natType, Properties{"subnetId": l.ids["public-b"], "allocationId": l.ids["eip"]})
		}},
		{"a NAT gateway in a full subnet", natSubnetFree, nat(nil, func(l *lab) {
			l.subnet("public-b", "10.0.255.0/28", "b", nil)
			l.fill("public-b", 0)
		})},
		{"a sixth NAT gateway in a zone", natQuota, func(l *lab) error {
			l.network()
			for range 4 {
				l.make("nat", natType, Properties{"subnetId": l.ids["private-a"], "connectivityType": "private"})
			}
			return l.fails(natType, Properties{"subnetId": l.ids["private-a"], "connectivityType": "private"})
		}},
		{"a sixth Elastic IP address", eipQuota, func(l *lab) error {
			for range 5 {
				l.make("eip", eipType, nil)
			}
			return l.fails(eipType, nil)
		}},
		{"an Elastic IP address that is released while a NAT gateway uses it", eipUnused, func(l *lab) error { return l.network().delete(eipType, "eip") }},
	}
}

// fill uses all but n addresses of a subnet.
func (l *lab) fill(subnet string, n int) {
	l.t.Helper()
	o := l.object(subnetType, subnet)
	for l.world.subnetFree(o) > n {
		l.world.attach(networkInterface{subnet: o, owner: "test"})
	}
}

func groupRefusals() []refusal {
	withRule := func(changes Properties) func(*lab) error {
		return func(l *lab) error {
			l.network().make("group", securityGroupType, Properties{"name": "group", "vpcId": l.ids["vpc"]})
			in := Properties{"securityGroupId": l.ids["group"], "type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": []any{"10.0.0.0/8"}}
			l.make("rule", groupRuleType, in)
			again := clone(in)
			for property, value := range changes {
				again[property] = value
			}
			return l.fails(groupRuleType, again)
		}
	}
	return []refusal{
		{"a security group of a VPC that does not exist", groupVPC, func(l *lab) error { return l.fails(securityGroupType, Properties{"vpcId": "vpc-0"}) }},
		{"a second security group of a name", groupUnique, func(l *lab) error {
			l.network().make("group", securityGroupType, Properties{"name": "group", "vpcId": l.ids["vpc"]})
			return l.fails(securityGroupType, Properties{"name": "group", "vpcId": l.ids["vpc"]})
		}},
		{"a security group whose name has the form of an ID", groupName, func(l *lab) error {
			return l.network().fails(securityGroupType, Properties{"name": "sg-mine", "vpcId": l.ids["vpc"]})
		}},
		{"a security group that is deleted while another's rule refers to it", groupUnused, func(l *lab) error {
			l.network().make("a", securityGroupType, Properties{"name": "a", "vpcId": l.ids["vpc"]})
			l.make("b", securityGroupType, Properties{"name": "b", "vpcId": l.ids["vpc"]})
			l.make("rule", groupRuleType, Properties{"securityGroupId": l.ids["b"], "type": "ingress", "protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "sourceSecurityGroupId": l.ids["a"]})
			return l.delete(securityGroupType, "a")
		}},
		{"a rule of a group that does not exist", groupExists, func(l *lab) error {
			return l.fails(groupRuleType, Properties{"securityGroupId": "sg-0", "type": "ingress", "protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "self": true})
		}},
		{"a rule that the security group has already", groupRuleOnce, withRule(nil)},
		{"a rule without peers", groupRulePeer, withRule(Properties{"cidrBlocks": nil})},
		{"a rule with ports in the wrong order", groupRulePorts, withRule(Properties{"toPort": 80.0})},
		{"one rule too many", groupRuleQuota, func(l *lab) error {
			var networks []any
			for i := range 60 {
				networks = append(networks, fmt.Sprintf("10.0.%d.0/24", i))
			}
			return withRule(Properties{"fromPort": 80.0, "cidrBlocks": networks})(l)
		}},
	}
}

func endpointRefusals() []refusal {
	endpoint := func(changes func(*lab) Properties) func(*lab) error {
		return func(l *lab) error {
			l.network()
			in := Properties{"vpcId": l.ids["vpc"], "serviceName": "com.amazonaws.ap-northeast-2.ecr.api", "vpcEndpointType": "Interface",
				"subnetIds": []any{l.ids["private-a"]}, "privateDnsEnabled": true}
			for property, value := range changes(l) {
				in[property] = value
			}
			return l.fails(endpointType, in)
		}
	}
	gateway := func(table string) func(*lab) Properties {
		return func(l *lab) Properties {
			return Properties{"serviceName": "com.amazonaws.ap-northeast-2.s3", "vpcEndpointType": "Gateway", "subnetIds": nil, "privateDnsEnabled": nil,
				"routeTableIds": []any{table}}
		}
	}
	return []refusal{
		{"an endpoint in a VPC that does not exist", endpointVPC, endpoint(func(*lab) Properties { return Properties{"vpcId": "vpc-0"} })},
		{"an endpoint for a service of another region", endpointService, endpoint(func(*lab) Properties {
			return Properties{"serviceName": "com.amazonaws.us-east-1.ecr.api"}
		})},
		{"a gateway endpoint for a service that has none", endpointService, endpoint(func(*lab) Properties { return Properties{"vpcEndpointType": "Gateway"} })},
		{"a gateway endpoint with a table that does not exist", endpointTables, endpoint(gateway("rtb-0"))},
		{"a second gateway endpoint for a table", endpointOncePerTable, endpoint(func(l *lab) Properties {
			in := gateway(l.ids["private"])(l)
			in["vpcId"] = l.ids["vpc"]
			l.make("s3", endpointType, in)
			return in
		})},
		{"an endpoint that has another name in the region", endpointService, endpoint(func(*lab) Properties {
			return Properties{"serviceName": "cn.com.amazonaws.ap-northeast-2.ecr.api"}
		})},
		{"an interface endpoint with a security group of another VPC", endpointGroups, endpoint(func(l *lab) Properties {
			l.make("other", vpcType, Properties{"cidrBlock": "10.9.0.0/16"})
			l.make("theirs", securityGroupType, Properties{"name": "theirs", "vpcId": l.ids["other"]})
			return Properties{"securityGroupIds": []any{l.ids["theirs"]}}
		})},
		{"an interface endpoint with private DNS and without subnets", endpointSubnetsGiven, endpoint(func(*lab) Properties {
			return Properties{"subnetIds": []any{}}
		})},
		{"an interface endpoint in a subnet that does not exist", endpointSubnets, endpoint(func(*lab) Properties { return Properties{"subnetIds": []any{"subnet-0"}} })},
		{"an interface endpoint with two subnets in a zone", endpointZones, endpoint(func(l *lab) Properties {
			return Properties{"subnetIds": []any{l.ids["private-a"], l.ids["public-a"]}}
		})},
		{"an interface endpoint in a full subnet", endpointSpace, endpoint(func(l *lab) Properties {
			l.subnet("full", "10.0.255.0/28", "a", nil)
			l.fill("full", 0)
			return Properties{"subnetIds": []any{l.ids["full"]}}
		})},
		{"private DNS in a VPC without hostnames", endpointDNS, endpoint(func(l *lab) Properties {
			_ = l.change(vpcType, l.ids["vpc"], Properties{"enableDnsHostnames": false})
			return nil
		})},
		{"private DNS for a service twice", endpointDNSOnce, endpoint(func(l *lab) Properties {
			l.make("ecr", endpointType, Properties{"vpcId": l.ids["vpc"], "serviceName": "com.amazonaws.ap-northeast-2.ecr.api",
				"vpcEndpointType": "Interface", "subnetIds": []any{l.ids["private-b"]}, "privateDnsEnabled": true})
			return nil
		})},
	}
}
