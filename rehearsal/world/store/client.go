package store

import (
	"errors"
	"strings"
)

// Properties are the inputs or outputs of a resource with the names of its Pulumi schema ("cidrBlock", not
// "CidrBlock"). Values have JSON's types: nil, bool, float64, string, []any and map[string]any.
type Properties = map[string]any

// Unknown is a value that is not known yet, as in a preview. Only Check receives it.
type Unknown struct{}

// Client is the interface of the simulated account for a provider with one configuration. The types are Pulumi's
// tokens, such as aws:ec2/subnet:Subnet or kubernetes:apps/v1:Deployment. A type or function that is not simulated is
// an error.
//
// A client is safe for concurrent use; each call is atomic and takes no time.
type Client interface {
	// Check returns the inputs as the provider would send them, with defaults and automatic names. The name is the
	// resource's logical name; the seed makes automatic names repeatable. Values may be Unknown.
	Check(typ, name string, seed []byte, inputs Properties) (Properties, []Failure, error)

	// ForceNew returns the properties of a type that cannot be changed in place, as dotted paths
	// ("vpcConfig.subnetIds"). A change below such a path replaces too.
	ForceNew(typ string) ([]string, error)

	// Create creates the resource. An *Incomplete error means that the resource exists but did not become ready.
	Create(typ string, inputs Properties) (Object, error)

	// Read returns the current resource, drift included, or ErrNotFound.
	Read(typ, id string) (Object, error)

	// Update changes the resource in place; it may return an *Incomplete error as Create does.
	Update(typ, id string, inputs Properties) (Object, error)

	// Delete deletes the resource and waits until it is deleted. Deleting a resource that does not exist is not an
	// error.
	Delete(typ, id string) error

	// With returns a client for calls on other terms.
	With(terms Terms) Client

	// Invoke calls a function such as aws:index/getPartition:getPartition.
	Invoke(token string, args Properties) (Properties, error)
}

// Failure is one input that a provider refuses before it calls the cloud.
type Failure struct {
	Property string
	Reason   string

	Refusal *Refusal
}

// ErrNotFound is returned by Read for a resource that does not exist.
var ErrNotFound = errors.New("not found")

// Incomplete is the error of a resource that was created but did not become ready. It keeps its ID, so that the next
// operation can finish or delete it.
type Incomplete struct {
	Object  Object
	Reasons []string

	cause error
}

// Unwrap returns the Refusal with which the wait ended.
func (e *Incomplete) Unwrap() error { return e.cause }

func (e *Incomplete) Error() string { return strings.Join(e.Reasons, "; ") }
