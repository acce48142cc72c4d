package world

import (
	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/externaldns"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/store"
)

// Leftovers are the resources that remain in the account and belong to no stack, except what AWS keeps itself and keys
// that are pending deletion. They are in the order in which the commands work: what others depend on is last.
func (w *World) Leftovers() []cleanup.Leftover { return w.Orphans(nil) }

// Pending are the resources that AWS deletes automatically: keys that are pending deletion, which cost nothing, and
// interfaces of deleted load balancers.
func (w *World) Pending() []cleanup.Leftover {
	w.mu.Lock()
	defer w.mu.Unlock()
	return cleanup.PendingDeletions(w.Account)
}

// Orphans are the resources in the account that remain when the resources of a stack are deleted: nothing else deletes
// them, so the operator must. known reports whether a type and ID is a resource of the stack; if nil, there is no
// stack.
//
// Resources that AWS deletes automatically or with another one are left out: a load balancer's interfaces, the objects
// in a cluster. So each command deletes the resource that it names, and they work in this order.
func (w *World) Orphans(known func(typ, id string) bool) []cleanup.Leftover {
	held := w.Clone().heldReleases()
	w.mu.Lock()
	defer w.mu.Unlock()
	return append(held, cleanup.FindOrphans(w.Account, known)...)
}

// heldReleases returns the releases that Helm does not delete, because a Job that it runs before cannot run itself. The
// Job starts pods, so this changes the account.
func (w *World) heldReleases() []cleanup.Leftover {
	var held []cleanup.Leftover
	for _, o := range w.All(store.ReleaseType) {
		if w.Get(store.ClusterType, o.Cluster) == nil {
			continue
		}
		jobs, err := helm.PreDeleteJobs(w.Account, o)
		for i := 0; err == nil && i < len(jobs); i++ {
			if err := externaldns.CheckJob(w.Account, o.Cluster, jobs[i]); err != nil {
				held = append(held, cleanup.HeldRelease(w.Account, o, jobs[i].Name, err))
			}
		}
	}
	return held
}

// MadeBy returns the ID of what a create with these inputs created, "" if it created nothing: what an operator finds
// who looks for it in the console. known reports whether a resource is already in a stack; inputs may hold what Pulumi
// stores beside them.
func (w *World) MadeBy(typ string, inputs store.Properties, known func(typ, id string) bool) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return cleanup.FindMadeBy(w.Account, typ, inputs, known)
}
