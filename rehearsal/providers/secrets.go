package providers

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// conceal makes secret in the outputs what is secret in the inputs: an output has the secretness of the input of its
// name, at every depth, as the engine does it for providers that know no secrets.
func conceal(outputs, inputs resource.PropertyMap) {
	for key, input := range inputs {
		if output, ok := outputs[key]; ok {
			outputs[key] = concealValue(output, input)
		}
	}
}

func concealValue(output, input resource.PropertyValue) resource.PropertyValue {
	switch {
	case input.IsSecret(), input.IsOutput() && input.OutputValue().Secret:
		if output.IsSecret() {
			return output
		}
		return resource.MakeSecret(output)
	case input.IsObject() && output.IsObject():
		conceal(output.ObjectValue(), input.ObjectValue())
	case input.IsArray() && output.IsArray() && len(input.ArrayValue()) == len(output.ArrayValue()):
		for i, element := range input.ArrayValue() {
			output.ArrayValue()[i] = concealValue(output.ArrayValue()[i], element)
		}
	}
	return output
}
