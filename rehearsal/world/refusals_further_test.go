package world

func furtherRefusals() []refusal {
	flow := func(changes Properties) func(*lab) error {
		return func(l *lab) error {
			l.network().make("logs", logGroupType, Properties{"name": "/flow"})
			l.role("flow", trustFor("vpc-flow-logs"), "CloudWatchAgentServerPolicy")
			in := Properties{"vpcId": l.ids["vpc"], "logDestination": l.object(logGroupType, "logs").text("arn"), "trafficType": "ALL",
				"iamRoleArn": l.object(roleType, "flow").text("arn")}
			l.make("flow", flowLogType, in)
			again := clone(in)
			for property, value := range changes {
				again[property] = value
			}
			return l.fails(flowLogType, again)
		}
	}
	inline := func(in Properties) func(*lab) error {
		return func(l *lab) error { l.role("r", trustFor("ec2")); return l.fails(rolePolicyType, in) }
	}
	return []refusal{
		{"a flow log of a VPC that does not exist", flowLogSource, flow(Properties{"vpcId": "vpc-0"})},
		{"a flow log with a role that does not trust the service", flowLogTarget, flow(Properties{"iamRoleArn": "arn:aws:iam::111122223333:role/other", "logDestination": "other"})},
		{"a second flow log to a destination", flowLogOnce, flow(nil)},
		{"a route to an egress-only gateway that does not exist", routeEgressGateway, func(l *lab) error {
			return l.network().fails(routeType, Properties{"routeTableId": l.ids["private"], "destinationIpv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-0"})
		}},
		{"an inline policy of a role that does not exist", rolePolicyRole, inline(Properties{"role": "other", "name": "p", "policy": simplePolicy})},
		{"an inline policy that is not a policy document", rolePolicyDocument, inline(Properties{"role": "r", "name": "p", "policy": "{}"})},
		{"a role that is deleted with an inline policy", rolePolicyGone, func(l *lab) error {
			l.role("r", trustFor("ec2"))
			l.make("p", rolePolicyType, Properties{"role": "r", "name": "p", "policy": simplePolicy})
			return l.delete(roleType, "r")
		}},
	}
}
