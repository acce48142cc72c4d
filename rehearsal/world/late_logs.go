package world

// lateLogsType marks that a control plane with logs was deleted: EKS delivers its last events for some minutes after,
// and creates their log group again if it is missing, without retention and tags. It does so with its own
// service-linked role, so no policy of the cluster's role prevents it
// (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/920, #1019, #2446, #2763).
const lateLogsType = "eks:late-logs"

// expectLateLogs records that events of a deleted cluster may still be delivered.
func (w *World) expectLateLogs(cluster *Object) {
	if len(cluster.texts("enabledClusterLogTypes")) > 0 {
		w.put(&Object{Type: lateLogsType, ID: controlPlaneLogs(cluster.ID), Owner: "eks"})
	}
}

// forgetLateLogs removes the mark once a cluster of the name exists again: EKS then writes the events of the new one.
func (w *World) forgetLateLogs(cluster string) {
	if o := w.get(lateLogsType, controlPlaneLogs(cluster)); o != nil {
		w.drop(o)
	}
}

// DeliverLateLogs delivers the last events of deleted clusters. On AWS this may happen after each destroy, or not.
func (w *World) DeliverLateLogs() {
	w.mu.Lock()
	for _, late := range w.all(lateLogsType) {
		w.drop(late)
		if w.get(logGroupType, late.ID) == nil {
			w.makeLogGroup(late.ID)
		}
	}
	w.mu.Unlock()
	if changed := w.options.Changed; changed != nil {
		changed()
	}
}

// MayAppear returns what AWS may create after everything was destroyed, with the command that removes it then.
func (w *World) MayAppear() []Leftover {
	w.mu.Lock()
	defer w.mu.Unlock()
	var may []Leftover
	for _, late := range w.all(lateLogsType, func(o *Object) bool { return w.get(logGroupType, o.ID) == nil }) {
		group := &Object{Type: logGroupType, ID: late.ID, Owner: "eks"}
		may = append(may, Leftover{Type: logGroupType, ID: late.ID, Owner: "eks", Reason: "EKS delivers the last log events of a deleted cluster for some minutes, and makes the group again for them", Remove: w.removal(group)})
	}
	return may
}
