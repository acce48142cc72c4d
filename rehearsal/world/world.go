// Package world is a simulated AWS account with its EKS clusters. It accepts what AWS and Kubernetes accept and refuses
// what they refuse, with their error texts, and it holds what no program owns: what EKS, the controllers and the nodes
// make by themselves. Every refusal comes from a Rule that cites its source.
//
// Nothing in it waits: a call that would wait on AWS for something that cannot come is refused with the error that the
// wait would end with.
package world

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// World is one account. It is safe for concurrent use.
type World struct {
	options Options
	saving  sync.Mutex // held while the file is written; taken before mu

	mu       sync.Mutex
	objects  map[key]*Object
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
	// Changed is called after each change, with the world unlocked; nil for none.
	Changed func()
}

// New is an account in which nothing has been made.
func New(options Options) *World {
	return &World{options: options, objects: map[key]*Object{}}
}

// put stores an object and get finds one; a missing one is nil.
func (w *World) put(o *Object) { w.objects[o.key()] = o }

func (w *World) get(typ, id string) *Object { return w.objects[key{"", typ, id}] }

func (w *World) drop(o *Object) { delete(w.objects, o.key()) }

// all are the objects of a type that satisfy the conditions, by id. The type "" is every type.
func (w *World) all(typ string, conditions ...func(*Object) bool) []*Object {
	var found []*Object
	for k, o := range w.objects {
		if (typ == "" || k.typ == typ) && !slices.ContainsFunc(conditions, func(holds func(*Object) bool) bool { return !holds(o) }) {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b *Object) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Cluster, b.Cluster), strings.Compare(a.ID, b.ID))
	})
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
