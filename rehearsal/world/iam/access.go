package iam

import (
	"slices"

	"eksnet/rehearsal/world/store"
)

// IsAllowed reports whether a role may perform an action: by AWS managed, customer managed and inline policies.
func IsAllowed(w *store.Account, role *store.Object, action, resource string, known Facts) bool {
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

func appendDocument(w *store.Account, documents []*policyDoc, text PolicyText) []*policyDoc {
	if d, err := ParsePolicy(string(text), w.Partition().ID); err == nil {
		return append(documents, d)
	}
	return documents
}

// TrustsService reports whether an AWS service may assume a role ("ec2", "eks").
func TrustsService(w *store.Account, role *store.Object, service string) bool {
	return TrustsPrincipal(w, role, "sts:AssumeRole", "Service", []string{service + ".amazonaws.com", service + "." + w.Partition().DNSSuffix}, nil)
}

// TrustsPrincipal reports whether a role's trust policy allows an action to one of these principals.
func TrustsPrincipal(w *store.Account, role *store.Object, action, class string, names []string, known Facts) bool {
	return role != nil && AllowsPrincipal(w, string(RoleOf(role).Trust), action, class, names, known)
}

// AllowsPrincipal reports whether the policy of a resource allows an action to one of these principals.
func AllowsPrincipal(w *store.Account, policy, action, class string, names []string, known Facts) bool {
	d, err := ParsePolicy(policy, w.Partition().ID)
	if err != nil {
		return false
	}
	named := &policyDoc{Statement: slices.DeleteFunc(slices.Clone(d.Statement), func(s statement) bool {
		return !slices.ContainsFunc(s.Principal[class], func(p string) bool { return slices.Contains(names, p) })
	})}
	allow, deny := named.decide(action, "*", known)
	return allow && !deny
}
