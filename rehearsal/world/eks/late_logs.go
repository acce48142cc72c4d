package eks

import (
	"eksnet/rehearsal/world/logs"
	"eksnet/rehearsal/world/store"
)

// expectLateLogs records that events of a deleted cluster may still be delivered.
func expectLateLogs(w *store.Account, cluster *store.Object) {
	if len(cluster.Texts("enabledClusterLogTypes")) > 0 {
		w.Put(&store.Object{Type: store.LateLogsType, ID: logs.ControlPlaneLogs(cluster.ID), Owner: "eks"})
	}
}

// forgetLateLogs removes the mark once a cluster of the name exists again: EKS then writes the events of the new one.
func forgetLateLogs(w *store.Account, cluster string) {
	if o := w.Get(store.LateLogsType, logs.ControlPlaneLogs(cluster)); o != nil {
		w.Drop(o)
	}
}
