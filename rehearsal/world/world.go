// Package world is a simulated AWS account with its EKS clusters. It accepts what AWS and Kubernetes accept and refuses
// what they refuse, with their error texts, and it holds what no program owns: what EKS, the controllers and the nodes
// make by themselves. Every refusal comes from a Rule that cites its source.
//
// Nothing in it waits: a call that would wait on AWS for something that cannot come is refused with the error that the
// wait would end with.
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
	file    *journal.Journal // nil for a world that is not kept
	from    string           // the file that it was loaded from, "" for a new world
	onDisk  bool             // whether the file holds what is not unsaved

	mu sync.Mutex
	*store
	queues   []queue // of the actors, in their order
	sequence int
	region   string // the one region in which the account is used, "" before its first use

	at    key // the resource whose call is being answered
	waits []Wait
}

// Options are the facts about the account that no call changes.
type Options struct {
	// Account is the twelve-digit account id.
	Account string
	// Endpoint is the address that a cluster's API server answers health checks on, such as https://127.0.0.1:41234.
	Endpoint string
	// Authority is the certificate authority of that server, in PEM; clusters show it as their own. Without one they show a text.
	Authority string
	// Outside tells that the operator stands outside the VPC: a private endpoint then answers by a proxy alone.
	Outside bool
	// Chart is the folder of the load balancer controller's Helm chart.
	Chart string
	// Published are further places and versions of that chart, see PublishChart.
	Published []PublishedChart
	// Verify makes the world check, after each call, that the actors have nothing to do that their queues miss. It is slow.
	Verify bool
	// Changed is called after each change, with the world unlocked; nil for none.
	Changed func()
}

// New is an account in which nothing has been made.
func New(options Options) *World {
	w := &World{options: options, store: newStore(), queues: newQueues()}
	if options.Verify {
		w.verifier = &verifier{map[key]bool{}, map[key]string{}}
	}
	return w
}

// get returns a resource of the account, nil where there is none.
func (w *World) get(typ, id string) *Object { return w.objects[key{"", typ, id}] }

// find returns an object of a cluster, nil where there is none.
func (w *World) find(cluster, typ, id string) *Object { return w.objects[key{cluster, typ, id}] }

// all returns the objects of a type that satisfy the conditions, by cluster and id. The type "" is every type.
func (w *World) all(typ string, conditions ...func(*Object) bool) []*Object {
	return only(w.table(typ).objects, conditions)
}

// with returns those that have a value for a property. It finds them by an index.
func (w *World) with(typ, property, value string, conditions ...func(*Object) bool) []*Object {
	return only(w.lookup(typ, property, value, func(o *Object) []string { return []string{o.text(property)} }), conditions)
}

// holding returns those of which a property is a list with a value. It finds them by an index.
func (w *World) holding(typ, property, value string, conditions ...func(*Object) bool) []*Object {
	return only(w.lookup(typ, property+"[]", value, func(o *Object) []string { return o.texts(property) }), conditions)
}

// only returns the objects that satisfy all conditions, in a list of its own.
func only(objects []*Object, conditions []func(*Object) bool) []*Object {
	var found []*Object
	for _, o := range objects {
		if !slices.ContainsFunc(conditions, func(holds func(*Object) bool) bool { return !holds(o) }) {
			found = append(found, o)
		}
	}
	return found
}

// where is a condition on a string property of an object.
func where(property, value string) func(*Object) bool {
	return func(o *Object) bool { return o.text(property) == value }
}

// newID is an identifier that AWS would give out: prefix and 17 hexadecimal digits.
func (w *World) newID(prefix string) string {
	w.sequence++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", w.options.Account, prefix, w.sequence))
	return prefix + "0" + hex.EncodeToString(sum[:])[:16]
}
