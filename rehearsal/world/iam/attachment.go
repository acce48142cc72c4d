package iam

import (
	"fmt"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	AttachmentRole = store.NewRule("a policy is attached to a role that exists",
		"attaching IAM Policy (%s) to IAM Role (%s): operation error IAM: AttachRolePolicy, api error NoSuchEntity: The role with name %[2]s cannot be found.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html")
	AttachmentPolicy = store.NewRule("a policy that is attached exists",
		"attaching IAM Policy (%[1]s) to IAM Role (%[2]s): operation error IAM: AttachRolePolicy, api error NoSuchEntity: Policy %[1]s does not exist or is not attachable.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html")
	AttachmentQuota = store.NewRule("a role has at most ten policies attached",
		"attaching IAM Policy (%s) to IAM Role (%s): operation error IAM: AttachRolePolicy, api error LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
)

// Attachment is a managed policy of a role.
type Attachment struct {
	Role   string `json:"role"` // its name
	Policy string `json:"policyArn"`
}

// AttachmentOf returns the properties of an attachment.
func AttachmentOf(o *store.Object) *Attachment { return store.Decode[Attachment](o) }

func attachmentKind() *store.Kind {
	return &store.Kind{
		Typ: store.AttachmentType, ForceNew: []string{"policyArn", "role"},
		Create:   attachPolicy,
		Creation: time.Second, Deletion: time.Second,
	}
}

func attachPolicy(c *store.Call, o *store.Object) error {
	a := AttachmentOf(o)
	role, policy := a.Role, a.Policy
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
