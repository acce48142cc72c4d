package checkov

// Explanations are those of all findings in the stack files of the project.
var Explanations = []Explanation{
	{
		Check: "CKV2_AWS_5", Expects: "security groups are attached to a resource", Type: "aws_security_group",
		Name: "CLUSTER-lbc-backend", Resource: "the security group that load balancers share",
		Reason: "The AWS Load Balancer Controller attaches it to load balancers, which are not in the plan.",
	},
	{
		Check: "CKV2_AWS_5", Expects: "security groups are attached to a resource", Type: "aws_security_group",
		Name: "CLUSTER-nodeSecurityGroup", Resource: "the node security group of the eks component",
		Reason: "The component always creates it. Managed node groups use the cluster security group instead.",
	},
	{
		Check: "CKV2_AWS_5", Expects: "security groups are attached to a resource", Type: "aws_security_group",
		Name: "CLUSTER-endpoints", Resource: "the security group of interface endpoints",
		Reason: "The endpoints have it. They take its ID from its rules, which must exist before them, and Checkov follows no further.",
	},
	{
		Check: "CKV2_AWS_5", Expects: "security groups are attached to a resource", Type: "aws_security_group",
		Name: "CLUSTER-*-pods", Resource: "security groups of pods",
		Reason: "The VPC resource controller of EKS creates network interfaces of pods with it, which are not in the plan.",
	},
	{
		Check: "CKV2_AWS_64", Expects: "KMS keys have a policy", Type: "aws_kms_key",
		Name: "CLUSTER", Resource: "the key that encrypts Secrets",
		Reason: "It has the default policy of KMS: IAM policies of the account decide who may use it. The creator of the cluster gives EKS a grant.",
	},
	{
		Check: "CKV_AWS_382", Expects: "no egress to 0.0.0.0/0 on all ports", Type: "aws_security_group",
		Name: "CLUSTER-lbc-backend", Resource: "the security group that load balancers share",
		Reason: "Load balancers send to the ports of pods and nodes, which objects of Kubernetes determine. Pods of other networks can be targets too.",
	},
	{
		Check: "CKV_AWS_382", Expects: "no egress to 0.0.0.0/0 on all ports", Type: "aws_security_group",
		Name: "CLUSTER-*-pods", Resource: "security groups of pods",
		Reason: "The group limits who may connect to the pods. What they may connect to is limited by the groups and policies of others, as for pods with the security group of the cluster.",
	},
	{
		Check: "CKV_AWS_382", Expects: "no egress to 0.0.0.0/0 on all ports", Type: "aws_security_group_rule",
		Name: "CLUSTER-eksClusterInternetEgressRule", Resource: "a rule of the eks component",
		Reason: "The component always creates it: it allows the control plane to reach nodes and webhooks.",
	},
	{
		Check: "CKV_AWS_290", Expects: "write actions have resources or conditions", Type: "aws_iam_policy",
		Name: "CLUSTER-lbc", Resource: "the policy of the load balancer controller",
		Reason: "It is the policy that the controller publishes. Actions without conditions are those that support none, or whose resources have no tags before the call.",
	},
	{
		Check: "CKV_AWS_355", Expects: "no `*` as the resource of actions that support resources", Type: "aws_iam_policy",
		Name: "CLUSTER-lbc", Resource: "the policy of the load balancer controller",
		Reason: "As above: load balancers and security groups get their names and IDs while the controller works.",
	},
	{
		Check: "CKV_AWS_290", Expects: "write actions have resources or conditions", Type: "aws_iam_policy",
		Name: "CLUSTER-vpc-cni", Resource: "the policy of the VPC CNI in IPv6 clusters",
		Reason: "It is the policy that AWS documents: `ec2:AssignIpv6Addresses` is on interfaces that the CNI creates.",
	},
	{
		Check: "CKV_AWS_355", Expects: "no `*` as the resource of actions that support resources", Type: "aws_iam_policy",
		Name: "CLUSTER-vpc-cni", Resource: "the policy of the VPC CNI in IPv6 clusters",
		Reason: "As above.",
	},
	{
		Check: "CKV2_AWS_23", Expects: "A records have a resource of the plan as their target", Type: "aws_route53_record",
		Name: "CLUSTER-*", Resource: "alias records of load balancers",
		Reason: "Their targets are load balancers, which controllers create and which are not in the plan.",
	},
	{
		Check: "CKV2_AWS_11", Expects: "VPCs have flow logs", Type: "aws_vpc", Name: "CLUSTER", Resource: "the VPC",
		Reason: "Flow logs cost by the amount of data.", Key: "network.flowLogs",
	},
	{
		Check: "CKV_AWS_130", Expects: "subnets assign no public addresses", Type: "aws_subnet",
		Name: "CLUSTER-public-*", Resource: "public subnets of stacks whose nodes are in them",
		Reason: "Nodes in public subnets reach the internet with their public addresses.", Key: "nodeGroups.*.subnets",
	},
	{
		Check: "CKV_AWS_158", Expects: "log groups are encrypted with a KMS key", Type: "aws_cloudwatch_log_group",
		Name: "CLUSTER", Resource: "the log group of the control plane",
		Reason: "CloudWatch Logs encrypts it with a key of its own.", Key: "cluster.logs.encryption",
	},
	{
		Check: "CKV_AWS_158", Expects: "log groups are encrypted with a KMS key", Type: "aws_cloudwatch_log_group",
		Name: "CLUSTER-flow", Resource: "the log group of flow logs",
		Reason: "As above.", Key: "network.flowLogs.encryption",
	},
	{
		Check: "CKV_AWS_338", Expects: "logs are kept for a year", Type: "aws_cloudwatch_log_group",
		Name: "CLUSTER", Resource: "the log group of the control plane",
		Reason: "The default is 30 days: stored logs cost by the amount of data.", Key: "cluster.logs.retentionDays",
	},
	{
		Check: "CKV_AWS_338", Expects: "logs are kept for a year", Type: "aws_cloudwatch_log_group",
		Name: "CLUSTER-flow", Resource: "the log group of flow logs",
		Reason: "As above.", Key: "network.flowLogs.retentionDays",
	},
	{
		Check: "CKV_AWS_339", Expects: "the version of Kubernetes is one of Checkov's list", Type: "aws_eks_cluster", Name: "CLUSTER-eksCluster", Resource: "clusters with a newer version",
		Reason: "EKS supports the version, and Checkov's list is older.",
	},
	{
		Check: "CKV_AWS_37", Expects: "all types of control plane logs", Type: "aws_eks_cluster", Name: "CLUSTER-eksCluster", Resource: "the cluster",
		Reason: "The default leaves out controllerManager and scheduler.", Key: "cluster.logs.types",
	},
	{
		Check: "CKV_AWS_38", Expects: "a public endpoint that does not accept 0.0.0.0/0", Type: "aws_eks_cluster", Name: "CLUSTER-eksCluster", Resource: "clusters whose file says so",
		Reason: "`publicCidrs` has no default.", Key: "cluster.endpoint.publicCidrs",
	},
	{
		Check: "CKV_AWS_39", Expects: "no public endpoint", Type: "aws_eks_cluster", Name: "CLUSTER-eksCluster", Resource: "clusters whose file says so",
		Reason: "A public endpoint is off by default.", Key: "cluster.endpoint.public",
	},
	{
		Check: "CKV_AWS_58", Expects: "Secrets are encrypted with a KMS key", Type: "aws_eks_cluster", Name: "CLUSTER-eksCluster", Resource: "clusters whose file says so",
		Reason: "Encryption is on by default.", Key: "cluster.secretsEncryption",
	},
}
