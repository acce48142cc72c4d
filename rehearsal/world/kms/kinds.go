package kms

import (
	"eksnet/rehearsal/world/store"
)

// Kinds returns the resource types of KMS.
func Kinds() []*store.Kind { return []*store.Kind{keyKind(), aliasKind()} }
