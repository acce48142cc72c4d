package world_test

import (
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func furtherRefusals() []refusal {
	flow := func(changes store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network().Make("logs", store.LogGroupType, store.Properties{"name": "/flow"})
			l.Role("flow", worldtest.TrustFor("vpc-flow-logs"), "CloudWatchAgentServerPolicy")
			in := store.Properties{"vpcId": l.IDs["vpc"], "logDestination": l.Object(store.LogGroupType, "logs").Text("arn"), "trafficType": "ALL",
				"iamRoleArn": l.Object(store.RoleType, "flow").Text("arn")}
			l.Make("flow", store.FlowLogType, in)
			again := store.Clone(in)
			for property, value := range changes {
				again[property] = value
			}
			return l.Fails(store.FlowLogType, again)
		}
	}
	inline := func(in store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Role("r", worldtest.TrustFor("ec2"))
			return l.Fails(store.RolePolicyType, in)
		}
	}
	return []refusal{
		{"a flow log of a VPC that does not exist", ec2.FlowLogSource, flow(store.Properties{"vpcId": "vpc-0"})},
		{"a flow log with a role that does not trust the service", ec2.FlowLogTarget, flow(store.Properties{"iamRoleArn": "arn:aws:iam::111122223333:role/other", "logDestination": "other"})},
		{"a second flow log to a destination", ec2.FlowLogOnce, flow(nil)},
		{"a route to an egress-only gateway that does not exist", ec2.RouteEgressGateway, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.RouteType, store.Properties{"routeTableId": l.IDs["private"], "destinationIpv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-0"})
		}},
		{"an inline policy of a role that does not exist", iam.RolePolicyRole, inline(store.Properties{"role": "other", "name": "p", "policy": simplePolicy})},
		{"an inline policy that is not a policy document", iam.RolePolicyDocument, inline(store.Properties{"role": "r", "name": "p", "policy": "{}"})},
		{"a role that is deleted with an inline policy", iam.RolePolicyGone, func(l *worldtest.Lab) error {
			l.Role("r", worldtest.TrustFor("ec2"))
			l.Make("p", store.RolePolicyType, store.Properties{"role": "r", "name": "p", "policy": simplePolicy})
			return l.Delete(store.RoleType, "r")
		}},
	}
}
