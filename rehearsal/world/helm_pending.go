package world

import "strings"

// If the process of an operation is killed, the release stays pending, and Helm only allows its removal or a rollback.
var (
	releasePending = rule("a release is upgraded only if no other operation on it is pending",
		`another operation (install/upgrade/rollback) is in progress`, "https://github.com/helm/helm/blob/v3.18.5/pkg/action/upgrade.go (prepareUpgrade); https://github.com/pulumi/pulumi-kubernetes/issues/2054")
	releaseRevision = rule("a release is rolled back to an existing revision",
		`release has no %d version`, "https://github.com/helm/helm/blob/v3.18.5/pkg/action/rollback.go")
)

// previousInputs is the fact that holds the inputs of a release before its last upgrade.
const previousInputs = "previous"

// helmStatus returns a release's status as Helm stores it.
func helmStatus(release *Object) string {
	status, _ := release.at("status.status").(string)
	return status
}

func pending(release *Object) bool { return strings.HasPrefix(helmStatus(release), "pending-") }

// InterruptRelease leaves a release as if the process that installed or upgraded it was killed after it sent the
// objects and before it stored the result.
func (w *World) InterruptRelease(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.all(releaseType, func(o *Object) bool { return o.ID == id }) {
		status := "pending-install"
		if o.number("status.revision") > 1 {
			status = "pending-upgrade"
		}
		o.set("status.status", status)
	}
}

// Unfinished returns the command that resolves a pending release, "" for one that is not pending. There is no revision
// before an install.
func (w *World) Unfinished(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := firstOf(w.all(releaseType, func(o *Object) bool { return o.ID == id && pending(o) }))
	switch {
	case o == nil:
		return ""
	case helmStatus(o) == "pending-install":
		return w.removal(o)
	}
	return strings.Replace(w.removal(o), "uninstall", "rollback", 1)
}

// rollBack does what `helm rollback` does: it deploys the release with the inputs before its last upgrade, as another
// revision.
func (w *World) rollBack(id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, old := range w.all(releaseType, func(o *Object) bool { return o.ID == id }) {
		before, had := old.Facts[previousInputs].(map[string]any)
		if err := releaseRevision.when(!had, old.number("status.revision")-1); err != nil || !had {
			return err
		}
		o := *old
		o.Inputs, o.Facts = clone(before), nil
		old.set("status.status", "superseded")
		if err := w.upgradeRelease(&o, old); err != nil {
			return err
		}
		w.put(&o)
		w.settle()
	}
	return nil
}
