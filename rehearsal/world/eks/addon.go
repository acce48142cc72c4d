package eks

import (
	"encoding/json"

	"eksnet/rehearsal/world/store"
)

// Addon is an add-on of a cluster. It is defined here, below package addon, because the CNI depends on its
// configuration.
type Addon struct {
	Cluster       string `json:"clusterName"`
	Name          string `json:"addonName"`
	Version       string `json:"addonVersion"`
	ARN           string `json:"arn"`
	Configuration string `json:"configurationValues"` // in JSON
	RoleARN       string `json:"serviceAccountRoleArn"`

	PodIdentities []PodIdentity `json:"podIdentityAssociations"`

	Conflicts         string `json:"resolveConflicts"`
	ConflictsOnCreate string `json:"resolveConflictsOnCreate"`
	Preserve          bool   `json:"preserve"`

	Status string `json:"status"` // a fact: ACTIVE, DEGRADED or CREATE_FAILED
}

// PodIdentity is the role of a service account by EKS Pod Identity.
type PodIdentity struct {
	ServiceAccount string `json:"serviceAccount"`
	RoleARN        string `json:"roleArn"`
}

// AddonOf returns the properties of an add-on.
func AddonOf(o *store.Object) *Addon { return store.Decode[Addon](o) }

// CreateFailed is the status of a node group or an add-on whose creation failed. A cluster's is FAILED, and a NAT
// gateway's and an endpoint's failed.
const CreateFailed = "CREATE_FAILED"

// Configuration returns an add-on's settings.
func Configuration(addon *store.Object) map[string]any {
	var values map[string]any
	if addon == nil || json.Unmarshal([]byte(AddonOf(addon).Configuration), &values) != nil {
		return nil
	}
	return values
}
