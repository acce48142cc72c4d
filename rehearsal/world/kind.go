package world

import "time"

// kind is what the world knows of one resource type. A file holds the kinds of one AWS or Kubernetes concept, and
// kinds.go lists them all.
type kind struct {
	// typ is the Pulumi token.
	typ string
	// name is the property that the provider fills with an automatic name, "" where there is none.
	name string
	// defaults are the inputs that the provider fills in when they are absent.
	defaults Properties
	// forceNew are the properties that cannot be changed in place (provider documentation: "Forces new resource").
	forceNew []string

	// tagged kinds carry the provider's default tags beside their own.
	tagged bool

	// check refuses inputs that the provider itself refuses without a call; nil where there is nothing to refuse.
	check func(inputs Properties) []Failure
	// create validates the inputs, sets o.ID and o.Outputs and changes whatever else AWS changes along with it. The object
	// is stored after create returns nil or *Incomplete.
	create func(c *call, o *Object) error
	// update validates the new inputs of o against what stands (old) and sets o.Outputs. Nil: nothing to validate.
	update func(c *call, o, old *Object) error
	// await tells, after the actors have done what they can, whether the object became ready: *Incomplete where it did not.
	// Nil: it is ready at once.
	await func(c *call, o *Object) error
	// remove refuses or takes along what AWS takes along. Nil: nothing hangs on it.
	remove func(c *call, o *Object) error
	// keeps tells that the object stays after it was removed, as a log group of which only the state is dropped. Nil: never.
	keeps func(o *Object) bool
	// read brings outputs up to date with what actors changed. Nil: outputs stand as they are.
	read func(c *call, o *Object)

	// creation and deletion are the times that AWS takes, for the rehearsal's clock (medians).
	creation, deletion time.Duration
}

// call is one request of one client to the world. Its methods and fields are used with the world locked.
type call struct {
	*World
	tags    map[string]string // the provider's default tags
	cluster string            // the EKS cluster of a Kubernetes client
	caller  caller            // who calls, as EKS's access entries and STS know it
	terms   Terms             // what the engine says of the call beside its inputs
}

// function answers an invoke such as aws:index/getPartition:getPartition.
type function func(c *call, args Properties) (Properties, error)
