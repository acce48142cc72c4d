package kube

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"eksnet/rehearsal/world/store"
)

var CustomFields = store.NewRule("a custom resource has only fields of its definition",
	`%s in version %q cannot be handled as a %s: strict decoding error: unknown field %q`,
	"https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/")

var CustomValues = store.NewRule("a custom resource's values match the schema of its definition",
	`%s %q is invalid: %s: Invalid value: %s`,
	"https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation")

// validateCustom checks a custom resource against the schema of its definition.
func validateCustom(w *store.Account, t *kubernetesType, o *store.Object) error {
	definition := w.Find(o.Cluster, store.CrdType, t.plural+"."+t.group)
	if definition == nil {
		return nil
	}
	crd := Live[apiextensionsv1.CustomResourceDefinition](definition)
	for _, version := range crd.Spec.Versions {
		if version.Name != t.version {
			continue
		}
		schema := &apiextensionsv1.JSONSchemaProps{}
		if version.Schema != nil && version.Schema.OpenAPIV3Schema != nil {
			schema = version.Schema.OpenAPIV3Schema
		}
		body := store.Clone(o.Outputs)
		delete(body, "metadata")
		return checkSchema(t, o, "", body, schema)
	}
	return nil
}

// checkSchema compares a value with its schema, fields first.
func checkSchema(t *kubernetesType, o *store.Object, path string, value any, schema *apiextensionsv1.JSONSchemaProps) error {
	if schema.XPreserveUnknownFields != nil && *schema.XPreserveUnknownFields {
		return nil
	}
	wrong := CustomValues.When(!hasType(value, schema), t.title(), Name(o), path, fmt.Sprintf("%s: must be of type %s", CompactJSON(value), schema.Type))
	if wrong != nil {
		return wrong
	}
	if problem := outOfBounds(value, schema); problem != "" {
		return CustomValues.When(true, t.title(), Name(o), path, CompactJSON(value)+": "+problem)
	}
	switch v := value.(type) {
	case map[string]any:
		return checkFields(t, o, path, v, schema)
	case []any:
		if schema.Items == nil || schema.Items.Schema == nil {
			return nil
		}
		for i, e := range v {
			if err := checkSchema(t, o, fmt.Sprintf("%s[%d]", path, i), e, schema.Items.Schema); err != nil {
				return err
			}
		}
	}
	known := make([]string, 0, len(schema.Enum))
	for _, e := range schema.Enum {
		known = append(known, string(e.Raw))
	}
	raw, _ := json.Marshal(value)
	return CustomValues.When(len(known) > 0 && !slices.Contains(known, string(raw)), t.title(), Name(o), path,
		fmt.Sprintf("%s: supported values: %s", raw, strings.Join(known, ", ")))
}

func checkFields(t *kubernetesType, o *store.Object, path string, value map[string]any, schema *apiextensionsv1.JSONSchemaProps) error {
	for _, required := range schema.Required {
		if err := CustomValues.When(value[required] == nil, t.title(), Name(o), joinPath(path, required), "null: Required value"); err != nil {
			return err
		}
	}
	for _, field := range slices.Sorted(maps.Keys(value)) {
		inner, declared := schema.Properties[field]
		if !declared && schema.AdditionalProperties != nil {
			if schema.AdditionalProperties.Schema == nil {
				continue
			}
			inner, declared = *schema.AdditionalProperties.Schema, true
		}
		if err := CustomFields.When(!declared, t.Kind, t.version, t.Kind, joinPath(path, field)); err != nil {
			return err
		}
		if err := checkSchema(t, o, joinPath(path, field), value[field], &inner); err != nil {
			return err
		}
	}
	return nil
}

// outOfBounds returns which limit of its schema a value exceeds: length, number or pattern; "" for none.
func outOfBounds(value any, schema *apiextensionsv1.JSONSchemaProps) string {
	beyond := func(what string, n float64, least, most *int64) string {
		switch {
		case least != nil && n < float64(*least):
			return fmt.Sprintf("%s must be at least %d", what, *least)
		case most != nil && n > float64(*most):
			return fmt.Sprintf("%s must be at most %d", what, *most)
		}
		return ""
	}
	switch v := value.(type) {
	case string:
		if schema.Pattern != "" {
			if matches, err := regexp.MatchString(schema.Pattern, v); err == nil && !matches {
				return fmt.Sprintf("should match '%s'", schema.Pattern)
			}
		}
		return beyond("its length", float64(len([]rune(v))), schema.MinLength, schema.MaxLength)
	case []any:
		return beyond("the number of its items", float64(len(v)), schema.MinItems, schema.MaxItems)
	case map[string]any:
		return beyond("the number of its properties", float64(len(v)), schema.MinProperties, schema.MaxProperties)
	case float64:
		if schema.Minimum != nil && v < *schema.Minimum {
			return fmt.Sprintf("should be greater than or equal to %v", *schema.Minimum)
		}
		if schema.Maximum != nil && v > *schema.Maximum {
			return fmt.Sprintf("should be less than or equal to %v", *schema.Maximum)
		}
	}
	return ""
}

// joinPath returns a dotted path.
func joinPath(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// hasType reports whether a JSON value has the type of a schema.
func hasType(value any, schema *apiextensionsv1.JSONSchemaProps) bool {
	switch v := value.(type) {
	case nil:
		return schema.Nullable
	case map[string]any:
		return schema.Type == "object"
	case []any:
		return schema.Type == "array"
	case bool:
		return schema.Type == "boolean"
	case string:
		return schema.Type == "string" || schema.XIntOrString
	case float64:
		return schema.Type == "number" || (v == float64(int64(v)) && (schema.Type == "integer" || schema.XIntOrString))
	}
	return false
}
