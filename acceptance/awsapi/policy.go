package awsapi

import (
	"slices"
	"strings"

	"eksnet/internal/iam"
	"eksnet/internal/leftover"
)

// auditActions are the actions of the calls of an audit. They read, and IAM and EC2 do not limit them to resources.
var auditActions = []string{
	"autoscaling:DescribeAutoScalingGroups",
	"ec2:DescribeAddresses", "ec2:DescribeEgressOnlyInternetGateways", "ec2:DescribeFlowLogs", "ec2:DescribeInstances", "ec2:DescribeInternetGateways",
	"ec2:DescribeLaunchTemplates", "ec2:DescribeNatGateways", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups",
	"ec2:DescribeSnapshots", "ec2:DescribeSubnets", "ec2:DescribeVolumes", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "ec2:GetSubnetCidrReservations",
	"eks:DescribeCluster", "eks:DescribeNodegroup", "eks:ListNodegroups",
	"elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroups",
	"iam:GetOpenIDConnectProvider", "iam:GetPolicy", "iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListOpenIDConnectProviders", "iam:ListPolicies", "iam:ListRolePolicies", "iam:ListRoles",
	"kms:DescribeKey", "kms:ListResourceTags",
	"logs:DescribeLogGroups", "logs:ListTagsForResource",
	"route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResources",
	"sts:GetCallerIdentity", "tag:GetResources",
}

// AuditPolicy is the policy of an audit.
func AuditPolicy() iam.Document { return iam.Policy(iam.Allow(auditActions...)) }

