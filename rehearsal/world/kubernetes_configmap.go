package world

var configMapImmutable = rule("an immutable ConfigMap keeps its data",
	`ConfigMap %q is invalid: data: Forbidden: field is immutable when `+"`immutable` is set",
	apiServerValidation+" (ValidateConfigMapUpdate)")

// A changed ConfigMap is replaced, unless the provider is configured otherwise (pulumi-kubernetes, provider/diff.go).
func configMapKind() *kind { return kubernetesKind(configMapType, nil, "data", "binaryData") }

func validateConfigMap(o, old *Object) error {
	if old == nil || !old.flag("immutable") {
		return nil
	}
	return configMapImmutable.when(!same(o.Outputs["data"], old.Outputs["data"]) ||
		!same(o.Outputs["binaryData"], old.Outputs["binaryData"]), o.name())
}
