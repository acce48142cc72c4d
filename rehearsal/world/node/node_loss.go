package node

import (
	"eksnet/rehearsal/world/store"
)

// DetachInterface detaches an interface of the CNI, which then remains.
func DetachInterface(eni *store.Object) {
	eni.Set("status", "available")
	eni.Set("instance", "")
	eni.Set("pods", []any{})
}
