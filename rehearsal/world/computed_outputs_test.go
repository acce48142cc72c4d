package world_test

import (
	"slices"
	"testing"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// The provider reads what other resources have added since; only a refresh shows it.
func TestReadingAResourceReturnsWhatOthersAddedToIt(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	l.Role("worker", worldtest.TrustFor("ec2"), "AmazonEKSWorkerNodePolicy")
	l.Make("inline", store.RolePolicyType, store.Properties{"name": "logs", "role": "worker",
		"policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}`})
	l.Make("group", store.SecurityGroupType, store.Properties{"name": "group", "vpcId": l.IDs["vpc"]})
	l.Make("https", store.GroupRuleType, store.Properties{"securityGroupId": l.IDs["group"], "type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0,
		"cidrBlocks": []any{"10.0.0.0/16"}, "description": "HTTPS"})
	read := func(typ, name string) *store.Object {
		o, err := l.Client.Read(typ, l.IDs[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return &o
	}
	if got := read(store.RoleType, "worker"); !slices.Equal(got.Texts("managedPolicyArns"), []string{"arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"}) ||
		store.ListOf(got.At("inlinePolicies"))[0]["name"] != "logs" {
		t.Errorf("the role has %v and %v", got.At("managedPolicyArns"), got.At("inlinePolicies"))
	}
	group := read(store.SecurityGroupType, "group")
	if rules := store.ListOf(group.At("ingress")); len(rules) != 1 || rules[0]["fromPort"] != 443.0 || rules[0]["description"] != "HTTPS" {
		t.Errorf("the group has the rules %v", rules)
	}
	if rules := store.ListOf(group.At("egress")); len(rules) != 0 {
		t.Errorf("the group has the egress rules %v", rules)
	}
	if routes := store.ListOf(read(store.RouteTableType, "private").At("routes")); len(routes) != 1 || routes[0]["natGatewayId"] != l.IDs["nat"] {
		t.Errorf("the table has the routes %v", routes)
	}
	eip, nat := read(store.EipType, "eip"), l.Object(store.NatType, "nat")
	if eip.Text("networkInterface") != nat.Text("networkInterfaceId") || eip.Text("privateDns") == "" || eip.Text("associationId") == "" {
		t.Errorf("the address of the NAT gateway is %v", eip.Outputs)
	}
}

func TestAClusterKeepsItsPublicRangesWhileItsEndpointIsPrivate(t *testing.T) {
	for name, test := range map[string]struct{ given, want []any }{
		"ranges of its own": {[]any{"203.0.113.0/24"}, []any{"203.0.113.0/24"}},
		"none":              {nil, []any{"0.0.0.0/0"}},
	} {
		l := worldtest.NewLab(t).Network()
		l.Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
		in := worldtest.With(l.ClusterInputs(), "vpcConfig.endpointPublicAccess", true)
		if test.given != nil {
			in = worldtest.With(in, "vpcConfig.publicAccessCidrs", test.given)
		}
		l.Make("cluster", store.ClusterType, in)
		private := worldtest.With(l.ClusterInputs(), "vpcConfig.endpointPublicAccess", false)
		if err := l.Change(store.ClusterType, "dev", private); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := l.Object(store.ClusterType, "cluster").Texts("vpcConfig.publicAccessCidrs"); !slices.Equal(store.AnyOf(got), test.want) {
			t.Errorf("%s: the private endpoint has the ranges %v", name, got)
		}
	}
}

// The provider sends nothing for a property that is optional and computed, so an update that leaves it out does not
// reset it.
func TestAnUpdateKeepsWhatItLeavesOut(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	in := l.AddonInputs("kube-proxy")
	in["addonVersion"], in["configurationValues"] = "v1.35.0-eksbuild.1", `{"mode": "iptables"}`
	l.Make("kube-proxy", store.AddonType, in)
	l.Make("key", store.KeyType, store.Properties{"description": "mine"})
	l.Make("entry", store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": "arn:aws:iam::111122223333:role/admin", "kubernetesGroups": []any{"ops"}})
	for _, test := range []struct {
		typ, name, property string
		changes             store.Properties
		want                any
	}{
		{store.AddonType, "kube-proxy", "addonVersion", store.Properties{"addonVersion": nil, "configurationValues": nil}, "v1.35.0-eksbuild.1"},
		{store.AddonType, "kube-proxy", "configurationValues", store.Properties{"addonVersion": nil, "configurationValues": nil}, `{"mode": "iptables"}`},
		{store.KeyType, "key", "description", store.Properties{"description": nil}, "mine"},
		{store.AccessEntryType, "entry", "kubernetesGroups", store.Properties{"kubernetesGroups": nil}, []any{"ops"}},
		{store.ClusterType, "cluster", "accessConfig.authenticationMode", store.Properties{"accessConfig": nil}, "API"},
		{store.NodeGroupType, "general", "updateConfig.maxUnavailable", store.Properties{"updateConfig": nil}, 2.0},
	} {
		if test.typ == store.NodeGroupType {
			l.Must(l.Change(test.typ, l.IDs[test.name], store.Properties{"updateConfig": store.Properties{"maxUnavailable": 2.0}}))
		}
		if err := l.Change(test.typ, l.IDs[test.name], test.changes); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if got := l.Object(test.typ, test.name).At(test.property); iam.JSONText(got) != iam.JSONText(test.want) {
			t.Errorf("%s: %s is %v, want %v", test.name, test.property, got, test.want)
		}
	}
}
