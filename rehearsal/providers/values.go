package providers

import (
	"fmt"

	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// toWorld converts the engine's properties for package world: secrets are decrypted, unknown values become
// world.Unknown, and nulls and Pulumi's own keys are left out.
func toWorld(properties resource.PropertyMap) (world.Properties, error) {
	plain := world.Properties{}
	for key, value := range properties {
		if key == defaultsKey || value.IsNull() {
			continue
		}
		converted, err := valueToWorld(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		plain[string(key)] = converted
	}
	return plain, nil
}

func valueToWorld(value resource.PropertyValue) (any, error) {
	switch {
	case value.IsNull():
		return nil, nil
	case value.IsBool(), value.IsString(), value.IsNumber():
		return value.V, nil
	case value.IsComputed(), value.IsOutput() && !value.OutputValue().Known:
		return world.Unknown{}, nil
	case value.IsOutput():
		return valueToWorld(value.OutputValue().Element)
	case value.IsSecret():
		return valueToWorld(value.SecretValue().Element)
	case value.IsResourceReference():
		return valueToWorld(value.ResourceReferenceValue().ID)
	case value.IsAsset():
		return value.AssetValue().Serialize(), nil
	case value.IsArchive():
		return value.ArchiveValue().Serialize(), nil
	case value.IsArray():
		return listToWorld(value.ArrayValue())
	case value.IsObject():
		return toWorld(value.ObjectValue())
	default:
		return nil, fmt.Errorf("a value of type %T cannot be rehearsed", value.V)
	}
}

func listToWorld(values []resource.PropertyValue) ([]any, error) {
	list := make([]any, 0, len(values))
	for i, value := range values {
		converted, err := valueToWorld(value)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		list = append(list, converted)
	}
	return list, nil
}

// fromWorld converts properties of package world for the engine. Only JSON's types and world.Unknown are accepted.
func fromWorld(properties world.Properties) (resource.PropertyMap, error) {
	converted := resource.PropertyMap{}
	for key, value := range properties {
		if value == nil {
			continue
		}
		property, err := valueFromWorld(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		converted[resource.PropertyKey(key)] = property
	}
	return converted, nil
}

func valueFromWorld(value any) (resource.PropertyValue, error) {
	switch v := value.(type) {
	case nil:
		return resource.NewNullProperty(), nil
	case world.Unknown:
		return resource.MakeComputed(resource.NewProperty("")), nil
	case bool:
		return resource.NewProperty(v), nil
	case float64:
		return resource.NewProperty(v), nil
	case string:
		return resource.NewProperty(v), nil
	case []any:
		list := make([]resource.PropertyValue, 0, len(v))
		for i, element := range v {
			property, err := valueFromWorld(element)
			if err != nil {
				return resource.PropertyValue{}, fmt.Errorf("[%d]: %w", i, err)
			}
			list = append(list, property)
		}
		return resource.NewProperty(list), nil
	case map[string]any:
		object, err := fromWorld(v)
		return resource.NewProperty(object), err
	default:
		return resource.PropertyValue{}, fmt.Errorf("the simulated account returned a %T; accepted: nil, bool, float64, string, []any and map[string]any", value)
	}
}
