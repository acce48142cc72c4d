package eks

import (
	"eksnet/rehearsal/world/logs"
	"eksnet/rehearsal/world/store"
)

// WatchControlPlaneLogs adds a cluster, and that of a log group.
func WatchControlPlaneLogs(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	switch changed.Type {
	case store.ClusterType:
		add(changed.Key())
	case store.LogGroupType:
		return false
	}
	return true
}

// WriteControlPlaneLogs does what EKS does while a cluster with logs exists: it creates a missing log group, without
// retention, and never deletes it (https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html).
func WriteControlPlaneLogs(w *store.Account, item store.Key) (bool, error) {
	cluster := w.Get(store.ClusterType, item.ID)
	if cluster == nil {
		return false, nil
	}
	name := logs.ControlPlaneLogs(cluster.ID)
	if len(ClusterOf(cluster).LogTypes) == 0 || w.Get(store.LogGroupType, name) != nil {
		return false, nil
	}
	logs.MakeLogGroup(w, name)
	return true, nil
}

// expectLateLogs records that events of a deleted cluster may still be delivered.
func expectLateLogs(w *store.Account, cluster *store.Object) {
	if len(ClusterOf(cluster).LogTypes) > 0 {
		w.Put(&store.Object{Type: store.LateLogsType, ID: logs.ControlPlaneLogs(cluster.ID), Owner: "eks"})
	}
}

// forgetLateLogs removes the mark once a cluster of the name exists again: EKS then writes the events of the new one.
func forgetLateLogs(w *store.Account, cluster string) {
	if o := w.Get(store.LateLogsType, logs.ControlPlaneLogs(cluster)); o != nil {
		w.Drop(o)
	}
}
