package world

import (
	"errors"
	"strings"
)

// Properties are the inputs or outputs of a resource in the words of its Pulumi schema ("cidrBlock",
// not "CidrBlock"). Values have JSON's shapes: nil, bool, float64, string, []any and map[string]any.
type Properties = map[string]any

// Unknown stands where a value is not known yet, as in a preview. Only Check meets it.
type Unknown struct{}

// Client is what a provider of one configuration sees of the world. The types are Pulumi's tokens, such as
// aws:ec2/subnet:Subnet or kubernetes:apps/v1:Deployment. A type or function that the world does not know is an error.
//
// A client is safe for concurrent use; each call is atomic and takes no time.
type Client interface {
	// Check returns the inputs as the provider would send them: defaults and automatic names filled in. The name is
	// the resource's logical name, the seed makes automatic names repeatable. Values may be Unknown.
	Check(typ, name string, seed []byte, inputs Properties) (Properties, []Failure, error)

	// ForceNew lists the properties of a type that cannot be changed in place, as dotted paths ("vpcConfig.subnetIds").
	// A change below a listed path counts.
	ForceNew(typ string) ([]string, error)

	// Create makes the resource. An *Incomplete error means that the resource exists but did not become ready.
	Create(typ string, inputs Properties) (Object, error)

	// Read returns the resource as it stands now, drift included, or ErrNotFound.
	Read(typ, id string) (Object, error)

	// Update changes the resource in place; it may return an *Incomplete error as Create does.
	Update(typ, id string, inputs Properties) (Object, error)

	// Delete removes the resource and waits until it is gone. Deleting what is gone already is no error.
	Delete(typ, id string) error

	// With is the same client for calls on other terms.
	With(terms Terms) Client

	// Invoke calls a function such as aws:index/getPartition:getPartition.
	Invoke(token string, args Properties) (Properties, error)
}

// Failure is one input that a provider refuses before it calls the cloud.
type Failure struct {
	Property string
	Reason   string

	refusal *Refusal
}

// ErrNotFound is returned by Read for what does not exist.
var ErrNotFound = errors.New("not found")

// Incomplete is the error of a resource that was made but did not become ready. It keeps its identity, so that the
// next operation can finish or delete it.
type Incomplete struct {
	Object  Object
	Reasons []string

	cause error
}

// Unwrap is the Refusal that the wait ended with.
func (e *Incomplete) Unwrap() error { return e.cause }

func (e *Incomplete) Error() string { return strings.Join(e.Reasons, "; ") }
