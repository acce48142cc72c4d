package store

import (
	"time"
)

// Kind is the implementation of one resource type. A file holds the kinds of one AWS or Kubernetes concept, and
// kinds.go lists them all.
type Kind struct {
	// Typ is the Pulumi token.
	Typ string
	// Name is the property that the provider fills with an automatic name, "" for none.
	Name string
	// Defaults are the inputs that the provider fills in when they are absent.
	Defaults Properties
	// ForceNew are the properties that cannot be changed in place (provider documentation: "Forces new resource").
	ForceNew []string

	// Tagged kinds have the provider's default tags besides their own.
	Tagged bool

	// Check refuses inputs that the provider itself refuses without a call; nil if there are none.
	Check func(inputs Properties) []Failure
	// Create validates the inputs, sets o.ID and o.Outputs and changes other objects that AWS changes with it. The
	// object is stored after create returns nil or *Incomplete.
	Create func(c *Call, o *Object) error
	// Update validates the new inputs of o against the current object (old) and sets o.Outputs. If nil, nothing is
	// validated.
	Update func(c *Call, o, old *Object) error
	// Await returns, after the actors have acted, *Incomplete if the object did not become ready. If nil, it is ready
	// at once.
	Await func(c *Call, o *Object) error
	// Remove refuses a deletion, or deletes what AWS deletes with the object. If nil, every deletion is allowed.
	Remove func(c *Call, o *Object) error
	// Keeps reports whether the object remains after its deletion, as a log group that is only removed from the state.
	// If nil, it never does.
	Keeps func(o *Object) bool
	// Read updates outputs that actors changed. If nil, outputs are not changed by actors.
	Read func(c *Call, o *Object)

	// Creation and deletion are the times that AWS needs, for the rehearsal's clock (medians).
	Creation, Deletion time.Duration
}

// Call is one request of one client. Its methods and fields are used with the lock held.
type Call struct {
	*Account
	Tags    map[string]string // the provider's default tags
	Cluster string            // the EKS cluster of a Kubernetes client
	Caller  Caller            // for EKS's access entries and STS
	Terms   Terms             // what the engine passes with the call besides its inputs
}

// Function implements an invoke such as aws:index/getPartition:getPartition.
type Function func(c *Call, args Properties) (Properties, error)

// Kinds are all simulated resource types, by Pulumi token. It is set by init because the kinds' functions refer to it.
var Kinds map[string]*Kind

// Functions are all simulated functions, by Pulumi token.
var Functions map[string]Function
