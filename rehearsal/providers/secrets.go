package providers

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// copySecrets makes an output secret if the input of the same name is, at every depth, as the engine does for providers
// without support for secrets.
func copySecrets(outputs, inputs resource.PropertyMap) {
	for key, input := range inputs {
		if output, ok := outputs[key]; ok {
			outputs[key] = copySecret(output, input)
		}
	}
}

func copySecret(output, input resource.PropertyValue) resource.PropertyValue {
	switch {
	case input.IsSecret(), input.IsOutput() && input.OutputValue().Secret:
		if output.IsSecret() {
			return output
		}
		return resource.MakeSecret(output)
	case input.IsObject() && output.IsObject():
		copySecrets(output.ObjectValue(), input.ObjectValue())
	case input.IsArray() && output.IsArray() && len(input.ArrayValue()) == len(output.ArrayValue()):
		for i, element := range input.ArrayValue() {
			output.ArrayValue()[i] = copySecret(output.ArrayValue()[i], element)
		}
	}
	return output
}