// checkActions are the actions of a check beside those of the audit that it contains.
var checkActions = []string{"acm:DescribeCertificate", "ec2:DescribeAvailabilityZones", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeIpamPools", "ec2:DescribeKeyPairs",
	"ec2:DescribeManagedPrefixLists", "ec2:DescribeRegions", "ec2:DescribeVpcBlockPublicAccessOptions", "eks:DescribeAddonVersions", "eks:ListClusters",
	"elasticloadbalancing:DescribeTrustStores", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration", "s3:ListBucket", "servicequotas:GetServiceQuota", "wafv2:GetWebACL"}

// CheckPolicy is what a check needs beside the policy of an audit.
func CheckPolicy() iam.Document { return iam.Policy(iam.Allow(checkActions...)) }

// lookActions are the actions of the calls of a look, which Elastic Load Balancing does not limit to resources.
var lookActions = []string{"elasticloadbalancing:DescribeInstanceHealth", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetHealth", "sts:GetCallerIdentity"}

// LookPolicy is the policy of a look. The rights in the cluster are those of Kubernetes.
func LookPolicy() iam.Document { return iam.Policy(iam.Allow(lookActions...)) }

// sweepReads are what a sweep reads beside what an audit reads.
var sweepReads = []string{"iam:ListInstanceProfilesForRole", "iam:ListPolicyVersions"}

// deletion is how the actions that delete a type are limited to a stack's resources.
type deletion struct {
	typ     string
	actions []string
	// arns limit the actions where the tags of the resource do not.
	arns []string
}

// The ARNs have the words that docs/deployer-policy.json has too.
var deletions = []deletion{
	{leftover.FlowLogType, []string{"ec2:DeleteFlowLogs"}, nil},
	{leftover.LoadBalancerType, []string{"elasticloadbalancing:DeleteLoadBalancer"}, nil},
	{leftover.ClassicType, []string{"elasticloadbalancing:DeleteLoadBalancer"}, nil},
	{leftover.TargetGroupType, []string{"elasticloadbalancing:DeleteTargetGroup"}, nil},
	{leftover.NodeGroupType, []string{"eks:DeleteNodegroup"}, nil},
	{leftover.ClusterType, []string{"eks:DeleteCluster"}, nil},
	{leftover.ScalingGroupType, []string{"autoscaling:DeleteAutoScalingGroup"}, nil},
	{leftover.InstanceType, []string{"ec2:TerminateInstances"}, nil},
	{leftover.TemplateType, []string{"ec2:DeleteLaunchTemplate"}, nil},
	{leftover.VolumeType, []string{"ec2:DeleteVolume"}, nil},
	{leftover.SnapshotType, []string{"ec2:DeleteSnapshot"}, nil},
	{leftover.EndpointType, []string{"ec2:DeleteVpcEndpoints"}, nil},
	{leftover.NATGatewayType, []string{"ec2:DeleteNatGateway"}, nil},
	{leftover.AddressType, []string{"ec2:ReleaseAddress"}, nil},
	{leftover.InterfaceType, []string{"ec2:DeleteNetworkInterface"}, nil},
	{leftover.SecurityGroupType, []string{"ec2:DeleteSecurityGroup", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"}, nil},
	{leftover.RouteTableType, []string{"ec2:DeleteRouteTable", "ec2:DisassociateRouteTable"}, nil},
	{leftover.SubnetType, []string{"ec2:DeleteSubnet"}, nil},
	{leftover.GatewayType, []string{"ec2:DeleteInternetGateway", "ec2:DetachInternetGateway"}, nil},
	{leftover.EgressGatewayType, []string{"ec2:DeleteEgressOnlyInternetGateway"}, nil},
	{leftover.VPCType, []string{"ec2:DeleteVpc"}, nil},
	{leftover.RoleType, []string{"iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"}, nil},
	{leftover.PolicyType, []string{"iam:DeletePolicy", "iam:DeletePolicyVersion"}, nil},
	{leftover.OIDCProviderType, []string{"iam:DeleteOpenIDConnectProvider"}, nil},
	{leftover.KeyType, []string{"kms:DeleteAlias", "kms:ScheduleKeyDeletion"}, nil},
	// These resources have no tags, or their actions do not read them (docs.aws.amazon.com/service-authorization).
	{leftover.ReservationType, []string{"ec2:DeleteSubnetCidrReservation"}, []string{"*"}},
	{leftover.RecordType, []string{"route53:ChangeResourceRecordSets", "route53:DeleteHostedZone"}, []string{"arn:aws:route53:::hostedzone/*"}},
	{leftover.AliasType, []string{"kms:DeleteAlias"}, []string{"arn:aws:kms:REGION:ACCOUNT:alias/eks/CLUSTER"}},
	{leftover.RoleType, []string{"iam:RemoveRoleFromInstanceProfile"}, []string{"arn:aws:iam::ACCOUNT:instance-profile/*"}},
	{leftover.LogGroupType, []string{"logs:DeleteLogGroup"}, []string{"arn:aws:logs:REGION:ACCOUNT:log-group:/aws/eks/CLUSTER/*", "arn:aws:logs:REGION:ACCOUNT:log-group:/aws/containerinsights/CLUSTER/*",
		"arn:aws:logs:REGION:ACCOUNT:log-group:CLUSTER-*"}},
}

// SweepPolicy is what a sweep needs beside the policy of an audit: each action only on resources with a tag by which
// the sweep recognizes them.
func SweepPolicy() iam.Document {
	statements := []iam.Statement{iam.Allow(sweepReads...)}
	var tags []leftover.Tag
	for _, key := range leftover.Keys {
		tag := leftover.Tag{Key: key.Tag, Value: key.Value}
		if key.Tag == "" || slices.Contains(tags, tag) {
			continue
		}
		tags = append(tags, tag)
		operator := "StringEquals"
		if strings.Contains(tag.Value, "*") {
			operator = "StringLike"
		}
		statements = append(statements, iam.Allow(actionsWith(tag)...).When(operator, "aws:ResourceTag/"+tag.Key, tag.Value))
	}
	for _, d := range deletions {
		if len(d.arns) > 0 {
			statements = append(statements, iam.Allow(d.actions...).On(d.arns...))
		}
	}
	return iam.Policy(statements...)
}

// actionsWith returns the actions that delete the types of a tag.
func actionsWith(tag leftover.Tag) (actions []string) {
	for _, key := range leftover.Keys {
		if key.Tag != tag.Key || key.Value != tag.Value {
			continue
		}
		for _, d := range deletions {
			if len(d.arns) == 0 && (len(key.Types) == 0 || slices.Contains(key.Types, d.typ)) {
				actions = append(actions, d.actions...)
			}
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}
