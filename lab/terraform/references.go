package terraform

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// attribute is an attribute of a resource: its value in the rehearsal, and the expression that returns it.
type attribute struct{ value, expression string }

// rank is 0 for the ID of a resource, and 1 for other attributes.
func (a attribute) rank() int {
	if strings.HasSuffix(a.expression, ".id") {
		return 0
	}
	return 1
}

// escape returns a text in which Terraform finds no template
// (developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences).
func escape(text string) string { return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(text) }

// withReferences returns a string in which the values of other resources are references to them. A value is replaced if
// the state records that the property uses outputs of the other resource: the whole string, or ARNs, IDs and URLs in
// it, as in a policy.
func (all *resources) withReferences(r *resource, path, text string) string {
	property, _, _ := strings.Cut(path, ".")
	var attributes []attribute
	for _, urn := range r.PropertyDependencies[property] {
		if other := all.converted[urn]; other != nil {
			attributes = append(attributes, other.attributes()...)
		}
	}
	// Of a resource and those that contain its ID, such as a security group and its rules, the resource comes first.
	slices.SortStableFunc(attributes, func(a, b attribute) int { return cmp.Compare(a.rank(), b.rank()) })
	for _, a := range attributes {
		if a.value == text {
			return "${" + a.expression + "}"
		}
	}
	return replaceWithin(escape(text), attributes)
}

// generatedID matches IDs that AWS generates, such as sg-0123456789abcdef0.
var generatedID = regexp.MustCompile(`^[a-z]+-[0-9a-f]{8,}$`)

// replaceWithin replaces ARNs, IDs and URLs within a text, also URLs without their scheme, as in conditions on OIDC
// tokens.
func replaceWithin(text string, attributes []attribute) string {
	var parts []attribute
	for _, a := range attributes {
		address, isURL := strings.CutPrefix(a.value, "https://")
		if isURL {
			parts = append(parts, attribute{address, `trimprefix(` + a.expression + `, "https://")`})
		}
		if isURL || strings.HasPrefix(a.value, "arn:") || generatedID.MatchString(a.value) {
			parts = append(parts, a)
		}
	}
	// The longest first: an ARN can contain a URL.
	slices.SortStableFunc(parts, func(a, b attribute) int { return cmp.Compare(len(b.value), len(a.value)) })
	var pairs []string
	for _, p := range parts {
		pairs = append(pairs, p.value, "${"+p.expression+"}")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// preferredOutputs are used before other outputs with the same value. Of a launch template both versions are 1.
var preferredOutputs = map[string]string{"aws_launch_template": "latestVersion"}

// attributes returns the attributes of a resource: the ID, the ARN, outputs that are no inputs, other outputs.
func (r *resource) attributes() []attribute {
	all := []attribute{{r.ID, r.address() + ".id"}}
	names := slices.SortedFunc(maps.Keys(r.Outputs), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.rank(a), r.rank(b)), strings.Compare(a, b))
	})
	for _, name := range names {
		all = append(all, r.attributesAt(r.address(), name, name, r.Outputs[name])...)
	}
	return all
}

// rank returns the place of an output among those with the same value.
func (r *resource) rank(output string) int {
	_, isInput := r.Inputs[output]
	switch {
	case output == "arn":
		return 0
	case output == preferredOutputs[r.typ]:
		return 1
	case !isInput:
		return 2
	default:
		return 3
	}
}

// attributesAt returns the attributes in an output at a path of properties. Lists of strings are left out: most are
// sets, whose elements have no index. An object of Pulumi is a list with one element in Terraform.
func (r *resource) attributesAt(parent, path, name string, output any) []attribute {
	expression := parent + "." + argumentName(r.typ, path)
	switch v := output.(type) {
	case string:
		if v != "" {
			return []attribute{{v, expression}}
		}
	case float64:
		return []attribute{{strconv.FormatFloat(v, 'f', -1, 64), expression}}
	case map[string]any:
		if !keyValueProperties[name] {
			return r.attributesIn(expression+"[0]", path, v)
		}
	case []any:
		var all []attribute
		for i, element := range v {
			if object, is := element.(map[string]any); is {
				all = append(all, r.attributesIn(fmt.Sprintf("%s[%d]", expression, i), path, object)...)
			}
		}
		return all
	}
	return nil
}

// attributesIn returns the attributes in an object.
func (r *resource) attributesIn(parent, path string, object map[string]any) []attribute {
	var all []attribute
	for _, name := range slices.Sorted(maps.Keys(object)) {
		all = append(all, r.attributesAt(parent, path+"."+name, name, object[name])...)
	}
	return all
}
