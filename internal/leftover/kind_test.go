package leftover

import (
	"regexp"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestEveryKindHasAnOwnTypeAndACommandThatNamesTheResource(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds {
		if seen[k.Type] || seen[k.Name] {
			t.Errorf("%s (%s) is listed twice", k.Type, k.Name)
		}
		seen[k.Type], seen[k.Name] = true, true
		if !strings.HasPrefix(k.Command, "aws ") || !placeholder.MatchString(k.Command) {
			t.Errorf("%s: the command %q names no resource", k.Type, k.Command)
		}
		fields := map[string]string{}
		for _, name := range placeholder.FindAllString(k.Command, -1) {
			fields[strings.Trim(name, "{}")] = "value"
		}
		if command := k.RemovalCommand("value", fields); strings.ContainsAny(command, "{}") {
			t.Errorf("%s: words remain in %q", k.Type, command)
		}
	}
}

// before has pairs of types, of which the second cannot be deleted while the first exists.
var before = [][2]string{
	{RecordType, HostedZoneType}, {LoadBalancerType, TargetGroupType}, {LoadBalancerType, SecurityGroupType}, {ClassicType, SecurityGroupType},
	{NodeGroupType, ClusterType}, {NodeGroupType, TemplateType}, {ScalingGroupType, TemplateType}, {ScalingGroupType, InstanceType},
	{InstanceType, VolumeType}, {InstanceType, InterfaceType}, {InterfaceType, SubnetType}, {InterfaceType, SecurityGroupType},
	{NATGatewayType, AddressType}, {NATGatewayType, SubnetType}, {EndpointType, SubnetType}, {ReservationType, SubnetType},
	{AddressType, GatewayType}, {AssociationType, RouteTableType}, {SubnetType, VPCType}, {SecurityGroupType, VPCType}, {GatewayType, VPCType},
	{RouteTableType, VPCType}, {EgressGatewayType, VPCType}, {AttachmentType, PolicyType}, {AttachmentType, RoleType}, {RolePolicyType, RoleType}, {RoleType, PolicyType},
	{AliasType, KeyType}, {ClusterType, LogGroupType}, {FlowLogType, LogGroupType},
}

func TestKindsAreInTheOrderInWhichAWSDeletesThem(t *testing.T) {
	for _, pair := range before {
		first, second := Rank(pair[0]), Rank(pair[1])
		if first >= second || second == len(Kinds) {
			t.Errorf("%s is at position %d, and %s, which needs it to be deleted, at %d", pair[0], first, pair[1], second)
		}
	}
}

func TestPricesAreThoseOfAMonthAndAnHour(t *testing.T) {
	for typ, want := range map[string]struct {
		text  string
		month float64
	}{
		NATGatewayType: {"0.045 USD an hour", 32.85}, VolumeType: {"0.08 USD a GB a month", 1.6}, EndpointType: {"0.01 USD a zone an hour", 146},
		SubnetType: {"", 0}, LogGroupType: {"0.03 USD a GB a month", 0.6},
	} {
		kind, _ := KindOf(typ)
		units := 1.0
		if kind.Price.Unit != "" {
			units = 20
		}
		if got := kind.MonthlyCost(units); kind.PriceText() != want.text || got-want.month > 0.001 || want.month-got > 0.001 {
			t.Errorf("%s costs %q and %.4f a month, want %q and %.4f", typ, kind.PriceText(), got, want.text, want.month)
		}
	}
}
