package config

import (
	"regexp"
	"slices"
	"strings"
)

// Admins and viewers have these of EKS's access policies.
const (
	AdminPolicy  = "AmazonEKSClusterAdminPolicy"
	ViewerPolicy = "AmazonEKSViewPolicy"
)

// access checks who may do what. A principal may have several policies, each of them once
// (docs.aws.amazon.com/eks/latest/userguide/access-policies.html), but an administrator needs no other.
func (v *validator) access(c Cluster) {
	g := grants{}
	for i, arn := range c.Admins {
		v.grant(g, At("cluster.admins", i), arn, AdminPolicy)
	}
	for i, arn := range c.Viewers {
		v.grant(g, At("cluster.viewers", i), arn, ViewerPolicy)
	}
	for i, access := range c.Access {
		path := At("cluster.access", i)
		v.accessPolicy(path, access)
		v.grant(g, path+".principal", access.Principal, access.Policy)
		v.namespaces(path+".namespaces", access.Namespaces)
		v.accessGroups(path+".groups", access.Groups)
	}
}

// accessPolicy requires a policy, which groups alone replace.
func (v *validator) accessPolicy(path string, a Access) {
	withGroups := len(a.Groups) > 0
	switch {
	case a.Policy != "" || !withGroups:
		v.oneOf(path+".policy", a.Policy, AccessPolicies...)
	case len(a.Namespaces) > 0:
		v.Add(path+".namespaces", "the namespaces of a policy, but the entry has groups alone, whose permissions come from RoleBindings; remove them, or write a policy")
	}
}

// reservedPrefixes begin the names of groups and users of Kubernetes and AWS. EKS refuses groups of the first
// (github.com/terraform-aws-modules/terraform-aws-eks/issues/2915), and documents all of them for user names
// (docs.aws.amazon.com/eks/latest/userguide/set-custom-username.html).
var reservedPrefixes = []string{"system:", "eks:", "aws:", "amazon:", "iam:"}

// accessGroups takes names of Kubernetes groups. RBAC accepts any text (k8s.io/kubernetes, pkg/apis/rbac/validation,
// ValidateRoleBindingSubject).
func (v *validator) accessGroups(path string, names []string) {
	v.filled(path, names, "shop-team", "no groups")
	for i, name := range names {
		at := At(path, i)
		prefix := slices.IndexFunc(reservedPrefixes, func(reserved string) bool { return strings.HasPrefix(name, reserved) })
		switch {
		case !v.matches(at, name, kubernetesGroup):
			v.Add(at, "%q is not the name of a group, such as shop-team; letters, digits and ._:@/- are accepted", name)
		case prefix >= 0:
			v.Add(at, "%q begins with %s, which EKS reserves; name a group of your own, such as shop-team, and bind it to a role: EKS grants the permissions of system:masters by policy: %s", name, reservedPrefixes[prefix], AdminPolicy)
		case v.repeated(at, names, i):
			v.Add(at, "%q is listed twice; list each group once", name)
		}
	}
}

// grants are the places where a principal gets a policy, by both.
type grants map[[2]string]string

func (v *validator) grant(g grants, path, arn, policy string) {
	admin, everything := g[[2]string{arn, AdminPolicy}]
	place, again := g[[2]string{arn, policy}]
	switch {
	case arn == "":
		v.Add(path, "missing; name an IAM role or user, such as arn:aws:iam::111122223333:role/admin")
	case !v.matches(path, arn, principalARN):
		v.Add(path, "%q is not the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/admin", arn)
	case serviceLinked(arn):
		v.Add(path, "%q is a service-linked role, which EKS access entries do not support; use the role or user that people and pipelines use", arn)
	case withoutPath.MatchString(arn):
		v.Add(path, "%q lacks the path of the IAM Identity Center role, and EKS does not find the role without it (invalid principal); write role/aws-reserved/sso.amazonaws.com/ or role/aws-reserved/sso.amazonaws.com/REGION/ before the name, as aws iam get-role shows it", arn)
	case again && policy == "":
		v.Add(path, "%q has groups without a policy twice, also at %s; list all groups there", arn, place)
	case again:
		v.Add(path, "%q has %s twice, also at %s; list it once", arn, policy, place)
	case everything:
		v.Add(path, "%q already has full access by %s; keep one of them", arn, admin)
	default:
		g[[2]string{arn, policy}] = path
	}
}

// withoutPath is a role of IAM Identity Center by its name alone
// (github.com/terraform-aws-modules/terraform-aws-eks/issues/2969).
var withoutPath = regexp.MustCompile(`:role/AWSReservedSSO_[\w+=,.@-]+_[0-9a-f]{16}$`)

// serviceLinked reports whether a role is service-linked, which only its service can assume
// (docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html: access entries do not support service-linked
// roles).
func serviceLinked(arn string) bool { return strings.Contains(arn, ":role/aws-service-role/") }

// namespaces takes names and patterns with * (docs.aws.amazon.com/eks/latest/userguide/access-policies.html).
func (v *validator) namespaces(path string, names []string) {
	v.filled(path, names, "shop", "the whole cluster")
	for i, name := range names {
		switch {
		case !v.matches(At(path, i), name, namespaces):
			v.Add(At(path, i), "%q is not a namespace or a namespace pattern, such as shop or team-*", name)
		case v.repeated(At(path, i), names, i):
			v.Add(At(path, i), "%q is listed twice; list each namespace once", name)
		}
	}
}
