package world

import (
	"maps"
	"net/netip"
	"strings"
	"testing"
)

// optionRefusals are those of a network's options: pods' own ranges, reservations, the CNI's settings, flow logs.
func optionRefusals() []refusal {
	further := func(vpc, cidr string) func(*lab) error {
		return func(l *lab) error {
			l.make("vpc", vpcType, Properties{"cidrBlock": vpc})
			return l.fails(secondaryType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": cidr})
		}
	}
	reservation := func(changes Properties) func(*lab) error {
		return func(l *lab) error {
			in := Properties{"subnetId": l.network().ids["private-a"], "cidrBlock": "10.0.24.0/21", "reservationType": "prefix"}
			l.make("reservation", cidrReservationType, in)
			again := clone(in)
			maps.Copy(again, changes)
			return l.fails(cidrReservationType, again)
		}
	}
	settings := func(json string) func(*lab) error {
		return func(l *lab) error {
			in := l.clusterUp().addonInputs("vpc-cni")
			in["configurationValues"] = json
			return l.fails(addonType, in)
		}
	}
	flow := func(trust, allowed string) func(*lab) error {
		return func(l *lab) error {
			l.network().make("logs", logGroupType, Properties{"name": "/flow"})
			l.make("role", roleType, Properties{"name": "role", "assumeRolePolicy": trust})
			l.make("policy", rolePolicyType, Properties{"name": "p", "role": "role", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "` + allowed + `"}}`})
			return l.fails(flowLogType, Properties{"vpcId": l.ids["vpc"], "logDestination": l.object(logGroupType, "logs").text("arn"), "trafficType": "ALL",
				"iamRoleArn": l.object(roleType, "role").text("arn")})
		}
	}
	return []refusal{
		{"a further network of the benchmark range", secondaryRange, further("10.0.0.0/16", "198.19.0.0/16")},
		{"a further network of the first part of 10.0.0.0/8 near it", secondaryRange, further("10.1.0.0/16", "10.0.0.0/16")},
		{"a further network of default VPCs' range", secondaryRange, further("172.16.0.0/16", "172.31.0.0/16")},
		{"a further private network of a VPC of shared addresses", secondaryRange, further("100.64.0.0/16", "10.0.0.0/16")},

		{"a reservation in a subnet that does not exist", subnetExists, reservation(Properties{"subnetId": "subnet-0"})},
		{"a reservation outside its subnet", reservationInside, reservation(Properties{"cidrBlock": "10.0.40.0/24"})},
		{"a reservation of a reserved range", reservationApart, reservation(Properties{"cidrBlock": "10.0.25.0/24", "reservationType": "explicit"})},
		{"a reservation smaller than a prefix", reservationBlocks, reservation(Properties{"cidrBlock": "10.0.16.64/29"})},
		{"a reservation of another type", reservationType, reservation(Properties{"cidrBlock": "10.0.16.0/24", "reservationType": "single"})},

		{"a variable that the CNI does not have", addonTexts, settings(`{"env": {"WARM_PREFIXES": "1"}}`)},
		{"an invalid boolean", addonTexts, settings(`{"env": {"ENABLE_PREFIX_DELEGATION": "yes"}}`)},
		{"an invalid number", addonTexts, settings(`{"env": {"WARM_PREFIX_TARGET": "one"}}`)},
		{"a policy agent that is not enabled by a string", policyAgentText, settings(`{"enableNetworkPolicy": true}`)},
		{"ENIConfigs without a region", eniConfigComplete, settings(`{"eniConfig": {"create": true, "subnets": {"ap-northeast-2a": {"id": "subnet-1"}}}}`)},
		{"ENIConfigs without a zone", eniConfigComplete, settings(`{"eniConfig": {"create": true, "region": "ap-northeast-2", "subnets": {}}}`)},
		{"an ENIConfig without a subnet", eniConfigComplete, settings(`{"eniConfig": {"create": true, "region": "ap-northeast-2", "subnets": {"ap-northeast-2a": {}}}}`)},

		{"a flow log with a role that trusts the service for another account only", flowLogTarget, flow(
			strings.Replace(trustFor("vpc-flow-logs"), `"Principal"`, `"Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}}, "Principal"`, 1), "*")},
		{"a flow log with a role that may write to another group only", flowLogTarget, flow(trustFor("vpc-flow-logs"), "arn:aws:logs:ap-northeast-2:111122223333:log-group:/other:*")},
	}
}

func TestANetworkThatIsCompatibleWithTheVPCsIsAssociated(t *testing.T) {
	for vpc, cidr := range map[string]string{"10.0.0.0/16": "100.64.0.0/16", "10.4.0.0/16": "10.0.0.0/16", "172.16.0.0/16": "172.17.0.0/16", "100.64.0.0/16": "100.65.0.0/16"} {
		l := newLab(t)
		l.make("vpc", vpcType, Properties{"cidrBlock": vpc})
		l.make("further", secondaryType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": cidr})
	}
}

func TestOnlyPrefixesAreFromTheReservationsForPrefixes(t *testing.T) {
	l := newLab(t).configured(prefixMode)
	l.make("reserved", cidrReservationType, Properties{"subnetId": l.ids["private-a"], "cidrBlock": "10.0.24.0/21", "reservationType": "prefix"})
	node := l.grouped("private-a")
	reserved, _ := network("10.0.24.0/21")
	for _, text := range l.world.interfaceOf(node).texts("prefixes") {
		if p, _ := network(text); !inside(p, reserved) {
			t.Errorf("the prefix %s is not from the reservation", p)
		}
	}
	if address, err := netip.ParseAddr(node.text("internalIP")); err != nil || reserved.Contains(address) {
		t.Errorf("the node has %s from the reservation", node.text("internalIP"))
	}
}
