package addons

import (
	"eksnet/internal/iam"
	"eksnet/plan"
)

// clusterTag is the tag of resources that the controller created; most of its permissions are limited to them.
const clusterTag = "elbv2.k8s.aws/cluster"

// LoadBalancerPolicy returns the controller's IAM policy: the official policy of version 3.2, in its order, as typed
// values (github.com/kubernetes-sigs/aws-load-balancer-controller, docs/install/iam_policy.json).
func LoadBalancerPolicy(partition plan.Partition) *iam.Document {
	arn := func(suffix string) string { return "arn:" + partition.Name + ":" + suffix }
	const tag, mark = "aws:RequestTag/" + clusterTag, "aws:ResourceTag/" + clusterTag
	var (
		securityGroups = arn("ec2:*:*:security-group/*")
		balancers      = []string{
			arn("elasticloadbalancing:*:*:targetgroup/*/*"),
			arn("elasticloadbalancing:*:*:loadbalancer/net/*/*"),
			arn("elasticloadbalancing:*:*:loadbalancer/app/*/*"),
		}
		listeners = []string{
			arn("elasticloadbalancing:*:*:listener/net/*/*/*"),
			arn("elasticloadbalancing:*:*:listener/app/*/*/*"),
			arn("elasticloadbalancing:*:*:listener-rule/net/*/*/*"),
			arn("elasticloadbalancing:*:*:listener-rule/app/*/*/*"),
		}
	)
	document := iam.Policy(
		iam.Allow("iam:CreateServiceLinkedRole").When("StringEquals", "iam:AWSServiceName", "elasticloadbalancing.amazonaws.com"),
		iam.Allow(describeActions...),
		iam.Allow(integrationActions...),
		iam.Allow("ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"),
		iam.Allow("ec2:CreateSecurityGroup"),
		iam.Allow("ec2:CreateTags").On(securityGroups).When("StringEquals", "ec2:CreateAction", "CreateSecurityGroup").When("Null", tag, "false"),
		iam.Allow("ec2:CreateTags", "ec2:DeleteTags").On(securityGroups).When("Null", tag, "true").When("Null", mark, "false"),
		iam.Allow("ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup").When("Null", mark, "false"),
		iam.Allow(elbActions("CreateLoadBalancer", "CreateTargetGroup")...).When("Null", tag, "false"),
		iam.Allow(elbActions("CreateListener", "DeleteListener", "CreateRule", "DeleteRule")...),
		iam.Allow(elbActions("AddTags", "RemoveTags")...).On(balancers...).When("Null", tag, "true").When("Null", mark, "false"),
		iam.Allow(elbActions("AddTags", "RemoveTags")...).On(listeners...),
		iam.Allow(elbActions("ModifyLoadBalancerAttributes", "SetIpAddressType", "SetSecurityGroups", "SetSubnets", "DeleteLoadBalancer",
			"ModifyTargetGroup", "ModifyTargetGroupAttributes", "DeleteTargetGroup", "ModifyListenerAttributes",
			"ModifyCapacityReservation", "ModifyIpPools")...).When("Null", mark, "false"),
		iam.Allow(elbActions("AddTags")...).On(balancers...).
			When("StringEquals", "elasticloadbalancing:CreateAction", "CreateTargetGroup", "CreateLoadBalancer").When("Null", tag, "false"),
		iam.Allow(elbActions("RegisterTargets", "DeregisterTargets")...).On(balancers[0]),
		iam.Allow(elbActions("SetWebAcl", "ModifyListener", "AddListenerCertificates", "RemoveListenerCertificates", "ModifyRule", "SetRulePriorities")...),
	)
	return &document
}

// elbActions returns actions of Elastic Load Balancing.
func elbActions(names ...string) []string {
	actions := make([]string, len(names))
	for i, name := range names {
		actions[i] = "elasticloadbalancing:" + name
	}
	return actions
}

// describeActions are the controller's read actions in EC2 and Elastic Load Balancing.
var describeActions = append([]string{
	"ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeInternetGateways",
	"ec2:DescribeVpcs", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
	"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeTags", "ec2:GetCoipPoolUsage", "ec2:DescribeCoipPools",
	"ec2:GetSecurityGroupsForVpc", "ec2:DescribeIpamPools", "ec2:DescribeRouteTables",
}, elbActions("DescribeLoadBalancers", "DescribeLoadBalancerAttributes", "DescribeListeners", "DescribeListenerCertificates",
	"DescribeSSLPolicies", "DescribeRules", "DescribeTargetGroups", "DescribeTargetGroupAttributes", "DescribeTargetHealth",
	"DescribeTags", "DescribeTrustStores", "DescribeListenerAttributes", "DescribeCapacityReservation")...)

// integrationActions are the actions for services that load balancers integrate with: certificates, Cognito, WAF and
// Shield.
var integrationActions = []string{
	"cognito-idp:DescribeUserPoolClient", "acm:ListCertificates", "acm:DescribeCertificate", "iam:ListServerCertificates",
	"iam:GetServerCertificate", "waf-regional:GetWebACL", "waf-regional:GetWebACLForResource", "waf-regional:AssociateWebACL",
	"waf-regional:DisassociateWebACL", "wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:AssociateWebACL",
	"wafv2:DisassociateWebACL", "shield:GetSubscriptionState", "shield:DescribeProtection", "shield:CreateProtection",
	"shield:DeleteProtection",
}
