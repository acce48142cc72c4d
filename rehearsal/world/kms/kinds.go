package kms

import (
	"eksnet/rehearsal/world/store"
)

// Kinds returns the resource types of KMS.
func Kinds() []*store.Kind { return []*store.Kind{keyKind(), aliasKind()} }

// Functions returns the functions of KMS.
func Functions() map[string]store.Function {
	return map[string]store.Function{"aws:kms/getAlias:getAlias": getAlias}
}
