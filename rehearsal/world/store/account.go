package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Caller is the identity of a caller, as STS returns it.
type Caller struct {
	// ARN is the caller's ARN: a user, or a session of a role.
	ARN string
	// Principal is the ARN that EKS uses for the caller: the user, or the role of the session.
	Principal string
}

// SignIn holds the credentials of a client. The zero value is the operator's own.
type SignIn struct {
	// Profile is a profile of the operator's AWS configuration. Its content is not available here: it counts as a user
	// of its name.
	Profile string
	// Role is the ARN of a role that the caller assumes, and Session the name of the session.
	Role, Session string
}

// Account returns the caller's account, which the provider reports.
func (c Caller) Account() string { return strings.SplitN(c.Principal+":::::", ":", 6)[4] }

// PublishedChart is a place of the load balancer controller's chart beside the one that it comes from: Chart and
// Repository are those inputs of a release, where Chart is an oci:// address without a Repository.
type PublishedChart struct{ Chart, Repository, Version string }

// Endpoint returns the address of clusters' API servers, which never changes.
func (w *Account) Endpoint() string { return w.Options.Endpoint }

// Account is what the services and the controllers share: the objects of the account and its clusters. It is used with
// the lock of the World held.
type Account struct {
	Options Options
	*Store
	Sequence int
	Region   string // the one region in which the account is used, "" before its first use

	At    Key // the resource of the current call
	Waits []Wait
	// Settle lets the actors act until none has anything left to do.
	Settle func()
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
	// Published holds further repositories and versions of that chart, see PublishChart.
	Published []PublishedChart
	// Verify checks, after each call, that the queues of the actors miss no item. It is slow.
	Verify bool
	// Changed is called after each change, without the lock; nil for none.
	Changed func()
}

// Get returns a resource of the account, nil if there is none.
func (w *Account) Get(typ, id string) *Object { return w.Objects[Key{"", typ, id}] }

// Find returns an object of a cluster, nil if there is none.
func (w *Account) Find(cluster, typ, id string) *Object { return w.Objects[Key{cluster, typ, id}] }

// All returns the objects of a type that satisfy the conditions, by cluster and ID. The type "" is every type.
func (w *Account) All(typ string, conditions ...func(*Object) bool) []*Object {
	return Only(w.Table(typ).Objects, conditions)
}

// With returns the objects with a value of a property. It finds them by an index.
func (w *Account) With(typ, property, value string, conditions ...func(*Object) bool) []*Object {
	return Only(w.Lookup(typ, property, value, func(o *Object) []string { return []string{o.Text(property)} }), conditions)
}

// Holding returns the objects of which a property is a list with a value. It finds them by an index.
func (w *Account) Holding(typ, property, value string, conditions ...func(*Object) bool) []*Object {
	return Only(w.Lookup(typ, property+"[]", value, func(o *Object) []string { return o.Texts(property) }), conditions)
}

// Only returns the objects that satisfy all conditions, in a new list.
func Only(objects []*Object, conditions []func(*Object) bool) []*Object {
	var found []*Object
	for _, o := range objects {
		if !slices.ContainsFunc(conditions, func(holds func(*Object) bool) bool { return !holds(o) }) {
			found = append(found, o)
		}
	}
	return found
}

// Where returns a condition on a string property of an object.
func Where(property, value string) func(*Object) bool {
	return func(o *Object) bool { return o.Text(property) == value }
}

// NewID returns an identifier in the form of AWS: a prefix and 17 hexadecimal digits.
func (w *Account) NewID(prefix string) string {
	w.Sequence++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", w.Options.Account, prefix, w.Sequence))
	return prefix + "0" + hex.EncodeToString(sum[:])[:16]
}
