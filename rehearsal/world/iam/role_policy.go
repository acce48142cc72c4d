package iam

import (
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	RolePolicyRole = store.NewRule("an inline policy's role exists",
		"putting IAM Role (%[1]s) Policy (%[2]s): operation error IAM: PutRolePolicy, api error NoSuchEntity: The role with name %[1]s cannot be found.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html")
	RolePolicyDocument = store.NewRule("an inline policy is a policy document with resources",
		"putting IAM Role (%s) Policy (%s): operation error IAM: PutRolePolicy, api error MalformedPolicyDocument: %v",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html")
	RolePolicyGone = store.NewRule("a role has no inline policies when it is deleted",
		"deleting IAM Role (%s): operation error IAM: DeleteRole, api error DeleteConflict: Cannot delete entity, must delete policies first. (%s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html")
)

// RolePolicy is an inline policy of a role.
type RolePolicy struct {
	Role     string     `json:"role"` // its name
	Name     string     `json:"name"`
	Document PolicyText `json:"policy"`
}

// RolePolicyOf returns the properties of an inline policy.
func RolePolicyOf(o *store.Object) *RolePolicy { return store.Decode[RolePolicy](o) }

func rolePolicyKind() *store.Kind {
	return &store.Kind{
		Typ: store.RolePolicyType, Name: "name", ForceNew: []string{"name", "namePrefix", "role"},
		Create: func(c *store.Call, o *store.Object) error {
			policy := RolePolicyOf(o)
			o.ID = policy.Role + ":" + policy.Name
			return showInlinePolicy(c.Account, o)
		},
		Update:   func(c *store.Call, o, _ *store.Object) error { return showInlinePolicy(c.Account, o) },
		Creation: time.Second, Deletion: time.Second,
	}
}

func showInlinePolicy(w *store.Account, o *store.Object) error {
	in, _ := store.As[RolePolicy](o.Inputs)
	text, role, name := string(in.Document), in.Role, in.Name
	document, err := ParsePolicy(text, w.Partition().ID)
	if err == nil {
		err = document.permits()
	}
	if err := store.First(
		RolePolicyRole.When(w.Get(store.RoleType, role) == nil, role, name),
		RolePolicyDocument.When(err != nil, role, name, err)); err != nil {
		return err
	}
	o.Show(store.Properties{"namePrefix": "", "policy": text})
	return nil
}
