package iam

import (
	"eksnet/rehearsal/world/store"
)

// Kinds returns the resource types of IAM.
func Kinds() []*store.Kind {
	return []*store.Kind{roleKind(), attachmentKind(), policyKind(), rolePolicyKind(), oidcProviderKind()}
}
