package helm

import (
	"strings"

	"eksnet/rehearsal/world/store"
)

// If the process of an operation is killed, the release stays pending, and Helm only allows its removal or a rollback.
var (
	ReleasePending = store.NewRule("a release is upgraded only if no other operation on it is pending",
		`another operation (install/upgrade/rollback) is in progress`, "https://github.com/helm/helm/blob/v3.18.5/pkg/action/upgrade.go (prepareUpgrade); https://github.com/pulumi/pulumi-kubernetes/issues/2054")
	ReleaseRevision = store.NewRule("a release is rolled back to an existing revision",
		`release has no %d version`, "https://github.com/helm/helm/blob/v3.18.5/pkg/action/rollback.go")
)

// PreviousInputs is the fact that holds the inputs of a release before its last upgrade.
const PreviousInputs = "previous"

// HelmStatus returns a release's status as Helm stores it.
func HelmStatus(release *store.Object) string {
	status, _ := release.At("status.status").(string)
	return status
}

func Pending(release *store.Object) bool { return strings.HasPrefix(HelmStatus(release), "pending-") }
