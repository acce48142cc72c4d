package custom

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// Schema is the schema of one version of a definition, compiled by the API server's own packages.
type Schema struct {
	structural *schema.Structural
	values     validation.SchemaValidator
	rules      *cel.Validator // nil for a schema without rules
}

// compiled are the schemas that SchemaOf has compiled, by their content: compiling the rules takes longer than all else
// that is done with a custom resource.
var compiled sync.Map

type compilation struct {
	schema *Schema
	err    error
}

// SchemaOf compiles the schema of a version. The error is that of a schema that is not structural.
func SchemaOf(version *apiextensionsv1.CustomResourceDefinitionVersion) (*Schema, error) {
	declared := &apiextensionsv1.JSONSchemaProps{Type: "object"}
	if version.Schema != nil && version.Schema.OpenAPIV3Schema != nil {
		declared = version.Schema.OpenAPIV3Schema
	}
	raw, err := json.Marshal(declared)
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256(raw)
	if known, found := compiled.Load(key); found {
		return known.(compilation).schema, known.(compilation).err
	}
	s, err := compile(declared)
	compiled.Store(key, compilation{s, err})
	return s, err
}

func compile(declared *apiextensionsv1.JSONSchemaProps) (*Schema, error) {
	props := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(declared.DeepCopy(), props, nil); err != nil {
		return nil, err
	}
	structural, err := schema.NewStructural(props)
	if err != nil {
		return nil, err
	}
	values, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return nil, err
	}
	return &Schema{structural, values, cel.NewValidator(structural, true, celconfig.PerCallLimit)}, nil
}

// Complete returns a custom resource with the defaults of its schema, and the paths of the fields that the schema does
// not have.
func (s *Schema) Complete(body map[string]any) (completed map[string]any, unknown []string, err error) {
	typed, err := typedValues(body)
	if err != nil {
		return nil, nil, err
	}
	unknown = pruning.PruneWithOptions(typed, s.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	defaulting.PruneNonNullableNullsWithoutDefaults(typed, s.structural)
	defaulting.Default(typed, s.structural)
	raw, err := json.Marshal(typed)
	if err != nil {
		return nil, nil, err
	}
	return completed, unknown, json.Unmarshal(raw, &completed)
}

// Problems returns what the schema and its rules refuse of a custom resource; old is nil for a new one.
func (s *Schema) Problems(body, old map[string]any) field.ErrorList {
	now, err := typedValues(body)
	if err != nil {
		return field.ErrorList{field.Invalid(nil, "", err.Error())}
	}
	var before map[string]any
	var problems field.ErrorList
	if old == nil {
		problems = validation.ValidateCustomResource(nil, now, s.values)
	} else if before, err = typedValues(old); err == nil {
		problems = validation.ValidateCustomResourceUpdate(nil, now, before, s.values)
	}
	if s.rules == nil || len(problems) > 0 {
		return problems
	}
	var previous any // a nil map in it would be an old object
	if before != nil {
		previous = before
	}
	broken, _ := s.rules.Validate(context.Background(), nil, s.structural, now, previous, celconfig.RuntimeCELCostBudget)
	return broken
}

// typedValues returns a JSON object as the API server decodes it: whole numbers are integers.
func typedValues(body map[string]any) (typed map[string]any, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("a custom resource: %w", err)
	}
	return typed, utiljson.Unmarshal(raw, &typed)
}
