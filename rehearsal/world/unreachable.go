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

var privateAnswers = rule("a private endpoint answers inside its VPC, and outside by a proxy that stands there",
	unreachable+`Get %q: dial tcp %s:443: i/o timeout`, "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html#private-access")

// apiAnswers refuses every call of an operator outside the VPC to an API that is private alone, unless a proxy is the way there.
func (w *World) apiAnswers(eks *Object, proxy, server string) error {
	if eks == nil || !w.options.Outside {
		return nil
	}
	address := ""
	for _, eni := range w.interfacesOf("Amazon EKS " + eks.ID) {
		address = eni.text("privateIp")
	}
	return privateAnswers.when(!eks.flag("vpcConfig.endpointPublicAccess") && proxy == "", server, address)
}

// Answers tells whether an API server answers whoever asks it where the operator stands, without a proxy. An address of no cluster does.
func (w *World) Answers(server string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, eks := range w.with(clusterType, "endpoint", server) {
		if eks.cutOff() || w.apiAnswers(eks, "", server) != nil {
			return false
		}
	}
	return true
}

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
