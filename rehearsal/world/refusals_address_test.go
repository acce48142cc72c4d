package world

import (
	"fmt"
	"net/netip"
)

// configured creates the cluster with a CNI with an environment.
func (l *lab) configured(env Properties) *lab {
	l.clusterUp()
	in := l.addonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.object(roleType, "cni-role").text("arn")
	in["configurationValues"] = jsonText(Properties{"env": env})
	l.make("vpc-cni", addonType, in)
	return l
}

// smallSubnet creates a private subnet with a route to the internet, for nodes.
func (l *lab) smallSubnet(name, cidr, zone string) *lab {
	l.subnet(name, cidr, zone, nil)
	l.make(name+"-table", associationType, Properties{"routeTableId": l.ids["private"], "subnetId": l.ids[name]})
	return l
}

// grouped creates a node group with one node in a subnet, without CoreDNS, whose pods would count, and returns the
// node.
func (l *lab) grouped(subnet string) *Object {
	l.t.Helper()
	if dns := l.world.workloadOf("dev", "coredns"); dns != nil {
		l.world.drop(dns)
	}
	in := with(l.groupInputs(), "subnetIds", []any{l.ids[subnet]})
	l.make("general", nodeGroupType, with(in, "scalingConfig", Properties{"minSize": 1.0, "desiredSize": 1.0, "maxSize": 3.0}))
	return l.world.readyNodes("dev")[0]
}

// hold creates an interface of an operator with an address.
func (l *lab) hold(subnet, address string) {
	o := l.object(subnetType, subnet)
	l.world.put(&Object{Type: interfaceType, ID: l.world.newID("eni-"), Owner: "test", Outputs: Properties{"subnetId": o.ID, "vpcId": o.text("vpcId"),
		"privateIp": address, "privateIps": []any{address}, "prefixes": []any{}, "pods": []any{}, "interfaceType": "interface", "status": "in-use"}})
}

// fragment uses one address in each /28 of a subnet: most are free, and no prefix is.
func (l *lab) fragment(subnet string) *lab {
	p, _ := network(l.object(subnetType, subnet).text("cidrBlock"))
	for block := netip.PrefixFrom(p.Addr(), 28); p.Contains(block.Addr()); block = netip.PrefixFrom(lastAddress(block).Next(), 28) {
		l.hold(subnet, block.Addr().Next().Next().Next().Next().Next().String())
	}
	return l
}

var prefixMode = Properties{"ENABLE_PREFIX_DELEGATION": "true"}

func addressRefusals() []refusal {
	// grows assigns a node's last addresses to pods and lets the CNI allocate more.
	grows := func(l *lab, node *Object) error {
		for l.world.takePodAddress(node) != "" {
		}
		_, err := l.world.grow(node)
		return err
	}
	return []refusal{
		{"a prefix in a fragmented subnet", prefixesFree, func(l *lab) error {
			l.configured(prefixMode).smallSubnet("small", "10.0.200.0/25", "a").fragment("small")
			return grows(l, l.grouped("small"))
		}},
		{"a prefix where single addresses use all that is not reserved", prefixesFree, func(l *lab) error {
			l.configured(prefixMode).smallSubnet("small", "10.0.200.0/26", "a")
			l.reserve("small", "10.0.200.32/27", "explicit")
			l.hold("small", "10.0.200.20")
			return grows(l, l.grouped("small"))
		}},
		{"secondary addresses in a full subnet", singlesFree, func(l *lab) error {
			l.configured(nil).smallSubnet("small", "10.0.200.0/27", "a").fill("small", 4)
			return grows(l, l.grouped("small"))
		}},
		{"an interface with more addresses than its subnet has", interfaceSpace, func(l *lab) error {
			l.configured(nil).smallSubnet("small", "10.0.200.0/27", "a").fill("small", 19)
			return grows(l, l.grouped("small"))
		}},
		{"an interface of an operator in a full subnet", interfaceSpace, func(l *lab) error {
			l.network()
			l.subnet("small", "10.0.200.0/28", "a", nil)
			l.fill("small", 0)
			_, err := l.world.MakeInterface(l.ids["small"], "by hand")
			return err
		}},
		{"an interface with a prefix in a fragmented subnet for pods", interfaceSpace, func(l *lab) error {
			l.clusterUp().smallSubnet("pods", "10.0.200.0/26", "a").fragment("pods")
			in := l.addonInputs("vpc-cni")
			in["serviceAccountRoleArn"] = l.object(roleType, "cni-role").text("arn")
			in["configurationValues"] = jsonText(Properties{"env": Properties{"ENABLE_PREFIX_DELEGATION": "true", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"},
				"eniConfig": Properties{"create": true, "region": "ap-northeast-2", "subnets": Properties{"ap-northeast-2a": Properties{"id": l.ids["pods"]}}}})
			l.make("vpc-cni", addonType, in)
			return grows(l, l.grouped("private-a"))
		}},
	}
}

// reserve reserves a part of a subnet.
func (l *lab) reserve(subnet, cidr, kind string) {
	l.world.put(&Object{Type: cidrReservationType, ID: fmt.Sprintf("scr-%s", cidr), Outputs: Properties{"subnetId": l.ids[subnet], "cidrBlock": cidr, "reservationType": kind}})
}
