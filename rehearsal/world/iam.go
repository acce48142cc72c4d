package world

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	roleType       = "aws:iam/role:Role"
	attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	policyType     = "aws:iam/policy:Policy"
)

var (
	roleUnique = rule("a role's name is unique",
		"creating IAM Role (%[1]s): operation error IAM: CreateRole, api error EntityAlreadyExists: Role with name %[1]s already exists.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html")
	roleName = rule("a role's name has at most 64 allowed characters",
		"%q must match [\\w+=,.@-]{1,64}",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html")
	roleTrust = rule("a role's trust policy is a policy document with principals",
		"creating IAM Role (%s): operation error IAM: CreateRole, api error MalformedPolicyDocument: %v",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html")
	roleTrustSize = rule("a role's trust policy has at most 2048 characters",
		"creating IAM Role (%s): operation error IAM: CreateRole, api error LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
	roleDetached = rule("a role has no policies attached when it is deleted",
		"deleting IAM Role (%s): operation error IAM: DeleteRole, api error DeleteConflict: Cannot delete entity, must detach all policies first. (%s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html")
	roleUnworn = rule("a role is in no instance profile when it is deleted",
		"deleting IAM Role (%s): operation error IAM: DeleteRole, api error DeleteConflict: Cannot delete entity, must remove roles from instance profile first. (of node group %s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html")
	attachmentRole = rule("a policy is attached to a role that exists",
		"attaching IAM Policy (%s) to IAM Role (%s): operation error IAM: AttachRolePolicy, api error NoSuchEntity: The role with name %[2]s cannot be found.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html")
	attachmentPolicy = rule("a policy that is attached exists",
		"attaching IAM Policy (%[1]s) to IAM Role (%[2]s): operation error IAM: AttachRolePolicy, api error NoSuchEntity: Policy %[1]s does not exist or is not attachable.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html")
	attachmentQuota = rule("a role has at most ten policies attached",
		"attaching IAM Policy (%s) to IAM Role (%s): operation error IAM: AttachRolePolicy, api error LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
	policyUnique = rule("a policy's name is unique",
		"creating IAM Policy (%[1]s): operation error IAM: CreatePolicy, api error EntityAlreadyExists: A policy called %[1]s already exists. Duplicate names are not allowed.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html")
	policyDocument = rule("a policy is a policy document with resources",
		"creating IAM Policy (%s): operation error IAM: CreatePolicy, api error MalformedPolicyDocument: %v",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html")
	policySize = rule("a policy has at most 6144 characters, spaces not counted",
		"creating IAM Policy (%s): operation error IAM: CreatePolicy, api error LimitExceeded: Cannot exceed quota for PolicySize: 6144",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
	policyDetached = rule("a policy is not attached when it is deleted",
		"deleting IAM Policy (%s): operation error IAM: DeletePolicy, api error DeleteConflict: Cannot delete a policy attached to entities. (%s)",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html")
)

func iamKinds() []*kind {
	return []*kind{{
		typ: roleType, name: "name", tagged: true,
		defaults: Properties{"forceDetachPolicies": false, "maxSessionDuration": 3600.0, "path": "/"},
		forceNew: []string{"name", "namePrefix", "path"},
		check: func(in Properties) []Failure {
			name, known := in["name"].(string)
			return roleName.failure(known && !roleForm.MatchString(name), "name", name)
		},
		create: createRole,
		update: func(c *call, o, _ *Object) error {
			return first(iamTagsFit(o, "updating tags for IAM Role ("+o.ID+"): operation error IAM: TagRole"), c.showRole(o))
		},
		remove:   removeRole,
		read:     readRole,
		creation: 2 * time.Second, deletion: time.Second,
	}, {
		typ: attachmentType, forceNew: []string{"policyArn", "role"},
		create:   attachPolicy,
		creation: time.Second, deletion: time.Second,
	}, {
		typ: policyType, name: "name", tagged: true, defaults: Properties{"path": "/"},
		forceNew: []string{"description", "name", "namePrefix", "path"},
		create:   createPolicy,
		update: func(c *call, o, _ *Object) error {
			return first(iamTagsFit(o, "updating tags for IAM Policy ("+o.ID+"): operation error IAM: TagPolicy"), c.showPolicy(o))
		},
		remove: removePolicy,
		read: func(c *call, o *Object) {
			o.set("attachmentCount", len(c.with(attachmentType, "policyArn", o.ID)))
		},
		creation: time.Second, deletion: time.Second,
	}}
}

var roleForm = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

func createRole(c *call, o *Object) error {
	o.ID = o.text("name")
	if err := first(
		roleUnique.when(c.get(roleType, o.ID) != nil, o.ID),
		iamTagsFit(o, "creating IAM Role ("+o.ID+"): operation error IAM: CreateRole")); err != nil {
		return err
	}
	o.Outputs = Properties{"uniqueId": "AROA" + strings.ToUpper(c.newID(""))}
	return c.showRole(o)
}

// documentText returns a policy as text: the schema accepts an object too.
func documentText(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return jsonText(value)
}

func (w *World) showRole(o *Object) error {
	text := documentText(o.Inputs["assumeRolePolicy"])
	document, err := parsePolicy(text, w.partition().id)
	if err == nil {
		err = document.trusts()
	}
	if err := first(
		roleTrust.when(err != nil, o.ID, err),
		roleTrustSize.when(len(squeezed(text)) > 2048, o.ID)); err != nil {
		return err
	}
	path := orText(o.Inputs["path"], "/")
	o.show(Properties{"arn": w.globalARN("iam", "role"+path+o.ID), "assumeRolePolicy": text, "createDate": created, "namePrefix": "",
		"uniqueId": o.Outputs["uniqueId"], "inlinePolicies": orValue(o.Inputs["inlinePolicies"], []any{}),
		"managedPolicyArns": orValue(o.Inputs["managedPolicyArns"], []any{})})
	return nil
}

// readRole sets the policies of a role, whatever attached them: the provider reads all of them (terraform-provider-aws,
// internal/service/iam/role.go, resourceRoleRead).
func readRole(c *call, o *Object) {
	arns, inline := texts(o.Inputs["managedPolicyArns"]), listOf(o.Inputs["inlinePolicies"])
	for _, a := range c.with(attachmentType, "role", o.ID) {
		if !slices.Contains(arns, a.text("policyArn")) {
			arns = append(arns, a.text("policyArn"))
		}
	}
	for _, p := range c.with(rolePolicyType, "role", o.ID) {
		inline = append(inline, Properties{"name": p.text("name"), "policy": p.text("policy")})
	}
	o.set("managedPolicyArns", anyOf(arns))
	o.set("inlinePolicies", anyOf(inline))
}

// squeezed returns a text without white space, which IAM does not count.
func squeezed(text string) string {
	return strings.Join(strings.Fields(text), "")
}

func removeRole(c *call, o *Object) error {
	left := c.with(attachmentType, "role", o.ID)
	worn := c.with(nodeGroupType, "nodeRoleArn", o.text("arn"))
	group := ""
	if len(worn) > 0 {
		group = worn[0].ID
	}
	inline, force := c.with(rolePolicyType, "role", o.ID), o.flag("forceDetachPolicies")
	if err := first(
		roleDetached.when(len(left) > 0 && !force, o.ID, policiesOf(left)),
		rolePolicyGone.when(len(inline) > 0 && !force, o.ID, named(inline)),
		roleUnworn.when(len(worn) > 0, o.ID, group)); err != nil {
		return err
	}
	for _, a := range append(left, inline...) {
		c.drop(a)
	}
	return nil
}

func policiesOf(attachments []*Object) string {
	var policies []string
	for _, a := range attachments {
		policies = append(policies, a.text("policyArn"))
	}
	return strings.Join(policies, ", ")
}

// roleOf returns a role by its ARN.
func (w *World) roleOf(arn string) *Object {
	for _, o := range w.with(roleType, "arn", arn) {
		return o
	}
	return nil
}

func attachPolicy(c *call, o *Object) error {
	role, policy := o.text("role"), o.text("policyArn")
	have := c.with(attachmentType, "role", role)
	err := first(
		attachmentRole.when(c.get(roleType, role) == nil, policy, role),
		attachmentPolicy.when(c.get(policyType, policy) == nil && !c.managed(policy), policy, role),
		attachmentQuota.when(len(have) >= 10, policy, role))
	if err != nil {
		return err
	}
	o.ID = fmt.Sprintf("%s-%d", role, c.next())
	o.show(nil)
	return nil
}

// managed reports whether an ARN is that of an AWS managed policy in the partition.
func (w *World) managed(arn string) bool {
	name, ok := strings.CutPrefix(arn, "arn:"+w.partition().id+":iam::aws:policy/")
	_, known := managedPolicies[lastOf("/"+name, "/")]
	return ok && known
}

// attached reports whether a role has one of the AWS managed policies with these names.
func (w *World) attached(role *Object, names ...string) bool {
	if role == nil {
		return false
	}
	arns := texts(role.Inputs["managedPolicyArns"])
	for _, a := range w.with(attachmentType, "role", role.ID) {
		arns = append(arns, a.text("policyArn"))
	}
	return slices.ContainsFunc(arns, func(arn string) bool { return w.managed(arn) && slices.Contains(names, lastOf(arn, "/")) })
}

func createPolicy(c *call, o *Object) error {
	name := o.text("name")
	same := c.with(policyType, "name", name)
	if err := first(
		policyUnique.when(len(same) > 0, name),
		iamTagsFit(o, "creating IAM Policy ("+name+"): operation error IAM: CreatePolicy")); err != nil {
		return err
	}
	o.ID = c.globalARN("iam", "policy"+cmp.Or(o.text("path"), "/")+name)
	o.Outputs = Properties{"policyId": "ANPA" + strings.ToUpper(c.newID(""))}
	return c.showPolicy(o)
}

func (w *World) showPolicy(o *Object) error {
	text, name := documentText(o.Inputs["policy"]), o.text("name")
	document, err := parsePolicy(text, w.partition().id)
	if err == nil {
		err = document.permits()
	}
	if err := first(
		policyDocument.when(err != nil, name, err),
		policySize.when(len(squeezed(text)) > 6144, name)); err != nil {
		return err
	}
	o.show(Properties{"arn": o.ID, "attachmentCount": len(w.with(attachmentType, "policyArn", o.ID)), "namePrefix": "", "policy": text,
		"policyId": o.Outputs["policyId"]})
	return nil
}

func removePolicy(c *call, o *Object) error {
	left := c.with(attachmentType, "policyArn", o.ID)
	var roles []string
	for _, a := range left {
		roles = append(roles, a.text("role"))
	}
	return policyDetached.when(len(left) > 0, o.ID, strings.Join(roles, ", "))
}
