package eks

import (
	"eksnet/rehearsal/world/store"
)

// Kinds returns the resource types of EKS except node groups and add-ons.
func Kinds() []*store.Kind {
	return []*store.Kind{clusterKind(), accessEntryKind(), accessPolicyAssociationKind(), podIdentityKind()}
}

// Functions returns the invokes about clusters.
func Functions() map[string]store.Function {
	return map[string]store.Function{
		"aws:eks/getCluster:getCluster":   getCluster,
		"aws:eks/getClusters:getClusters": getClusters,
	}
}
