package store

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Object is a resource in the account or an object in a cluster, created by the operator's program or by an actor.
type Object struct {
	// Type is the Pulumi token, also for objects that no Pulumi program owns, such as a node's network interface.
	Type string `json:"type"`
	// ID is the provider's ID: subnet-0a1b…, an ARN, a name, or namespace/name in a cluster.
	ID string `json:"id"`
	// Cluster is the name of the EKS cluster of a Kubernetes object, "" for an AWS resource.
	Cluster string `json:"cluster,omitempty"`
	// Owner is the actor that created it ("eks", "vpc-cni", …), "" for what the program created.
	Owner string `json:"owner,omitempty"`

	Inputs  Properties `json:"inputs,omitempty"`
	Outputs Properties `json:"outputs,omitempty"`
	// Facts are internal properties that no provider shows, such as the state of a NAT gateway.
	Facts Properties `json:"facts,omitempty"`

	Store   *Store `json:"-"` // the store that contains it; nil before it is stored and after it was dropped
	shared  bool   `json:"-"` // whether the object of another account has the same properties
	Decoded any    `json:"-"` // the outputs as an API type, nil until they are read so
}

// Key is the identity of an object in the account.
type Key struct{ Cluster, Typ, ID string }

// Key returns the identity of an object.
func (o *Object) Key() Key { return Key{o.Cluster, o.Type, o.ID} }

// Set writes an output, which may be below dotted names ("status.conditions"). SetAt is safe for names with a dot.
func (o *Object) Set(path string, value any) { o.Change(path, value) }

// Change sets an output as Set does, and reports whether it had another value.
func (o *Object) Change(path string, value any) bool {
	return o.change(strings.Split(path, "."), value)
}

// SetAt writes an output below nested names, such as "vpcConfig", "clusterSecurityGroupId".
func (o *Object) SetAt(value any, first string, more ...string) {
	o.change(append([]string{first}, more...), value)
}

func (o *Object) change(names []string, value any) bool {
	value = JSONValue(value)
	if Equal(Nested(o.Outputs, names...), value) {
		return false
	}
	o.Own()
	if o.Outputs == nil {
		o.Outputs = Properties{}
	}
	SetNested(o.Outputs, value, names...)
	o.Written()
	return true
}

// Unset removes the output at a dotted path.
func (o *Object) Unset(path string) { o.unset(strings.Split(path, ".")) }

// UnsetAt removes the output below nested names.
func (o *Object) UnsetAt(first string, more ...string) { o.unset(append([]string{first}, more...)) }

func (o *Object) unset(names []string) {
	if Nested(o.Outputs, names...) == nil {
		return
	}
	o.Own()
	last := len(names) - 1
	within := o.Outputs
	if last > 0 {
		within = MapOf(Nested(o.Outputs, names[:last]...))
	}
	delete(within, names[last])
	o.Written()
}

// Learn sets a fact of an object.
func (o *Object) Learn(fact string, value any) {
	value = JSONValue(value)
	if Equal(o.Facts[fact], value) {
		return
	}
	o.Own()
	if o.Facts == nil {
		o.Facts = Properties{}
	}
	o.Facts[fact] = value
	o.Written()
}

// Own copies shared properties of an object before they are written to.
func (o *Object) Own() {
	if o.shared {
		o.Inputs, o.Outputs, o.Facts, o.shared = Clone(o.Inputs), Clone(o.Outputs), Clone(o.Facts), false
	}
}

// Written records that an object changed. It must be called after a stored object is changed otherwise than by Set,
// Unset or Learn.
func (o *Object) Written() {
	o.Decoded = nil
	if o.Store != nil {
		o.Store.written(o)
	}
}

// As decodes properties into a struct with json tags, such as a subnet or a node group.
func As[T any](properties Properties) (T, error) {
	var value T
	raw, err := json.Marshal(properties)
	if err == nil {
		err = json.Unmarshal(raw, &value)
	}
	if err != nil {
		return value, fmt.Errorf("properties as %T: %w", value, err)
	}
	return value, nil
}

// AsProperties returns a struct with json tags as properties.
func AsProperties(value any) (properties Properties, err error) {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, &properties)
	}
	return properties, err
}

// Clone returns a deep copy, so that no caller has a reference into the account.
func Clone(properties Properties) Properties {
	if properties == nil {
		return nil
	}
	return CloneValue(properties).(map[string]any)
}

// CloneValue returns a deep copy of a JSON value.
func CloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(v))
		for k, e := range v {
			copied[k] = CloneValue(e)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, e := range v {
			copied[i] = CloneValue(e)
		}
		return copied
	case int:
		return float64(v) // as in decoded JSON
	default:
		return v
	}
}
