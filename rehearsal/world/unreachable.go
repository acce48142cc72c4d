package world

import (
	"errors"
	"strings"
)

// ErrUnreachable is in the error of every call to a cluster that does not answer the caller: it is gone, cut off, or does not
// know who asks.
var ErrUnreachable = errors.New("the cluster is unreachable")

type unreached struct{ error }

func (u *unreached) Unwrap() error { return u.error }

func (u *unreached) Is(target error) bool { return target == ErrUnreachable }

// unanswered marks the error of a call that did not reach its cluster.
func unanswered(err error) error {
	if err == nil {
		return nil
	}
	return &unreached{err}
}

var endpointAnswers = rule("a cluster's endpoint answers from where the caller is",
	unreachable+`Get %q: dial tcp: i/o timeout`, unreachableSource+"; https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")

// cutOff is the fact that no way leads to a cluster's endpoint from where its operators are.
const cutOff = "cutOff"

// CutOff takes the way to a cluster's endpoint from everybody outside its VPC, and Reconnect gives it back. The cluster
// itself goes on working.
func (w *World) CutOff(cluster string) { w.setCutOff(cluster, true) }

// Reconnect ends what CutOff began.
func (w *World) Reconnect(cluster string) { w.setCutOff(cluster, false) }

func (o *Object) cutOff() bool { return o != nil && o.flag(cutOff) }

func (w *World) setCutOff(cluster string, off bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.get(clusterType, cluster); o != nil {
		o.learn(cutOff, off)
	}
}

// kubectl is the form of a kubectl command on one object, with what follows its name.
func kubectl(verb string, o *Object, more ...string) string {
	kind, namespace, name := strings.ToLower(lastOf(o.Type, ":")), "", o.ID
	if before, after, ok := strings.Cut(o.ID, "/"); ok {
		namespace, name = " --namespace "+before, after
	}
	return strings.Join(append([]string{"kubectl", verb, kind, name + namespace}, more...), " ")
}
