package world

import (
	"strings"

	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/ec2"
	ekspkg "eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/logs"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// failures are the types with a state for a failed creation, with the function that removes what AWS removes.
var failures = map[string]func(*store.Account, *store.Object){
	store.NodeGroupType: func(w *store.Account, o *store.Object) {
		for _, node := range nodepkg.NodesOf(w, o) {
			nodepkg.TerminateNode(w, node)
		}
		o.Set("status", ekspkg.CreateFailed)
	},
	store.AddonType:   func(_ *store.Account, o *store.Object) { o.Learn("status", ekspkg.CreateFailed) },
	store.ClusterType: func(_ *store.Account, o *store.Object) { o.Set("status", "FAILED") },
	store.NatType: func(w *store.Account, o *store.Object) {
		ec2.TakeBackNAT(w, o)
		for _, property := range []string{"associationId", "networkInterfaceId", "privateIp", "publicIp"} {
			o.Set(property, "")
		}
		o.Learn("state", "failed")
	},
	store.EndpointType: func(w *store.Account, o *store.Object) { ec2.FailEndpoint(w, o) },
	store.ReleaseType:  func(_ *store.Account, o *store.Object) { helm.FailRelease(o) },
}

// CanFail reports whether a type has a state for a failed creation.
func CanFail(typ string) bool { return failures[typ] != nil }

// FailCreate makes a creation fail after AWS or Helm accepted the request. It reports whether the type has a state for
// that.
func (w *World) FailCreate(typ, id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	fail := failures[typ]
	if fail == nil {
		return false
	}
	for _, o := range w.All(typ, func(o *store.Object) bool { return o.ID == id }) {
		fail(w.Account, o)
		w.Settle()
	}
	return true
}

// InterruptRelease leaves a release as if the process that installed or upgraded it was killed after it sent the
// objects and before it stored the result.
func (w *World) InterruptRelease(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.All(store.ReleaseType, func(o *store.Object) bool { return o.ID == id }) {
		helm.InterruptRelease(o)
	}
}

// Unfinished returns the command that resolves a pending release, "" for one that is not pending.
func (w *World) Unfinished(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := store.FirstOf(w.All(store.ReleaseType, func(o *store.Object) bool { return o.ID == id && helm.IsPending(o) }))
	switch {
	case o == nil:
		return ""
	case helm.CanRollBack(o):
		return strings.Replace(cleanup.RemovalCommand(w.Account, o), "uninstall", "rollback", 1)
	}
	return cleanup.RemovalCommand(w.Account, o)
}

// rollBack does what `helm rollback` does.
func (w *World) rollBack(id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.All(store.ReleaseType, func(o *store.Object) bool { return o.ID == id }) {
		if err := helm.RollBack(w.Account, o); err != nil {
			return err
		}
	}
	return nil
}

// DeliverLateLogs delivers the last events of deleted clusters. On AWS this may happen after each destroy, or not.
func (w *World) DeliverLateLogs() {
	w.change(func() {
		for _, late := range w.All(store.LateLogsType) {
			w.Drop(late)
			if w.Get(store.LogGroupType, late.ID) == nil {
				logs.MakeLogGroup(w.Account, late.ID)
			}
		}
	})
}

// MayAppear returns what AWS may create after everything was destroyed, with the command that removes it then.
func (w *World) MayAppear() []cleanup.Leftover {
	w.mu.Lock()
	defer w.mu.Unlock()
	var may []cleanup.Leftover
	for _, late := range w.All(store.LateLogsType, func(o *store.Object) bool { return w.Get(store.LogGroupType, o.ID) == nil }) {
		group := &store.Object{Type: store.LogGroupType, ID: late.ID, Owner: "eks"}
		may = append(may, cleanup.Leftover{Type: store.LogGroupType, ID: late.ID, Owner: "eks", Reason: "EKS delivers the last log events of a deleted cluster for some minutes, and makes the group again for them", Remove: cleanup.RemovalCommand(w.Account, group)})
	}
	return may
}

// LoseNodes terminates every instance of the node groups without a drain, at the moment when its CNI has detached its
// own interfaces and not yet deleted them: these remain, available, and use their subnet and security group. Auto
// Scaling starts others instead (https://github.com/aws/amazon-vpc-cni-k8s/issues/1223).
func (w *World) LoseNodes() {
	w.replaceNodes(func(node *store.Object) {
		for _, eni := range ec2.InterfacesOn(w.Account, node) {
			if eni.Owner == "vpc-cni" {
				nodepkg.DetachInterface(eni)
			}
		}
	})
}

// ReplaceNodes terminates every instance of the node groups and starts another one instead, as a Spot interruption, a
// repair or a new image does. Pods move to the new nodes as far as those have what pods need.
func (w *World) ReplaceNodes() { w.replaceNodes(func(*store.Object) {}) }

func (w *World) replaceNodes(terminates func(node *store.Object)) {
	w.change(func() {
		for _, group := range w.All(store.NodeGroupType) {
			for _, node := range nodepkg.NodesOf(w.Account, group) {
				terminates(node)
				nodepkg.TerminateNode(w.Account, node)
				// Auto Scaling continues to try if it cannot launch: the node group lacks nodes.
				_ = nodepkg.ScaleNodeGroup(w.Account, group, nodepkg.Degraded)
				w.Settle()
			}
		}
	})
}

// Answers reports whether an API server can be reached from the operator's network without a proxy. An address of no
// cluster can.
func (w *World) Answers(server string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, eks := range w.With(store.ClusterType, "endpoint", server) {
		if ekspkg.IsCutOff(eks) || ekspkg.APIAnswers(w.Account, eks, "", server) != nil {
			return false
		}
	}
	return true
}

// CutOff makes a cluster's endpoint unreachable from outside its VPC, and Reconnect makes it reachable again. The
// cluster itself continues to work.
func (w *World) CutOff(cluster string) { w.setCutOff(cluster, true) }

// Reconnect reverses CutOff.
func (w *World) Reconnect(cluster string) { w.setCutOff(cluster, false) }

func (w *World) setCutOff(cluster string, off bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.Get(store.ClusterType, cluster); o != nil {
		o.Learn(ekspkg.CutOffFact, off)
	}
}
