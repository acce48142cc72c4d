// Package schema checks properties against the Pulumi SDKs' own types: the inputs and outputs of a resource or a
// function are read by reflection from the Args and resource structs that the program itself is compiled with, so that
// there is no separate list of properties.
//
// Reflection finds every name and every type, but not whether a list or a map is required, because the SDKs declare
// optional and required ones alike; the simulated account checks those.
package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"eksnet/rehearsal/world"
)

// Problem is one property that does not match its type.
type Problem struct {
	// Path is the property in the form of Pulumi's messages: ingress[0].fromPort, tags["Name"].
	Path string
	// Reason states the resource, the value and what is accepted.
	Reason string
}

func (p Problem) String() string { return p.Path + ": " + p.Reason }

// Resource is the type of a resource: its inputs and its outputs.
type Resource struct {
	Token           string
	inputs, outputs reflect.Type
}

// Function is the type of a function such as aws:index/getPartition:getPartition.
type Function struct {
	Token        string
	args, result reflect.Type
}

// Provider is the configuration of a provider.
type Provider struct {
	Package string
	inputs  reflect.Type
}

// ForResource returns the type of a token. It is an error if the rehearsal does not simulate it.
func ForResource(token string) (*Resource, error) {
	if found, ok := resources[token]; ok {
		return &Resource{Token: token, inputs: found.inputs, outputs: found.outputs}, nil
	}
	return nil, unknownToken("resource type", token, keys(resources))
}

// ForFunction returns the type of a function's token. It is an error if the rehearsal does not simulate it.
func ForFunction(token string) (*Function, error) {
	if found, ok := functions[token]; ok {
		return &Function{Token: token, args: found.inputs, result: found.outputs}, nil
	}
	return nil, unknownToken("function", token, keys(functions))
}

// ForProvider returns the configuration type of a package's provider.
func ForProvider(pkg string) (*Provider, error) {
	if found, ok := providers[pkg]; ok {
		return &Provider{Package: pkg, inputs: found}, nil
	}
	return nil, unknownToken("provider", pkg, keys(providers))
}

// Tokens returns the resource types and functions that can be simulated, sorted.
func Tokens() []string {
	tokens := append(keys(resources), keys(functions)...)
	slices.Sort(tokens)
	return tokens
}

// CheckInputs returns the unknown, missing and ill-typed inputs of a resource. A world.Unknown matches every type.
func (r *Resource) CheckInputs(inputs world.Properties) []Problem {
	check := checker{subject: r.Token, required: true}
	check.object("", r.inputs, inputs)
	return check.problems
}

// CheckOutputs returns the outputs that the resource does not have or that have another type. Outputs may be absent.
func (r *Resource) CheckOutputs(outputs world.Properties) []Problem {
	check := checker{subject: r.Token}
	check.object("", r.outputs, outputs)
	return check.problems
}

// Outputs returns the names of the output properties, sorted.
func (r *Resource) Outputs() []string { return names(r.outputs) }

// Has reports whether the resource has an output property of that name.
func (r *Resource) Has(output string) bool { return slices.Contains(r.Outputs(), output) }

// Accepts reports whether the resource has an input property of that name.
func (r *Resource) Accepts(input string) bool { return slices.Contains(names(r.inputs), input) }

// Computed reports whether a property is optional and computed: if a program leaves it out, the provider fills it in.
// The path has dots and no indexes, such as vpcConfig.publicAccessCidrs.
func (r *Resource) Computed(path string) bool { return slices.Contains(computed[r.Token], path) }

// Fields returns the properties of the input object at a path, sorted, or of the objects in a list. For a map or a
// plain value ok is false. The path "" is the resource itself.
func (r *Resource) Fields(path string) (names []string, ok bool) {
	t := r.inputs
	for path != "" {
		var name string
		name, path, _ = strings.Cut(path, ".")
		if t = element(t); t.Kind() != reflect.Struct {
			return nil, false
		}
		if t, ok = fields(t)[name]; !ok {
			return nil, false
		}
	}
	if t = element(t); t.Kind() != reflect.Struct || isAsset(t) {
		return nil, false
	}
	return keys(fields(t)), true
}

// CheckArgs returns the unknown, missing and ill-typed arguments of a function.
func (f *Function) CheckArgs(args world.Properties) []Problem {
	check := checker{subject: f.Token, required: true}
	check.object("", f.args, args)
	return check.problems
}

// CheckResult returns the results that the function does not have or that have another type.
func (f *Function) CheckResult(result world.Properties) []Problem {
	check := checker{subject: f.Token}
	check.object("", f.result, result)
	return check.problems
}

// CheckInputs returns the unknown and ill-typed settings of a provider.
func (p *Provider) CheckInputs(inputs world.Properties) []Problem {
	check := checker{subject: "provider " + p.Package}
	check.object("", p.inputs, inputs)
	return check.problems
}

// Structured reports whether a provider's property is a list or an object, which Pulumi passes as JSON.
func (p *Provider) Structured(property string) bool {
	field, ok := fields(p.inputs)[property]
	if !ok {
		return false
	}
	kind := indirect(field).Kind()
	return kind != reflect.String
}

func unknownToken(kind, token string, known []string) error {
	if near := nearest(token, known); near != "" {
		return fmt.Errorf("%s %q is not simulated; did you mean %q?", kind, token, near)
	}
	return fmt.Errorf("%s %q is not simulated; add it to the table in rehearsal/providers/schema and to package world", kind, token)
}
