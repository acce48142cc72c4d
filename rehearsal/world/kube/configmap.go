package kube

import (
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/store"
)

var ConfigMapImmutable = store.NewRule("an immutable ConfigMap keeps its data",
	`ConfigMap %q is invalid: data: Forbidden: field is immutable when `+"`immutable` is set",
	apiServerValidation+" (ValidateConfigMapUpdate)")

// A changed ConfigMap is replaced, unless the provider is configured otherwise (pulumi-kubernetes, provider/diff.go).
func configMapKind() *store.Kind {
	return kindOf(store.ConfigMapType, nil, "data", "binaryData")
}

func validateConfigMap(o, old *store.Object) error {
	if old == nil {
		return nil
	}
	before := Live[corev1.ConfigMap](old)
	if before.Immutable == nil || !*before.Immutable {
		return nil
	}
	return ConfigMapImmutable.When(!store.Equal(o.Outputs["data"], old.Outputs["data"]) ||
		!store.Equal(o.Outputs["binaryData"], old.Outputs["binaryData"]), Name(o))
}
