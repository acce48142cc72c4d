package iam

import (
	"cmp"
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
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

func policyKind() *store.Kind {
	return &store.Kind{
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
	}
}

func createPolicy(c *store.Call, o *store.Object) error {
	policy := PolicyOf(o)
	name := policy.Name
	same := c.With(store.PolicyType, "name", name)
	if err := store.First(
		PolicyUnique.When(len(same) > 0, name),
		iamTagsFit(o, "creating IAM Policy ("+name+"): operation error IAM: CreatePolicy")); err != nil {
		return err
	}
	o.ID = c.GlobalARN("iam", "policy"+cmp.Or(policy.Path, "/")+name)
	o.Outputs = store.Properties{"policyId": "ANPA" + strings.ToUpper(c.NewID(""))}
	return showPolicy(c.Account, o)
}

func showPolicy(w *store.Account, o *store.Object) error {
	in, _ := store.As[Policy](o.Inputs)
	text, name := string(in.Document), PolicyOf(o).Name
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

// squeezed returns a text without white space, which IAM does not count.
func squeezed(text string) string {
	return strings.Join(strings.Fields(text), "")
}

func removePolicy(c *store.Call, o *store.Object) error {
	left := c.With(store.AttachmentType, "policyArn", o.ID)
	var roles []string
	for _, a := range left {
		roles = append(roles, AttachmentOf(a).Role)
	}
	return PolicyDetached.When(len(left) > 0, o.ID, strings.Join(roles, ", "))
}
