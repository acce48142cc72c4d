package node

import (
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

// HopLimit returns the response hop limit of a node's metadata service: its own network namespace, or more if the
// launch template sets it (https://docs.aws.amazon.com/eks/latest/userguide/al2023.html).
func HopLimit(w *store.Account, node *store.Object) int {
	if group := w.Get(store.NodeGroupType, NodeOf(node).Group); group != nil {
		if template := templateOf(w, group); template != nil && template.Number("metadataOptions.httpPutResponseHopLimit") > 0 {
			return template.Number("metadataOptions.httpPutResponseHopLimit")
		}
	}
	return 1
}

// mayPull refuses a private image that the node's role may not pull.
func mayPull(w *store.Account, node *store.Object, image string) error {
	role := eks.RoleOfNode(w, node)
	for _, action := range []string{"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} {
		if err := ImageAllowed.When(!iam.Allowed(w, role, action, "*", nil), image, IDText(role), action); err != nil {
			return err
		}
	}
	return nil
}
