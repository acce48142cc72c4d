// Package world is a simulated AWS account with its EKS clusters. It accepts what AWS and Kubernetes accept and refuses
// what they refuse, with their error texts. It also has the resources that no program owns, which EKS, the controllers
// and the nodes create. Every refusal comes from a Rule that cites its source.
//
// No call waits: a call that would wait on AWS for something that never happens is refused with the error with which
// the wait would end.
package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"eksnet/rehearsal/journal"
)

// World is one account. It is safe for concurrent use.
type World struct {
	options Options
	saving  sync.Mutex       // held while the file is written; taken before mu
	file    *journal.Journal // nil for an account without a file
	from    string           // the file that it was loaded from, "" for a new account
	onDisk  bool             // whether the file holds everything except the unsaved objects

	mu sync.Mutex
	*store
	queues   []queue // of the actors, in their order
	sequence int
	region   string // the one region in which the account is used, "" before its first use

	at    key // the resource of the current call
	waits []Wait
}

// Options are properties of the account that no call changes.
type Options struct {
	// Account is the twelve-digit account ID.
	Account string
	// Endpoint is the address at which a cluster's API server serves health checks, such as https://127.0.0.1:41234.
	Endpoint string
	// Authority is the certificate authority of that server, in PEM, which is in the outputs of clusters. Without one
	// they have a placeholder.
	Authority string
	// Outside is set if the operator is outside the VPC: a private endpoint can then be reached through a proxy only.
	Outside bool
	// Chart is the folder of the load balancer controller's Helm chart.
	Chart string
	// Verify checks, after each call, that the queues of the actors miss no item. It is slow.
	Verify bool
	// Changed is called after each change, without the lock; nil for none.
	Changed func()
}

// New returns an empty account.
func New(options Options) *World {
	w := &World{options: options, store: newStore(), queues: newQueues()}
	if options.Verify {
		w.verifier = &verifier{map[key]bool{}, map[key]string{}}
	}
	return w
}

// get returns a resource of the account, nil if there is none.
func (w *World) get(typ, id string) *Object { return w.objects[key{"", typ, id}] }

// find returns an object of a cluster, nil if there is none.
func (w *World) find(cluster, typ, id string) *Object { return w.objects[key{cluster, typ, id}] }

// all returns the objects of a type that satisfy the conditions, by cluster and ID. The type "" is every type.
func (w *World) all(typ string, conditions ...func(*Object) bool) []*Object {
	return only(w.table(typ).objects, conditions)
}

// with returns the objects with a value of a property. It finds them by an index.
func (w *World) with(typ, property, value string, conditions ...func(*Object) bool) []*Object {
	return only(w.lookup(typ, property, value, func(o *Object) []string { return []string{o.text(property)} }), conditions)
}

// holding returns the objects of which a property is a list with a value. It finds them by an index.
func (w *World) holding(typ, property, value string, conditions ...func(*Object) bool) []*Object {
	return only(w.lookup(typ, property+"[]", value, func(o *Object) []string { return o.texts(property) }), conditions)
}

// only returns the objects that satisfy all conditions, in a new list.
func only(objects []*Object, conditions []func(*Object) bool) []*Object {
	var found []*Object
	for _, o := range objects {
		if !slices.ContainsFunc(conditions, func(holds func(*Object) bool) bool { return !holds(o) }) {
			found = append(found, o)
		}
	}
	return found
}

// where returns a condition on a string property of an object.
func where(property, value string) func(*Object) bool {
	return func(o *Object) bool { return o.text(property) == value }
}

// newID returns an identifier in the form of AWS: a prefix and 17 hexadecimal digits.
func (w *World) newID(prefix string) string {
	w.sequence++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", w.options.Account, prefix, w.sequence))
	return prefix + "0" + hex.EncodeToString(sum[:])[:16]
}
