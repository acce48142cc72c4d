package iam

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	RoleUnique = store.NewRule("a role's name is unique",
		"creating IAM Role (%[1]s): operation error IAM: CreateRole, api error EntityAlreadyExists: Role with name %[1]s already exists.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html")
	RoleName = store.NewRule("a role's name has at most 64 allowed characters",
		"%q must match [\\w+=,.@-]{1,64}",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html")
	RoleTrust = store.NewRule("a role's trust policy is a policy document with principals",
		"creating IAM Role (%s): operation error IAM: CreateRole, api error MalformedPolicyDocument: %v",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html")
	RoleTrustSize = store.NewRule("a role's trust policy has at most 2048 characters",
		"creating IAM Role (%s): operation error IAM: CreateRole, api error LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
	RoleDetached = store.NewRule("a role has no policies attached when it is deleted",
		"deleting IAM Role (%s): operation error IAM: DeleteRole, api error DeleteConflict: Cannot delete entity, must detach all policies first. (%s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html")
	RoleUnused = store.NewRule("a role is in no instance profile when it is deleted",
		"deleting IAM Role (%s): operation error IAM: DeleteRole, api error DeleteConflict: Cannot delete entity, must remove roles from instance profile first. (of node group %s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html")
)

// Role is a role of IAM.
type Role struct {
	Name        string     `json:"name"`
	Path        string     `json:"path"`
	ARN         string     `json:"arn"`
	UniqueID    string     `json:"uniqueId"`
	Trust       PolicyText `json:"assumeRolePolicy"`
	ForceDetach bool       `json:"forceDetachPolicies"`
	// The policies are those in the inputs and, once the role is read, those that are attached separately.
	ManagedPolicies []string       `json:"managedPolicyArns"`
	InlinePolicies  []InlinePolicy `json:"inlinePolicies"`
}

// InlinePolicy is a policy inside a role.
type InlinePolicy struct {
	Name     string     `json:"name"`
	Document PolicyText `json:"policy"`
}

// RoleOf returns the properties of a role.
func RoleOf(o *store.Object) *Role { return store.Decode[Role](o) }

// requestedRole returns the properties in a role's inputs.
func requestedRole(o *store.Object) Role {
	in, _ := store.As[Role](o.Inputs) // without those of a wrong type, as in Decode
	return in
}

// requestedPolicies returns the policies in a role's inputs. Its outputs also have those that are attached separately.
func requestedPolicies(role *store.Object) (arns []string, inline []InlinePolicy) {
	if role.Inputs["managedPolicyArns"] == nil && role.Inputs["inlinePolicies"] == nil {
		return nil, nil
	}
	in := requestedRole(role)
	return in.ManagedPolicies, in.InlinePolicies
}

func roleKind() *store.Kind {
	return &store.Kind{
		Typ: store.RoleType, Name: "name", Tagged: true,
		Defaults: store.Properties{"forceDetachPolicies": false, "maxSessionDuration": 3600.0, "path": "/"},
		ForceNew: []string{"name", "namePrefix", "path"},
		Check: func(in store.Properties) []store.Failure {
			name, known := in["name"].(string)
			return RoleName.Failure(known && !roleForm.MatchString(name), "name", name)
		},
		Create: createRole,
		Update: func(c *store.Call, o, _ *store.Object) error {
			return store.First(iamTagsFit(o, "updating tags for IAM Role ("+o.ID+"): operation error IAM: TagRole"), showRole(c.Account, o))
		},
		Remove:   removeRole,
		Read:     readRole,
		Creation: 2 * time.Second, Deletion: time.Second,
	}
}

var roleForm = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

func createRole(c *store.Call, o *store.Object) error {
	o.ID = RoleOf(o).Name
	if err := store.First(
		RoleUnique.When(c.Get(store.RoleType, o.ID) != nil, o.ID),
		iamTagsFit(o, "creating IAM Role ("+o.ID+"): operation error IAM: CreateRole")); err != nil {
		return err
	}
	o.Outputs = store.Properties{"uniqueId": "AROA" + strings.ToUpper(c.NewID(""))}
	return showRole(c.Account, o)
}

func showRole(w *store.Account, o *store.Object) error {
	in := requestedRole(o)
	text := string(in.Trust)
	document, err := ParsePolicy(text, w.Partition().ID)
	if err == nil {
		err = document.trusts()
	}
	if err := store.First(
		RoleTrust.When(err != nil, o.ID, err),
		RoleTrustSize.When(len(squeezed(text)) > 2048, o.ID)); err != nil {
		return err
	}
	o.Show(store.Properties{"arn": w.GlobalARN("iam", "role"+cmp.Or(in.Path, "/")+o.ID), "assumeRolePolicy": text, "createDate": store.Created, "namePrefix": "",
		"uniqueId": o.Outputs["uniqueId"], "inlinePolicies": store.OrValue(o.Inputs["inlinePolicies"], []any{}),
		"managedPolicyArns": store.OrValue(o.Inputs["managedPolicyArns"], []any{})})
	return nil
}

// readRole sets the policies of a role, whatever attached them: the provider reads all of them (terraform-provider-aws,
// internal/service/iam/role.go, resourceRoleRead).
func readRole(c *store.Call, o *store.Object) {
	arns, inline := store.Texts(o.Inputs["managedPolicyArns"]), store.ListOf(o.Inputs["inlinePolicies"])
	for _, a := range c.With(store.AttachmentType, "role", o.ID) {
		if arn := AttachmentOf(a).Policy; !slices.Contains(arns, arn) {
			arns = append(arns, arn)
		}
	}
	for _, p := range c.With(store.RolePolicyType, "role", o.ID) {
		policy := RolePolicyOf(p)
		inline = append(inline, store.Properties{"name": policy.Name, "policy": string(policy.Document)})
	}
	o.Set("managedPolicyArns", store.AnyOf(arns))
	o.Set("inlinePolicies", store.AnyOf(inline))
}

func removeRole(c *store.Call, o *store.Object) error {
	role := RoleOf(o)
	left := c.With(store.AttachmentType, "role", o.ID)
	groups := c.With(store.NodeGroupType, "nodeRoleArn", role.ARN)
	group := ""
	if len(groups) > 0 {
		group = groups[0].ID
	}
	inline, force := c.With(store.RolePolicyType, "role", o.ID), role.ForceDetach
	if err := store.First(
		RoleDetached.When(len(left) > 0 && !force, o.ID, policiesOf(left)),
		RolePolicyGone.When(len(inline) > 0 && !force, o.ID, store.DescribeAll(inline)),
		RoleUnused.When(len(groups) > 0, o.ID, group)); err != nil {
		return err
	}
	for _, a := range append(left, inline...) {
		c.Drop(a)
	}
	return nil
}

func policiesOf(attachments []*store.Object) string {
	var policies []string
	for _, a := range attachments {
		policies = append(policies, AttachmentOf(a).Policy)
	}
	return strings.Join(policies, ", ")
}

// FindRole returns a role by its ARN.
func FindRole(w *store.Account, arn string) *store.Object {
	for _, o := range w.With(store.RoleType, "arn", arn) {
		return o
	}
	return nil
}
