package world

import "time"

// kind is the implementation of one resource type. A file holds the kinds of one AWS or Kubernetes concept, and
// kinds.go lists them all.
type kind struct {
	// typ is the Pulumi token.
	typ string
	// name is the property that the provider fills with an automatic name, "" for none.
	name string
	// defaults are the inputs that the provider fills in when they are absent.
	defaults Properties
	// forceNew are the properties that cannot be changed in place (provider documentation: "Forces new resource").
	forceNew []string

	// tagged kinds have the provider's default tags besides their own.
	tagged bool

	// check refuses inputs that the provider itself refuses without a call; nil if there are none.
	check func(inputs Properties) []Failure
	// create validates the inputs, sets o.ID and o.Outputs and changes other objects that AWS changes with it. The
	// object is stored after create returns nil or *Incomplete.
	create func(c *call, o *Object) error
	// update validates the new inputs of o against the current object (old) and sets o.Outputs. If nil, nothing is
	// validated.
	update func(c *call, o, old *Object) error
	// await returns, after the actors have acted, *Incomplete if the object did not become ready. If nil, it is ready
	// at once.
	await func(c *call, o *Object) error
	// remove refuses a deletion, or deletes what AWS deletes with the object. If nil, every deletion is allowed.
	remove func(c *call, o *Object) error
	// keeps reports whether the object remains after its deletion, as a log group that is only removed from the state.
	// If nil, it never does.
	keeps func(o *Object) bool
	// read updates outputs that actors changed. If nil, outputs are not changed by actors.
	read func(c *call, o *Object)

	// creation and deletion are the times that AWS needs, for the rehearsal's clock (medians).
	creation, deletion time.Duration
}

// call is one request of one client. Its methods and fields are used with the lock held.
type call struct {
	*World
	tags    map[string]string // the provider's default tags
	cluster string            // the EKS cluster of a Kubernetes client
	caller  caller            // for EKS's access entries and STS
	terms   Terms             // what the engine passes with the call besides its inputs
}

// function implements an invoke such as aws:index/getPartition:getPartition.
type function func(c *call, args Properties) (Properties, error)
