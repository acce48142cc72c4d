package terraform

import (
	"fmt"
	"strings"
)

const (
	// defaultsProperty lists the properties whose values are Pulumi's defaults, in every object of an input.
	defaultsProperty = "__defaults"
	// signature is the property of special values in the state, such as secrets
	// (github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go).
	signature = "4dabf18193072939515e22adb298388d"
)

// convert returns the arguments of a resource.
func (all *resources) convert(r *resource) (map[string]any, error) {
	arguments, err := all.object(r, "", r.Inputs)
	if err != nil {
		return nil, err
	}
	if dependencies := all.dependencies(r); len(dependencies) > 0 {
		arguments["depends_on"] = dependencies
	}
	return arguments, nil
}

// object converts an object at a path of properties. Blocks are written as objects or lists of objects
// (developer.hashicorp.com/terraform/language/syntax/json#nested-block-mapping).
func (all *resources) object(r *resource, path string, properties map[string]any) (map[string]any, error) {
	if _, special := properties[signature]; special {
		return nil, fmt.Errorf("%s is a secret, which the state encrypts", path)
	}
	arguments := map[string]any{}
	for name, value := range properties {
		if name == defaultsProperty || value == nil || isProviderDefault(properties, name) {
			continue
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		converted, err := all.value(r, at, value)
		if err != nil {
			return nil, err
		}
		arguments[argumentName(r.typ, at)] = converted
	}
	return arguments, nil
}

// isProviderDefault reports whether a value is the default of the upstream provider, which Pulumi adds to the inputs.
// It is left out, because the provider also refuses defaults of arguments that exclude each other, such as self and
// cidr_blocks of a security group rule. Names are different: Pulumi generates them, and other resources contain them.
func isProviderDefault(properties map[string]any, name string) bool {
	defaults, _ := properties[defaultsProperty].([]any)
	for _, listed := range defaults {
		if listed == name {
			return name != "name" && !strings.HasSuffix(name, "Name")
		}
	}
	return false
}

// value converts a value at a path of properties.
func (all *resources) value(r *resource, path string, value any) (any, error) {
	switch v := value.(type) {
	case string:
		return all.withReferences(r, path, v), nil
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			var err error
			if list[i], err = all.value(r, path, element); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		if keyValueProperties[path[strings.LastIndex(path, ".")+1:]] {
			return all.keyValues(r, path, v), nil
		}
		return all.object(r, path, v)
	default:
		return value, nil
	}
}

// keyValues converts a map whose keys are the operator's.
func (all *resources) keyValues(r *resource, path string, values map[string]any) map[string]any {
	converted := map[string]any{}
	for key, value := range values {
		if text, is := value.(string); is {
			value = all.withReferences(r, path, text)
		}
		if key != defaultsProperty {
			converted[escape(key)] = value
		}
	}
	return converted
}
