package eks

import (
	"errors"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

// ErrUnreachable is in the error of every call to a cluster that the caller cannot reach: it is deleted, cut off, or
// does not authenticate the caller.
var ErrUnreachable = errors.New("the cluster is unreachable")

type unreached struct{ error }

func (u *unreached) Unwrap() error { return u.error }

func (u *unreached) Is(target error) bool { return target == ErrUnreachable }

// Unanswered marks the error of a call that did not reach its cluster.
func Unanswered(err error) error {
	if err == nil {
		return nil
	}
	return &unreached{err}
}

var EndpointAnswers = store.NewRule("a cluster's endpoint can be reached from the caller's network",
	unreachable+`Get %q: dial tcp: i/o timeout`, unreachableSource+"; https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")

var PrivateAnswers = store.NewRule("a private endpoint can be reached inside its VPC, and from outside through a proxy in it",
	unreachable+`Get %q: dial tcp %s:443: i/o timeout`, "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html#private-access")

// APIAnswers refuses every call of an operator outside the VPC to a private API, unless the caller uses a proxy.
func APIAnswers(w *store.Account, eks *store.Object, proxy, server string) error {
	if eks == nil || !w.Options.Outside {
		return nil
	}
	address := ""
	for _, eni := range ec2.InterfacesOf(w, "Amazon EKS "+eks.ID) {
		address = ec2.InterfaceOf(eni).PrivateIP
	}
	return PrivateAnswers.When(!ClusterOf(eks).VPC.Public() && proxy == "", server, address)
}

// CutOffFact is the fact that a cluster's endpoint cannot be reached from its operators' network.
const CutOffFact = "cutOff"

// IsCutOff reports whether a cluster's endpoint cannot be reached from its operators' network.
func IsCutOff(o *store.Object) bool { return o != nil && ClusterOf(o).CutOff }
