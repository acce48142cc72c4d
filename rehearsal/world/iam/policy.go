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

// PolicyText is a policy document as text. The schema of a resource accepts an object too.
type PolicyText string

func (t *PolicyText) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		return json.Unmarshal(raw, (*string)(t))
	}
	*t = PolicyText(raw)
	return nil
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

// Facts are the condition keys of a request with their values.
type Facts map[string][]string

// decide returns whether a document allows and denies a request: a Deny overrides every Allow.
func (d *policyDoc) decide(action, resource string, known Facts) (allow, deny bool) {
	for _, s := range d.Statement {
		if !s.speaksOf(action, resource) {
			continue
		}
		holds, evaluated := s.holds(known)
		switch {
		case s.Effect == "Allow" && holds && evaluated:
			allow = true
		case s.Effect == "Deny" && (holds || !evaluated):
			deny = true
		}
	}
	return allow, deny
}

func (s *statement) speaksOf(action, resource string) bool {
	acts := matchesAny(s.Action, action, true)
	if len(s.NotAction) > 0 {
		acts = !matchesAny(s.NotAction, action, true)
	}
	on := len(s.Resource)+len(s.NotResource) == 0 || matchesAny(s.Resource, resource, false)
	if len(s.NotResource) > 0 {
		on = !matchesAny(s.NotResource, resource, false)
	}
	return acts && on
}

// holds reports whether a statement's conditions are met, and whether all of them could be evaluated.
func (s *statement) holds(known Facts) (holds, evaluated bool) {
	holds, evaluated = true, true
	for operator, keys := range s.Condition {
		test := operators[plainOperator(operator)]
		if test == nil {
			return false, false
		}
		for key, wanted := range keys {
			values, present := known.of(key)
			if !present && strings.HasSuffix(operator, "IfExists") {
				continue
			}
			all := strings.HasPrefix(operator, "ForAllValues:")
			holds = holds && test(values, wanted, all)
		}
	}
	return holds, evaluated
}

// of returns a fact by its key, which is not case-sensitive.
func (f Facts) of(key string) ([]string, bool) {
	for name, values := range f {
		if strings.EqualFold(name, key) {
			return values, true
		}
	}
	return nil, false
}

// plainOperator returns a condition operator without its modifiers.
func plainOperator(operator string) string {
	operator = strings.TrimPrefix(strings.TrimPrefix(operator, "ForAnyValue:"), "ForAllValues:")
	return strings.TrimSuffix(operator, "IfExists")
}

// operators are IAM's condition operators. One that cannot be evaluated is nil: an Allow with it does not apply, a Deny
// does.
var operators = map[string]func(values, wanted []string, all bool) bool{
	"StringEquals":              comparison(func(value, wanted string) bool { return value == wanted }, true),
	"StringNotEquals":           comparison(func(value, wanted string) bool { return value == wanted }, false),
	"StringEqualsIgnoreCase":    comparison(strings.EqualFold, true),
	"StringNotEqualsIgnoreCase": comparison(strings.EqualFold, false),
	"StringLike":                comparison(like, true), "StringNotLike": comparison(like, false),
	"ArnEquals": comparison(like, true), "ArnLike": comparison(like, true),
	"ArnNotEquals": comparison(like, false), "ArnNotLike": comparison(like, false),
	"Bool": comparison(strings.EqualFold, true),
	"Null": func(values, wanted []string, _ bool) bool {
		return (len(values) == 0) == slices.Contains(wanted, "true")
	},
	"NumericEquals": nil, "NumericNotEquals": nil, "NumericLessThan": nil, "NumericLessThanEquals": nil, "NumericGreaterThan": nil,
	"NumericGreaterThanEquals": nil, "DateEquals": nil, "DateNotEquals": nil, "DateLessThan": nil, "DateLessThanEquals": nil,
	"DateGreaterThan": nil, "DateGreaterThanEquals": nil, "IpAddress": nil, "NotIpAddress": nil, "BinaryEquals": nil,
}

// comparison returns an operator for a test of one value: any (or all) of the request's values is one of the wanted;
// for a negated operator none is.
func comparison(same func(value, wanted string) bool, positive bool) func(values, wanted []string, all bool) bool {
	return func(values, wanted []string, all bool) bool {
		hit := func(value string) bool {
			return slices.ContainsFunc(wanted, func(w string) bool { return same(value, w) })
		}
		if !positive {
			return !slices.ContainsFunc(values, hit)
		}
		if all {
			return !slices.ContainsFunc(values, func(v string) bool { return !hit(v) })
		}
		return slices.ContainsFunc(values, hit)
	}
}

func matchesAny(patterns []string, text string, fold bool) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		switch {
		case !fold:
			return like(text, p)
		case strings.ContainsAny(p, "*?"):
			return like(strings.ToLower(text), strings.ToLower(p))
		}
		return strings.EqualFold(text, p)
	})
}

// like reports whether a text matches a pattern of * and ?.
func like(text, pattern string) bool {
	if pattern == "" {
		return text == ""
	}
	switch pattern[0] {
	case '*':
		for i := 0; i <= len(text); i++ {
			if like(text[i:], pattern[1:]) {
				return true
			}
		}
		return false
	case '?':
		return text != "" && like(text[1:], pattern[1:])
	}
	return text != "" && text[0] == pattern[0] && like(text[1:], pattern[1:])
}

// JSONText returns a value as JSON.
func JSONText(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}
