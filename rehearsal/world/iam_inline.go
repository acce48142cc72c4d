package world

import "time"

const rolePolicyType = "aws:iam/rolePolicy:RolePolicy"

var (
	rolePolicyRole = rule("an inline policy's role exists",
		"putting IAM Role (%[1]s) Policy (%[2]s): operation error IAM: PutRolePolicy, api error NoSuchEntity: The role with name %[1]s cannot be found.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html")
	rolePolicyDocument = rule("an inline policy is a policy document with resources",
		"putting IAM Role (%s) Policy (%s): operation error IAM: PutRolePolicy, api error MalformedPolicyDocument: %v",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html")
	rolePolicyGone = rule("a role has no inline policies when it is deleted",
		"deleting IAM Role (%s): operation error IAM: DeleteRole, api error DeleteConflict: Cannot delete entity, must delete policies first. (%s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html")
)

func inlinePolicyKinds() []*kind {
	return []*kind{{
		typ: rolePolicyType, name: "name", forceNew: []string{"name", "namePrefix", "role"},
		create: func(c *call, o *Object) error {
			o.ID = o.text("role") + ":" + o.text("name")
			return c.showInlinePolicy(o)
		},
		update:   func(c *call, o, _ *Object) error { return c.showInlinePolicy(o) },
		creation: time.Second, deletion: time.Second,
	}}
}

func (w *World) showInlinePolicy(o *Object) error {
	text, role, name := documentText(o.Inputs["policy"]), o.text("role"), o.text("name")
	document, err := parsePolicy(text, w.partition().id)
	if err == nil {
		err = document.permits()
	}
	if err := first(
		rolePolicyRole.when(w.get(roleType, role) == nil, role, name),
		rolePolicyDocument.when(err != nil, role, name, err)); err != nil {
		return err
	}
	o.show(Properties{"namePrefix": "", "policy": text})
	return nil
}
