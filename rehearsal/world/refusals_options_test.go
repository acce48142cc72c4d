package world_test

import (
	"maps"
	"net/netip"
	"strings"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// optionRefusals are those of a network's options: pods' own ranges, reservations, the CNI's settings, flow logs.
func optionRefusals() []refusal {
	further := func(vpc, cidr string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": vpc})
			return l.Fails(store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": cidr})
		}
	}
	reservation := func(changes store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			in := store.Properties{"subnetId": l.Network().IDs["private-a"], "cidrBlock": "10.0.24.0/21", "reservationType": "prefix"}
			l.Make("reservation", store.CIDRReservationType, in)
			again := store.Clone(in)
			maps.Copy(again, changes)
			return l.Fails(store.CIDRReservationType, again)
		}
	}
	settings := func(json string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			in := l.ClusterUp().AddonInputs("vpc-cni")
			in["configurationValues"] = json
			return l.Fails(store.AddonType, in)
		}
	}
	flow := func(trust, allowed string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network().Make("logs", store.LogGroupType, store.Properties{"name": "/flow"})
			l.Make("role", store.RoleType, store.Properties{"name": "role", "assumeRolePolicy": trust})
			l.Make("policy", store.RolePolicyType, store.Properties{"name": "p", "role": "role", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "` + allowed + `"}}`})
			return l.Fails(store.FlowLogType, store.Properties{"vpcId": l.IDs["vpc"], "logDestination": l.Object(store.LogGroupType, "logs").Text("arn"), "trafficType": "ALL",
				"iamRoleArn": l.Object(store.RoleType, "role").Text("arn")})
		}
	}
	return []refusal{
		{"a further network of the benchmark range", ec2.SecondaryRange, further("10.0.0.0/16", "198.19.0.0/16")},
		{"a further network of the first part of 10.0.0.0/8 near it", ec2.SecondaryRange, further("10.1.0.0/16", "10.0.0.0/16")},
		{"a further network of default VPCs' range", ec2.SecondaryRange, further("172.16.0.0/16", "172.31.0.0/16")},
		{"a further private network of a VPC of shared addresses", ec2.SecondaryRange, further("100.64.0.0/16", "10.0.0.0/16")},

		{"a reservation in a subnet that does not exist", ec2.SubnetExists, reservation(store.Properties{"subnetId": "subnet-0"})},
		{"a reservation outside its subnet", ec2.ReservationInside, reservation(store.Properties{"cidrBlock": "10.0.40.0/24"})},
		{"a reservation of a reserved range", ec2.ReservationApart, reservation(store.Properties{"cidrBlock": "10.0.25.0/24", "reservationType": "explicit"})},
		{"a reservation smaller than a prefix", ec2.ReservationBlocks, reservation(store.Properties{"cidrBlock": "10.0.16.64/29"})},
		{"a reservation of another type", ec2.ReservationType, reservation(store.Properties{"cidrBlock": "10.0.16.0/24", "reservationType": "single"})},

		{"a variable that the CNI does not have", eks.AddonTexts, settings(`{"env": {"WARM_PREFIXES": "1"}}`)},
		{"an invalid boolean", eks.AddonTexts, settings(`{"env": {"ENABLE_PREFIX_DELEGATION": "yes"}}`)},
		{"an invalid number", eks.AddonTexts, settings(`{"env": {"WARM_PREFIX_TARGET": "one"}}`)},
		{"a policy agent that is not enabled by a string", eks.PolicyAgentText, settings(`{"enableNetworkPolicy": true}`)},
		{"ENIConfigs without a region", eks.EniConfigComplete, settings(`{"eniConfig": {"create": true, "subnets": {"ap-northeast-2a": {"id": "subnet-1"}}}}`)},
		{"ENIConfigs without a zone", eks.EniConfigComplete, settings(`{"eniConfig": {"create": true, "region": "ap-northeast-2", "subnets": {}}}`)},
		{"an ENIConfig without a subnet", eks.EniConfigComplete, settings(`{"eniConfig": {"create": true, "region": "ap-northeast-2", "subnets": {"ap-northeast-2a": {}}}}`)},

		{"a flow log with a role that trusts the service for another account only", ec2.FlowLogTarget, flow(
			strings.Replace(worldtest.TrustFor("vpc-flow-logs"), `"Principal"`, `"Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}}, "Principal"`, 1), "*")},
		{"a flow log with a role that may write to another group only", ec2.FlowLogTarget, flow(worldtest.TrustFor("vpc-flow-logs"), "arn:aws:logs:ap-northeast-2:111122223333:log-group:/other:*")},
	}
}

func TestANetworkThatIsCompatibleWithTheVPCsIsAssociated(t *testing.T) {
	for vpc, cidr := range map[string]string{"10.0.0.0/16": "100.64.0.0/16", "10.4.0.0/16": "10.0.0.0/16", "172.16.0.0/16": "172.17.0.0/16", "100.64.0.0/16": "100.65.0.0/16"} {
		l := worldtest.NewLab(t)
		l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": vpc})
		l.Make("further", store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": cidr})
	}
}

func TestOnlyPrefixesAreFromTheReservationsForPrefixes(t *testing.T) {
	l := worldtest.NewLab(t).Configured(worldtest.PrefixMode)
	l.Make("reserved", store.CIDRReservationType, store.Properties{"subnetId": l.IDs["private-a"], "cidrBlock": "10.0.24.0/21", "reservationType": "prefix"})
	node := l.Grouped("private-a")
	reserved, _ := ec2.ParseNetwork("10.0.24.0/21")
	for _, text := range ec2.PrimaryInterface(l.World.Account, node).Texts("prefixes") {
		if p, _ := ec2.ParseNetwork(text); !ec2.IsInside(p, reserved) {
			t.Errorf("the prefix %s is not from the reservation", p)
		}
	}
	if address, err := netip.ParseAddr(node.Text("internalIP")); err != nil || reserved.Contains(address) {
		t.Errorf("the node has %s from the reservation", node.Text("internalIP"))
	}
}
