package store

import "slices"

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

// Endpoint returns the address of clusters' API servers, which never changes.
func (w *Account) Endpoint() string { return w.Options.Endpoint }

// Get returns a resource of the account, nil if there is none.
func (w *Account) Get(typ, id string) *Object { return w.Objects[Key{"", typ, id}] }

// Find returns an object of a cluster, nil if there is none.
func (w *Account) Find(cluster, typ, id string) *Object { return w.Objects[Key{cluster, typ, id}] }

// All returns the objects of a type that satisfy the conditions, by cluster and ID. The type "" is every type.
func (w *Account) All(typ string, conditions ...func(*Object) bool) []*Object {
	return Filter(w.Table(typ).Objects, conditions)
}

// With returns the objects with a value of a property. It finds them by an index.
func (w *Account) With(typ, property, value string, conditions ...func(*Object) bool) []*Object {
	return Filter(w.Lookup(typ, property, value, func(o *Object) []string { return []string{o.Text(property)} }), conditions)
}

// Holding returns the objects of which a property is a list with a value. It finds them by an index.
func (w *Account) Holding(typ, property, value string, conditions ...func(*Object) bool) []*Object {
	return Filter(w.Lookup(typ, property+"[]", value, func(o *Object) []string { return o.Texts(property) }), conditions)
}

// Filter returns the objects that satisfy all conditions, in a new list.
func Filter(objects []*Object, conditions []func(*Object) bool) []*Object {
	var found []*Object
	for _, o := range objects {
		if !slices.ContainsFunc(conditions, func(holds func(*Object) bool) bool { return !holds(o) }) {
			found = append(found, o)
		}
	}
	return found
}

// HasProperty returns a condition on a string property of an object.
func HasProperty(property, value string) func(*Object) bool {
	return func(o *Object) bool { return o.Text(property) == value }
}
