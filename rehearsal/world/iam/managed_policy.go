package iam

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world/store"
)

// managedPolicies are the AWS managed policies that the program uses, reduced to the actions that are checked here
// (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html). A policy without actions exists
// but allows none of them.
var managedPolicies = map[string][]string{
	"AmazonEKSClusterPolicy": {"ec2:CreateNetworkInterface", "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup", "ec2:AuthorizeSecurityGroupIngress",
		"ec2:RevokeSecurityGroupIngress", "ec2:CreateTags", "ec2:Describe*", "elasticloadbalancing:*", "kms:DescribeKey"},
	"AmazonEKSVPCResourceController":     {"ec2:CreateNetworkInterface", "ec2:DetachNetworkInterface", "ec2:AttachNetworkInterface", "ec2:DeleteNetworkInterface"},
	"AmazonEKSWorkerNodePolicy":          {"ec2:Describe*", "eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity"},
	"AmazonEKSWorkerNodeMinimalPolicy":   {"eks-auth:AssumeRoleForPodIdentity"},
	"AmazonEKS_CNI_Policy":               {"ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:Describe*", "ec2:DetachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute", "ec2:UnassignPrivateIpAddresses", "ec2:CreateTags"},
	"AmazonEC2ContainerRegistryReadOnly": {"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"},
	"AmazonEC2ContainerRegistryPullOnly": {"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"},
	"AmazonEC2ContainerRegistryPowerUser": {"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
		"ecr:BatchCheckLayerAvailability", "ecr:PutImage"},
	"AmazonSSMManagedInstanceCore":           {"ssm:UpdateInstanceInformation", "ssmmessages:*", "ec2messages:*"},
	"AmazonEBSCSIDriverPolicy":               {"ec2:CreateVolume", "ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume"},
	"CloudWatchAgentServerPolicy":            {"logs:*", "cloudwatch:PutMetricData"},
	"AmazonEKSServicePolicy":                 nil,
	"AmazonEKSComputePolicy":                 nil,
	"AmazonEKSBlockStoragePolicy":            nil,
	"AmazonEKSLoadBalancingPolicy":           {"elasticloadbalancing:*"},
	"AmazonEKSNetworkingPolicy":              nil,
	"AmazonEKSFargatePodExecutionRolePolicy": {"ecr:GetAuthorizationToken", "ecr:BatchGetImage"},
	"AdministratorAccess":                    {"*"},
}

// managed reports whether an ARN is that of an AWS managed policy in the partition.
func managed(w *store.Account, arn string) bool {
	name, ok := strings.CutPrefix(arn, "arn:"+w.Partition().ID+":iam::aws:policy/")
	_, known := managedPolicies[store.LastOf("/"+name, "/")]
	return ok && known
}

// HasManagedPolicy reports whether a role has one of the AWS managed policies with these names.
func HasManagedPolicy(w *store.Account, role *store.Object, names ...string) bool {
	if role == nil {
		return false
	}
	arns, _ := requestedPolicies(role)
	for _, a := range w.With(store.AttachmentType, "role", role.ID) {
		arns = append(arns, AttachmentOf(a).Policy)
	}
	return slices.ContainsFunc(arns, func(arn string) bool { return managed(w, arn) && slices.Contains(names, store.LastOf(arn, "/")) })
}
