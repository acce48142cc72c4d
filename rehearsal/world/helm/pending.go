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

// previousInputs is the fact that holds the inputs of a release before its last upgrade.
const previousInputs = "previous"

// IsPending reports whether an operation on a release did not end.
func IsPending(release *store.Object) bool {
	return strings.HasPrefix(ReleaseOf(release).Status.Status, "pending-")
}

// CanRollBack reports whether a pending release has an earlier revision: there is none before an install.
func CanRollBack(release *store.Object) bool {
	return ReleaseOf(release).Status.Status != pendingInstall
}

// InterruptRelease leaves a release as if the process that installed or upgraded it was killed after it sent the
// objects and before it stored the result.
func InterruptRelease(release *store.Object) {
	status := pendingInstall
	if ReleaseOf(release).Status.Revision > 1 {
		status = pendingUpgrade
	}
	setStatus(release, status)
}

// RollBack does what `helm rollback` does: it deploys a release with the inputs before its last upgrade, as another
// revision.
func RollBack(w *store.Account, release *store.Object) error {
	before, upgraded := release.Facts[previousInputs].(map[string]any)
	if err := ReleaseRevision.When(!upgraded, ReleaseOf(release).Status.Revision-1); err != nil || !upgraded {
		return err
	}
	o := &store.Object{Type: release.Type, ID: release.ID, Cluster: release.Cluster, Owner: release.Owner, Inputs: store.Clone(before)}
	setStatus(release, superseded)
	if err := upgradeRelease(w, o, release); err != nil {
		return err
	}
	w.Put(o)
	w.Settle()
	return nil
}
