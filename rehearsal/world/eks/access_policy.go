package eks

import (
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	AccessPolicyKnown = store.NewRule("an access policy is a policy of EKS",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidParameterException: The specified policyArn is invalid: invalid policy %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html")
	AccessPolicyEntry = store.NewRule("an access policy is associated with a principal that has an entry",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, ResourceNotFoundException: The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html")
	AccessPolicyStandard = store.NewRule("an access policy is associated with a standard entry",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidRequestException: Access policies can only be associated with access entries of type STANDARD, not %s.",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html")
	AccessPolicyScope = store.NewRule("an access policy's scope names namespaces if, and only if, its type is namespace",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidParameterException: The access scope %s with namespaces %v is invalid.",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessScope.html")
)

// AccessPolicyAssociation gives a principal the rights of an access policy.
type AccessPolicyAssociation struct {
	Cluster   string      `json:"clusterName"`
	Principal string      `json:"principalArn"`
	Policy    string      `json:"policyArn"`
	Scope     AccessScope `json:"accessScope"`
}

// AccessScope is the part of a cluster in which an access policy applies.
type AccessScope struct {
	Kind       string   `json:"type"` // cluster or namespace
	Namespaces []string `json:"namespaces"`
}

// AccessPolicyAssociationOf returns the properties of an access policy association.
func AccessPolicyAssociationOf(o *store.Object) *AccessPolicyAssociation {
	return store.Decode[AccessPolicyAssociation](o)
}

func accessPolicyAssociationKind() *store.Kind {
	return &store.Kind{
		Typ: store.AccessPolicyType, ForceNew: []string{"accessScope", "clusterName", "policyArn", "principalArn"},
		Create:   associateAccessPolicy,
		Creation: 2 * time.Second, Deletion: time.Second,
	}
}

func associateAccessPolicy(c *store.Call, o *store.Object) error {
	a := AccessPolicyAssociationOf(o)
	id := a.Cluster + "#" + a.Principal + "#" + a.Policy
	op := Operation("creating", "EKS Access Policy Association", id, "AssociateAccessPolicy")
	if _, err := ActiveCluster(c.Account, op, a.Cluster); err != nil {
		return err
	}
	entry := c.Get(store.AccessEntryType, a.Cluster+":"+a.Principal)
	name, ours := strings.CutPrefix(a.Policy, "arn:"+c.Partition().ID+":eks::aws:cluster-access-policy/")
	kind, scope, namespaces := AccessEntryType(entry), a.Scope.Kind, a.Scope.Namespaces
	err := store.First(
		AccessPolicyEntry.When(entry == nil, id),
		AccessPolicyKnown.When(!ours || AccessRights[name] == nil, id, a.Policy),
		AccessPolicyStandard.When(entry != nil && kind != "STANDARD", id, kind),
		AccessPolicyScope.When((scope == "namespace") == (len(namespaces) == 0) || (scope != "namespace" && scope != "cluster"), id, scope, namespaces))
	if err != nil {
		return err
	}
	o.ID = id
	o.Show(store.Properties{"associatedAt": store.Created, "modifiedAt": store.Created})
	return nil
}
