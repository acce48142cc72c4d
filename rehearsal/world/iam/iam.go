package iam

import (
	"cmp"
	"fmt"
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
	RoleUnworn = store.NewRule("a role is in no instance profile when it is deleted",
		"deleting IAM Role (%s): operation error IAM: DeleteRole, api error DeleteConflict: Cannot delete entity, must remove roles from instance profile first. (of node group %s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html")
	AttachmentRole = store.NewRule("a policy is attached to a role that exists",
		"attaching IAM Policy (%s) to IAM Role (%s): operation error IAM: AttachRolePolicy, api error NoSuchEntity: The role with name %[2]s cannot be found.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html")
	AttachmentPolicy = store.NewRule("a policy that is attached exists",
		"attaching IAM Policy (%[1]s) to IAM Role (%[2]s): operation error IAM: AttachRolePolicy, api error NoSuchEntity: Policy %[1]s does not exist or is not attachable.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html")
	AttachmentQuota = store.NewRule("a role has at most ten policies attached",
		"attaching IAM Policy (%s) to IAM Role (%s): operation error IAM: AttachRolePolicy, api error LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
	PolicyUnique = store.NewRule("a policy's name is unique",
		"creating IAM Policy (%[1]s): operation error IAM: CreatePolicy, api error EntityAlreadyExists: A policy called %[1]s already exists. Duplicate names are not allowed.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html")
	PolicyDocument = store.NewRule("a policy is a policy document with resources",
		"creating IAM Policy (%s): operation error IAM: CreatePolicy, api error MalformedPolicyDocument: %v",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html")
	PolicySize = store.NewRule("a policy has at most 6144 characters, spaces not counted",
		"creating IAM Policy (%s): operation error IAM: CreatePolicy, api error LimitExceeded: Cannot exceed quota for PolicySize: 6144",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
	PolicyDetached = store.NewRule("a policy is not attached when it is deleted",
		"deleting IAM Policy (%s): operation error IAM: DeletePolicy, api error DeleteConflict: Cannot delete a policy attached to entities. (%s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html")
)

// Role is a role of IAM.
type Role struct {
	Name        string     `json:"name"`
	Path        string     `json:"path"`
	ARN         string     `json:"arn"`
	UniqueID    string     `json:"uniqueId"`
	Trust       PolicyText `json:"assumeRolePolicy"`
	ForceDetach bool       `json:"forceDetachPolicies"`
	// Managed and Inline are the policies in the role's inputs, and once the role is read all of them.
	Managed []string       `json:"managedPolicyArns"`
	Inline  []InlinePolicy `json:"inlinePolicies"`
}

// InlinePolicy is a policy inside a role.
type InlinePolicy struct {
	Name   string     `json:"name"`
	Policy PolicyText `json:"policy"`
}

// RoleProperties returns the properties of a role.
func RoleProperties(o *store.Object) *Role { return store.Decode[Role](o) }

// Policy is a customer managed policy.
type Policy struct {
	Name     string     `json:"name"`
	Path     string     `json:"path"`
	ARN      string     `json:"arn"`
	UniqueID string     `json:"policyId"`
	Document PolicyText `json:"policy"`
}

// PolicyOf returns the properties of a policy.
func PolicyOf(o *store.Object) *Policy { return store.Decode[Policy](o) }

// Attachment is a managed policy of a role.
type Attachment struct {
	Role   string `json:"role"` // its name
	Policy string `json:"policyArn"`
}

// AttachmentOf returns the properties of an attachment.
func AttachmentOf(o *store.Object) *Attachment { return store.Decode[Attachment](o) }

func IAMKinds() []*store.Kind {
	return []*store.Kind{{
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
	}, {
		Typ: store.AttachmentType, ForceNew: []string{"policyArn", "role"},
		Create:   attachPolicy,
		Creation: time.Second, Deletion: time.Second,
	}, {
		Typ: store.PolicyType, Name: "name", Tagged: true, Defaults: store.Properties{"path": "/"},
		ForceNew: []string{"description", "name", "namePrefix", "path"},
		Create:   createPolicy,
		Update: func(c *store.Call, o, _ *store.Object) error {
			return store.First(iamTagsFit(o, "updating tags for IAM Policy ("+o.ID+"): operation error IAM: TagPolicy"), showPolicy(c.Account, o))
		},
		Remove: removePolicy,
		Read: func(c *store.Call, o *store.Object) {
			o.Set("attachmentCount", len(c.With(store.AttachmentType, "policyArn", o.ID)))
		},
		Creation: time.Second, Deletion: time.Second,
	}}
}

var roleForm = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

func createRole(c *store.Call, o *store.Object) error {
	o.ID = o.Text("name")
	if err := store.First(
		RoleUnique.When(c.Get(store.RoleType, o.ID) != nil, o.ID),
		iamTagsFit(o, "creating IAM Role ("+o.ID+"): operation error IAM: CreateRole")); err != nil {
		return err
	}
	o.Outputs = store.Properties{"uniqueId": "AROA" + strings.ToUpper(c.NewID(""))}
	return showRole(c.Account, o)
}

// documentText returns a policy as text: the schema accepts an object too.
func documentText(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return JSONText(value)
}

func showRole(w *store.Account, o *store.Object) error {
	text := documentText(o.Inputs["assumeRolePolicy"])
	document, err := ParsePolicy(text, w.Partition().ID)
	if err == nil {
		err = document.trusts()
	}
	if err := store.First(
		RoleTrust.When(err != nil, o.ID, err),
		RoleTrustSize.When(len(squeezed(text)) > 2048, o.ID)); err != nil {
		return err
	}
	path := store.OrText(o.Inputs["path"], "/")
	o.Show(store.Properties{"arn": w.GlobalARN("iam", "role"+path+o.ID), "assumeRolePolicy": text, "createDate": store.Created, "namePrefix": "",
		"uniqueId": o.Outputs["uniqueId"], "inlinePolicies": store.OrValue(o.Inputs["inlinePolicies"], []any{}),
		"managedPolicyArns": store.OrValue(o.Inputs["managedPolicyArns"], []any{})})
	return nil
}

// readRole sets the policies of a role, whatever attached them: the provider reads all of them (terraform-provider-aws,
// internal/service/iam/role.go, resourceRoleRead).
func readRole(c *store.Call, o *store.Object) {
	arns, inline := store.Texts(o.Inputs["managedPolicyArns"]), store.ListOf(o.Inputs["inlinePolicies"])
	for _, a := range c.With(store.AttachmentType, "role", o.ID) {
		if !slices.Contains(arns, a.Text("policyArn")) {
			arns = append(arns, a.Text("policyArn"))
		}
	}
	for _, p := range c.With(store.RolePolicyType, "role", o.ID) {
		inline = append(inline, store.Properties{"name": p.Text("name"), "policy": p.Text("policy")})
	}
	o.Set("managedPolicyArns", store.AnyOf(arns))
	o.Set("inlinePolicies", store.AnyOf(inline))
}

// squeezed returns a text without white space, which IAM does not count.
func squeezed(text string) string {
	return strings.Join(strings.Fields(text), "")
}

func removeRole(c *store.Call, o *store.Object) error {
	left := c.With(store.AttachmentType, "role", o.ID)
	worn := c.With(store.NodeGroupType, "nodeRoleArn", o.Text("arn"))
	group := ""
	if len(worn) > 0 {
		group = worn[0].ID
	}
	inline, force := c.With(store.RolePolicyType, "role", o.ID), o.Flag("forceDetachPolicies")
	if err := store.First(
		RoleDetached.When(len(left) > 0 && !force, o.ID, policiesOf(left)),
		RolePolicyGone.When(len(inline) > 0 && !force, o.ID, store.Named(inline)),
		RoleUnworn.When(len(worn) > 0, o.ID, group)); err != nil {
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
		policies = append(policies, a.Text("policyArn"))
	}
	return strings.Join(policies, ", ")
}

// RoleOf returns a role by its ARN.
func RoleOf(w *store.Account, arn string) *store.Object {
	for _, o := range w.With(store.RoleType, "arn", arn) {
		return o
	}
	return nil
}

func attachPolicy(c *store.Call, o *store.Object) error {
	role, policy := o.Text("role"), o.Text("policyArn")
	have := c.With(store.AttachmentType, "role", role)
	err := store.First(
		AttachmentRole.When(c.Get(store.RoleType, role) == nil, policy, role),
		AttachmentPolicy.When(c.Get(store.PolicyType, policy) == nil && !managed(c.Account, policy), policy, role),
		AttachmentQuota.When(len(have) >= 10, policy, role))
	if err != nil {
		return err
	}
	o.ID = fmt.Sprintf("%s-%d", role, c.Next())
	o.Show(nil)
	return nil
}

// managed reports whether an ARN is that of an AWS managed policy in the partition.
func managed(w *store.Account, arn string) bool {
	name, ok := strings.CutPrefix(arn, "arn:"+w.Partition().ID+":iam::aws:policy/")
	_, known := managedPolicies[store.LastOf("/"+name, "/")]
	return ok && known
}

// Attached reports whether a role has one of the AWS managed policies with these names.
func Attached(w *store.Account, role *store.Object, names ...string) bool {
	if role == nil {
		return false
	}
	arns := store.Texts(role.Inputs["managedPolicyArns"])
	for _, a := range w.With(store.AttachmentType, "role", role.ID) {
		arns = append(arns, a.Text("policyArn"))
	}
	return slices.ContainsFunc(arns, func(arn string) bool { return managed(w, arn) && slices.Contains(names, store.LastOf(arn, "/")) })
}

func createPolicy(c *store.Call, o *store.Object) error {
	name := o.Text("name")
	same := c.With(store.PolicyType, "name", name)
	if err := store.First(
		PolicyUnique.When(len(same) > 0, name),
		iamTagsFit(o, "creating IAM Policy ("+name+"): operation error IAM: CreatePolicy")); err != nil {
		return err
	}
	o.ID = c.GlobalARN("iam", "policy"+cmp.Or(o.Text("path"), "/")+name)
	o.Outputs = store.Properties{"policyId": "ANPA" + strings.ToUpper(c.NewID(""))}
	return showPolicy(c.Account, o)
}

func showPolicy(w *store.Account, o *store.Object) error {
	text, name := documentText(o.Inputs["policy"]), o.Text("name")
	document, err := ParsePolicy(text, w.Partition().ID)
	if err == nil {
		err = document.permits()
	}
	if err := store.First(
		PolicyDocument.When(err != nil, name, err),
		PolicySize.When(len(squeezed(text)) > 6144, name)); err != nil {
		return err
	}
	o.Show(store.Properties{"arn": o.ID, "attachmentCount": len(w.With(store.AttachmentType, "policyArn", o.ID)), "namePrefix": "", "policy": text,
		"policyId": o.Outputs["policyId"]})
	return nil
}

func removePolicy(c *store.Call, o *store.Object) error {
	left := c.With(store.AttachmentType, "policyArn", o.ID)
	var roles []string
	for _, a := range left {
		roles = append(roles, a.Text("role"))
	}
	return PolicyDetached.When(len(left) > 0, o.ID, strings.Join(roles, ", "))
}
