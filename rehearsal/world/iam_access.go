package world

import (
	"slices"
	"strings"
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

// allowed reports whether a role may perform an action: by AWS managed, customer managed and inline policies.
func (w *World) allowed(role *Object, action, resource string, known facts) bool {
	if role == nil {
		return false
	}
	permitted := false
	for _, document := range w.documentsOf(role) {
		allow, deny := document.decide(action, resource, known)
		if deny {
			return false
		}
		permitted = permitted || allow
	}
	return permitted
}

// documentsOf returns the policies of a role.
func (w *World) documentsOf(role *Object) []*policyDoc {
	arns := texts(role.Inputs["managedPolicyArns"])
	for _, a := range w.with(attachmentType, "role", role.ID) {
		arns = append(arns, a.text("policyArn"))
	}
	var documents []*policyDoc
	for _, arn := range arns {
		if policy := w.get(policyType, arn); policy != nil {
			documents = w.appendDocument(documents, policy.text("policy"))
		} else if w.managed(arn) {
			actions := managedPolicies[lastOf(arn, "/")]
			documents = append(documents, &policyDoc{Statement: statements{{Effect: "Allow", Action: actions, Resource: oneOrMore{"*"}}}})
		}
	}
	for _, p := range w.with(rolePolicyType, "role", role.ID) {
		documents = w.appendDocument(documents, p.text("policy"))
	}
	inline, _ := role.Inputs["inlinePolicies"].([]any)
	for _, p := range inline {
		documents = w.appendDocument(documents, documentText(mapOf(p)["policy"]))
	}
	return documents
}

func (w *World) appendDocument(documents []*policyDoc, text string) []*policyDoc {
	if d, err := parsePolicy(text, w.partition().id); err == nil {
		return append(documents, d)
	}
	return documents
}

// trustsService reports whether an AWS service may assume a role ("ec2", "eks").
func (w *World) trustsService(role *Object, service string) bool {
	return w.trust(role, "sts:AssumeRole", "Service", []string{service + ".amazonaws.com", service + "." + w.partition().dnsSuffix}, nil)
}

// trust reports whether a role's trust policy allows an action to one of these principals.
func (w *World) trust(role *Object, action, class string, names []string, known facts) bool {
	if role == nil {
		return false
	}
	d, err := parsePolicy(role.text("assumeRolePolicy"), w.partition().id)
	if err != nil {
		return false
	}
	named := &policyDoc{Statement: slices.DeleteFunc(slices.Clone(d.Statement), func(s statement) bool {
		return !slices.ContainsFunc(s.Principal[class], func(p string) bool { return slices.Contains(names, p) })
	})}
	allow, deny := named.decide(action, "", known)
	return allow && !deny
}

var (
	webIdentityProvider = rule("a service account's token is accepted only while the cluster's OIDC provider exists in IAM",
		"WebIdentityErr: failed to retrieve credentials: InvalidIdentityToken: No OpenIDConnect provider found in your account for %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html")
	webIdentityTrust = rule("a role is assumed by the service accounts in its trust policy",
		"WebIdentityErr: failed to retrieve credentials: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (%s by %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html")
)

// assumeRoleWithWebIdentity returns why a service account cannot assume a role, nil if it can.
func (w *World) assumeRoleWithWebIdentity(roleARN, cluster, namespace, serviceAccount string) error {
	issuer := w.issuerOf(cluster)
	provider := w.providerOf(issuer)
	subject := "system:serviceaccount:" + namespace + ":" + serviceAccount
	if err := webIdentityProvider.when(provider == nil || !slices.Contains(provider.texts("clientIdLists"), "sts.amazonaws.com"), issuer); err != nil {
		return err
	}
	host := strings.TrimPrefix(issuer, "https://")
	known := facts{host + ":sub": {subject}, host + ":aud": {"sts.amazonaws.com"}}
	ok := w.trust(w.roleOf(roleARN), "sts:AssumeRoleWithWebIdentity", "Federated", []string{provider.ID}, known)
	return webIdentityTrust.when(!ok, roleARN, subject)
}
