package terraform

import (
	"maps"
	"regexp"
	"slices"
)

// planned is a type and name in a plan, with its arguments
// (developer.hashicorp.com/terraform/internals/json-format#values-representation).
type planned struct {
	Address string         `json:"address"`
	Mode    string         `json:"mode"`
	Type    string         `json:"type"`
	Name    string         `json:"name"`
	Values  map[string]any `json:"values,omitempty"`
	Change  map[string]any `json:"change,omitempty"`
	// Expressions hold the references to other resources.
	Expressions map[string]any `json:"expressions,omitempty"`
}

// Plan returns the plan that creates all resources in an empty account, as `terraform show -json` prints it. Tools that
// scan plans read it. Attributes of other resources are references: ${aws_vpc.local.id}.
func (c *Configuration) Plan() map[string]any {
	var values, changes, expressions []planned
	for _, typ := range slices.Sorted(maps.Keys(c.Resources)) {
		for _, name := range slices.Sorted(maps.Keys(c.Resources[typ])) {
			arguments := maps.Clone(c.Resources[typ][name])
			delete(arguments, "depends_on")
			one := planned{Address: typ + "." + name, Mode: "managed", Type: typ, Name: name}
			valued, changed, configured := one, one, one
			valued.Values = arguments
			changed.Change = map[string]any{"actions": []string{"create"}, "before": nil, "after": arguments}
			configured.Expressions = expressionsOf(arguments)
			values, changes, expressions = append(values, valued), append(changes, changed), append(expressions, configured)
		}
	}
	return map[string]any{
		"format_version":    "1.2",
		"terraform_version": "1.9.0", // a version with this format
		"planned_values":    map[string]any{"root_module": map[string]any{"resources": values}},
		"resource_changes":  changes,
		"configuration":     map[string]any{"root_module": map[string]any{"resources": expressions}},
	}
}

// expressionsOf returns the representation of the expressions of arguments
// (developer.hashicorp.com/terraform/internals/json-format#expression-representation).
func expressionsOf(arguments map[string]any) map[string]any {
	expressions := map[string]any{}
	for name, value := range arguments {
		expressions[name] = expression(value)
	}
	return expressions
}

// expression returns the representation of one expression: blocks by their arguments, and otherwise references or a
// constant.
func expression(value any) any {
	if list, is := value.([]any); is && len(list) > 0 {
		if _, isBlock := list[0].(map[string]any); isBlock {
			blocks := make([]any, len(list))
			for i, block := range list {
				blocks[i] = expression(block)
			}
			return blocks
		}
	}
	found := references(value)
	if block, is := value.(map[string]any); is && len(found) > 0 {
		return expressionsOf(block)
	}
	if len(found) > 0 {
		return map[string]any{"references": found}
	}
	return map[string]any{"constant_value": value}
}

// template matches a reference in a string: ${aws_vpc.local.id}.
var template = regexp.MustCompile(`(?:^|[^$])\$\{[^}]*?(aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)([^})"]*)`)

// references returns the references in a value, and the resources that they are of, as plans list them.
func references(value any) (found []string) {
	switch v := value.(type) {
	case string:
		for _, match := range template.FindAllStringSubmatch(v, -1) {
			found = append(found, match[1]+match[2], match[1])
		}
	case []any:
		for _, element := range v {
			found = append(found, references(element)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, references(v[key])...)
		}
	}
	return found
}
