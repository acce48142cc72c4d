package world

import (
	"slices"
	"testing"
)

// The provider reads what other resources have added since; only a refresh shows it.
func TestReadingAResourceReturnsWhatOthersAddedToIt(t *testing.T) {
	l := newLab(t).network()
	l.role("worker", trustFor("ec2"), "AmazonEKSWorkerNodePolicy")
	l.make("inline", rolePolicyType, Properties{"name": "logs", "role": "worker",
		"policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}`})
	l.make("group", securityGroupType, Properties{"name": "group", "vpcId": l.ids["vpc"]})
	l.make("https", groupRuleType, Properties{"securityGroupId": l.ids["group"], "type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0,
		"cidrBlocks": []any{"10.0.0.0/16"}, "description": "HTTPS"})
	read := func(typ, name string) *Object {
		o, err := l.client.Read(typ, l.ids[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return &o
	}
	if got := read(roleType, "worker"); !slices.Equal(got.texts("managedPolicyArns"), []string{"arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"}) ||
		listOf(got.at("inlinePolicies"))[0]["name"] != "logs" {
		t.Errorf("the role has %v and %v", got.at("managedPolicyArns"), got.at("inlinePolicies"))
	}
	group := read(securityGroupType, "group")
	if rules := listOf(group.at("ingress")); len(rules) != 1 || rules[0]["fromPort"] != 443.0 || rules[0]["description"] != "HTTPS" {
		t.Errorf("the group has the rules %v", rules)
	}
	if rules := listOf(group.at("egress")); len(rules) != 0 {
		t.Errorf("the group has the egress rules %v", rules)
	}
	if routes := listOf(read(routeTableType, "private").at("routes")); len(routes) != 1 || routes[0]["natGatewayId"] != l.ids["nat"] {
		t.Errorf("the table has the routes %v", routes)
	}
	eip, nat := read(eipType, "eip"), l.object(natType, "nat")
	if eip.text("networkInterface") != nat.text("networkInterfaceId") || eip.text("privateDns") == "" || eip.text("associationId") == "" {
		t.Errorf("the address of the NAT gateway is %v", eip.Outputs)
	}
}

// The routes and policies in the outputs of a route table or a role do not prevent the same as separate resources.
func TestARouteThatIsReadCanBeReplaced(t *testing.T) {
	l := newLab(t).network()
	if _, err := l.client.Read(routeTableType, l.ids["private"]); err != nil {
		t.Fatal(err)
	}
	if err := l.delete(routeType, "to-nat"); err != nil {
		t.Fatal(err)
	}
	l.make("again", routeType, Properties{"routeTableId": l.ids["private"], "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": l.ids["nat"]})
}

func TestAClusterKeepsItsPublicRangesWhileItsEndpointIsPrivate(t *testing.T) {
	for name, test := range map[string]struct{ given, want []any }{
		"ranges of its own": {[]any{"203.0.113.0/24"}, []any{"203.0.113.0/24"}},
		"none":              {nil, []any{"0.0.0.0/0"}},
	} {
		l := newLab(t).network()
		l.role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
		in := with(l.clusterInputs(), "vpcConfig.endpointPublicAccess", true)
		if test.given != nil {
			in = with(in, "vpcConfig.publicAccessCidrs", test.given)
		}
		l.make("cluster", clusterType, in)
		private := with(l.clusterInputs(), "vpcConfig.endpointPublicAccess", false)
		if err := l.change(clusterType, "dev", private); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := l.object(clusterType, "cluster").texts("vpcConfig.publicAccessCidrs"); !slices.Equal(anyOf(got), test.want) {
			t.Errorf("%s: the private endpoint has the ranges %v", name, got)
		}
	}
}

// The provider sends nothing for a property that is optional and computed, so an update that leaves it out does not
// reset it.
func TestAnUpdateKeepsWhatItLeavesOut(t *testing.T) {
	l := newLab(t).nodes()
	in := l.addonInputs("kube-proxy")
	in["addonVersion"], in["configurationValues"] = "v1.35.0-eksbuild.1", `{"mode": "iptables"}`
	l.make("kube-proxy", addonType, in)
	l.make("key", keyType, Properties{"description": "mine"})
	l.make("entry", accessEntryType, Properties{"clusterName": "dev", "principalArn": "arn:aws:iam::111122223333:role/admin", "kubernetesGroups": []any{"ops"}})
	for _, test := range []struct {
		typ, name, property string
		changes             Properties
		want                any
	}{
		{addonType, "kube-proxy", "addonVersion", Properties{"addonVersion": nil, "configurationValues": nil}, "v1.35.0-eksbuild.1"},
		{addonType, "kube-proxy", "configurationValues", Properties{"addonVersion": nil, "configurationValues": nil}, `{"mode": "iptables"}`},
		{keyType, "key", "description", Properties{"description": nil}, "mine"},
		{accessEntryType, "entry", "kubernetesGroups", Properties{"kubernetesGroups": nil}, []any{"ops"}},
		{clusterType, "cluster", "accessConfig.authenticationMode", Properties{"accessConfig": nil}, "API"},
		{nodeGroupType, "general", "updateConfig.maxUnavailable", Properties{"updateConfig": nil}, 2.0},
	} {
		if test.typ == nodeGroupType {
			l.must(l.change(test.typ, l.ids[test.name], Properties{"updateConfig": Properties{"maxUnavailable": 2.0}}))
		}
		if err := l.change(test.typ, l.ids[test.name], test.changes); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if got := l.object(test.typ, test.name).at(test.property); jsonText(got) != jsonText(test.want) {
			t.Errorf("%s: %s is %v, want %v", test.name, test.property, got, test.want)
		}
	}
}
