package world

import (
	"errors"
	"strings"
)

// ErrUnreachable is in the error of every call to a cluster that the caller cannot reach: it is deleted, cut off, or
// does not authenticate the caller.
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

var endpointAnswers = rule("a cluster's endpoint can be reached from the caller's network",
	unreachable+`Get %q: dial tcp: i/o timeout`, unreachableSource+"; https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")

var privateAnswers = rule("a private endpoint can be reached inside its VPC, and from outside through a proxy in it",
	unreachable+`Get %q: dial tcp %s:443: i/o timeout`, "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html#private-access")

// apiAnswers refuses every call of an operator outside the VPC to a private API, unless the caller uses a proxy.
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

// Answers reports whether an API server can be reached from the operator's network without a proxy. An address of no
// cluster can.
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

// cutOff is the fact that a cluster's endpoint cannot be reached from its operators' network.
const cutOff = "cutOff"

// CutOff makes a cluster's endpoint unreachable from outside its VPC, and Reconnect makes it reachable again. The
// cluster itself continues to work.
func (w *World) CutOff(cluster string) { w.setCutOff(cluster, true) }

// Reconnect reverses CutOff.
func (w *World) Reconnect(cluster string) { w.setCutOff(cluster, false) }

func (o *Object) cutOff() bool { return o != nil && o.flag(cutOff) }

func (w *World) setCutOff(cluster string, off bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.get(clusterType, cluster); o != nil {
		o.learn(cutOff, off)
	}
}

// kubectl returns a kubectl command for one object, with further words after its name.
func kubectl(verb string, o *Object, more ...string) string {
	kind, namespace, name := strings.ToLower(lastOf(o.Type, ":")), "", o.ID
	if before, after, ok := strings.Cut(o.ID, "/"); ok {
		namespace, name = " --namespace "+before, after
	}
	return strings.Join(append([]string{"kubectl", verb, kind, name + namespace}, more...), " ")
}
