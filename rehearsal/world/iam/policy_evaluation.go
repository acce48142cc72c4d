package iam

import (
	"slices"
	"strings"
)

// Facts are the condition keys of a request with their values.
type Facts map[string][]string

// decide returns whether a document allows and denies a request: a Deny overrides every Allow.
func (d *policyDoc) decide(action, resource string, known Facts) (allow, deny bool) {
	for _, s := range d.Statement {
		if !s.covers(action, resource) {
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

func (s *statement) covers(action, resource string) bool {
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
