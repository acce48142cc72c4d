package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// policyDoc is an IAM policy document
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
type policyDoc struct {
	Version   string
	ID        string `json:"Id"`
	Statement statements
}

type statement struct {
	Sid, Effect             string
	Principal, NotPrincipal principals
	Action, NotAction       oneOrMore
	Resource, NotResource   oneOrMore
	Condition               map[string]map[string]oneOrMore
}

// oneOrMore is a string or a list of strings.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(raw []byte) error {
	var one any
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	list, many := one.([]any)
	if !many {
		list = []any{one}
	}
	for _, e := range list {
		*o = append(*o, fmt.Sprint(e))
	}
	return nil
}

// statements is one statement or a list of them.
type statements []statement

func (s *statements) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		raw = slices.Concat([]byte("["), raw, []byte("]"))
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode((*[]statement)(s))
}

// principals are the principals of a statement by kind: Service, AWS, Federated; every principal is AWS "*".
type principals map[string]oneOrMore

func (p *principals) UnmarshalJSON(raw []byte) error {
	if string(raw) == `"*"` {
		*p = principals{"AWS": {"*"}}
		return nil
	}
	return json.Unmarshal(raw, (*map[string]oneOrMore)(p))
}

// PolicyText is a policy document as text. The schema of a resource accepts an object too.
type PolicyText string

func (t *PolicyText) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		return json.Unmarshal(raw, (*string)(t))
	}
	*t = PolicyText(raw)
	return nil
}

// malformed is IAM's error for a document that it does not accept.
type malformed string

func (m malformed) Error() string { return string(m) }

const errSyntax = malformed("Syntax errors in policy.")

// parsed caches the policies by partition and text: actors evaluate the same few repeatedly, and they are not changed.
var parsed sync.Map

// ParsePolicy parses a policy and refuses what IAM refuses in any of them; ARNs must be in the partition.
func ParsePolicy(text, partition string) (*policyDoc, error) {
	if d, known := parsed.Load(partition + text); known {
		return d.(*policyDoc), nil
	}
	d, err := readPolicy(text, partition)
	if err == nil {
		parsed.Store(partition+text, d)
	}
	return d, err
}

func readPolicy(text, partition string) (*policyDoc, error) {
	var d policyDoc
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&d) != nil || len(d.Statement) == 0 {
		return nil, errSyntax
	}
	if d.Version != "" && d.Version != "2012-10-17" && d.Version != "2008-10-17" {
		return nil, malformed(fmt.Sprintf("The policy must contain a valid version string: %q", d.Version))
	}
	for _, s := range d.Statement {
		if err := s.valid(partition); err != nil {
			return nil, err
		}
	}
	return &d, nil
}

func (s *statement) valid(partition string) error {
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return errSyntax
	}
	if len(s.Action)+len(s.NotAction) == 0 {
		return malformed("Policy statement must contain actions.")
	}
	for _, action := range slices.Concat(s.Action, s.NotAction) {
		if action != "*" && !strings.Contains(action, ":") {
			return malformed(fmt.Sprintf("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: %s", action))
		}
	}
	for _, resource := range slices.Concat(s.Resource, s.NotResource) {
		if resource != "*" && !strings.HasPrefix(resource, "arn:") {
			return malformed(fmt.Sprintf("Resource %s must be in ARN format or \"*\".", resource))
		}
	}
	for _, arn := range slices.Concat(s.Resource, s.NotResource, s.Principal["AWS"], s.Principal["Federated"]) {
		if of := strings.Split(arn, ":"); of[0] == "arn" && len(of) > 1 && of[1] != partition && of[1] != "*" {
			return malformed(fmt.Sprintf("Partition \"%s\" is not valid for resource \"%s\".", of[1], arn))
		}
	}
	for operator := range s.Condition {
		if _, known := operators[plainOperator(operator)]; !known {
			return malformed(fmt.Sprintf("Invalid Condition type : %s.", operator))
		}
	}
	return nil
}

// trusts refuses a document that cannot be a role's trust policy.
func (d *policyDoc) trusts() error {
	for _, s := range d.Statement {
		if len(s.Resource)+len(s.NotResource) > 0 {
			return malformed("Has prohibited field Resource")
		}
		if len(s.Principal)+len(s.NotPrincipal) == 0 {
			return malformed("Missing required field Principal")
		}
		for _, action := range s.Action {
			if !strings.HasPrefix(action, "sts:") {
				return malformed("AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
	}
	return nil
}

// permits refuses a document that cannot be attached to a role.
func (d *policyDoc) permits() error {
	for _, s := range d.Statement {
		if len(s.Principal)+len(s.NotPrincipal) > 0 {
			return malformed("Policy document should not specify a principal.")
		}
		if len(s.Resource)+len(s.NotResource) == 0 {
			return malformed("Policy statement must contain resources.")
		}
	}
	return nil
}

// JSONText returns a value as JSON.
func JSONText(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}
