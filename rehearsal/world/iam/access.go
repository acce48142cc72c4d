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

// Allowed reports whether a role may perform an action: by AWS managed, customer managed and inline policies.
func Allowed(w *store.Account, role *store.Object, action, resource string, known Facts) bool {
	if role == nil {
		return false
	}
	permitted := false
	for _, document := range documentsOf(w, role) {
		allow, deny := document.decide(action, resource, known)
		if deny {
			return false
		}
		permitted = permitted || allow
	}
	return permitted
}

// documentsOf returns the policies of a role.
func documentsOf(w *store.Account, role *store.Object) []*policyDoc {
	arns, inline := requestedPolicies(role)
	for _, a := range w.With(store.AttachmentType, "role", role.ID) {
		arns = append(arns, AttachmentOf(a).Policy)
	}
	var documents []*policyDoc
	for _, arn := range arns {
		if policy := w.Get(store.PolicyType, arn); policy != nil {
			documents = appendDocument(w, documents, PolicyOf(policy).Document)
		} else if managed(w, arn) {
			actions := managedPolicies[store.LastOf(arn, "/")]
			documents = append(documents, &policyDoc{Statement: statements{{Effect: "Allow", Action: actions, Resource: oneOrMore{"*"}}}})
		}
	}
	for _, p := range w.With(store.RolePolicyType, "role", role.ID) {
		documents = appendDocument(w, documents, RolePolicyOf(p).Document)
	}
	for _, p := range inline {
		documents = appendDocument(w, documents, p.Document)
	}
	return documents
}

// requestedPolicies returns the policies in a role's inputs. Its outputs also have those that are attached separately.
func requestedPolicies(role *store.Object) (arns []string, inline []InlinePolicy) {
	if role.Inputs["managedPolicyArns"] == nil && role.Inputs["inlinePolicies"] == nil {
		return nil, nil
	}
	in := requestedRole(role)
	return in.ManagedPolicies, in.InlinePolicies
}

func appendDocument(w *store.Account, documents []*policyDoc, text PolicyText) []*policyDoc {
	if d, err := ParsePolicy(string(text), w.Partition().ID); err == nil {
		return append(documents, d)
	}
	return documents
}

// TrustsService reports whether an AWS service may assume a role ("ec2", "eks").
func TrustsService(w *store.Account, role *store.Object, service string) bool {
	return Trust(w, role, "sts:AssumeRole", "Service", []string{service + ".amazonaws.com", service + "." + w.Partition().DNSSuffix}, nil)
}

// Trust reports whether a role's trust policy allows an action to one of these principals.
func Trust(w *store.Account, role *store.Object, action, class string, names []string, known Facts) bool {
	if role == nil {
		return false
	}
	d, err := ParsePolicy(string(RoleProperties(role).Trust), w.Partition().ID)
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
	WebIdentityProvider = store.NewRule("a service account's token is accepted only while the cluster's OIDC provider exists in IAM",
		"WebIdentityErr: failed to retrieve credentials: InvalidIdentityToken: No OpenIDConnect provider found in your account for %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html")
	WebIdentityTrust = store.NewRule("a role is assumed by the service accounts in its trust policy",
		"WebIdentityErr: failed to retrieve credentials: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (%s by %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html")
)

// AssumeRoleWithWebIdentity returns why a service account cannot assume a role, nil if it can.
func AssumeRoleWithWebIdentity(w *store.Account, roleARN, cluster, namespace, serviceAccount string) error {
	issuer := issuerOf(w, cluster)
	provider := providerOf(w, issuer)
	subject := "system:serviceaccount:" + namespace + ":" + serviceAccount
	if err := WebIdentityProvider.When(provider == nil || !slices.Contains(OIDCProviderOf(provider).Audiences, "sts.amazonaws.com"), issuer); err != nil {
		return err
	}
	host := strings.TrimPrefix(issuer, "https://")
	known := Facts{host + ":sub": {subject}, host + ":aud": {"sts.amazonaws.com"}}
	ok := Trust(w, RoleOf(w, roleARN), "sts:AssumeRoleWithWebIdentity", "Federated", []string{provider.ID}, known)
	return WebIdentityTrust.When(!ok, roleARN, subject)
}
