package eks

import (
	"eksnet/rehearsal/world/store"
)

var (
	ClusterActive = store.NewRule("a cluster whose creation failed takes neither node groups nor add-ons, and is not updated",
		"%s, InvalidRequestException: Cluster '%s' is not in ACTIVE status",
		"https://github.com/eksctl-io/eksctl/issues/2244")
)

// CreateFailed is the status of a node group or an add-on whose creation failed. A cluster's is FAILED, and a NAT
// gateway's and an endpoint's failed.
const CreateFailed = "CREATE_FAILED"
