package world

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

	store   *store // the store that contains it; nil before it is stored and after it was dropped
	shared  bool   // whether the object of another account has the same properties
	decoded any    // the outputs as an API type, nil until they are read so
}

// key is the identity of an object in the account.
type key struct{ cluster, typ, id string }

func (o *Object) key() key { return key{o.Cluster, o.Type, o.ID} }

// set writes an output at a dotted path ("status.conditions").
func (o *Object) set(path string, value any) { o.change(path, value) }

// change sets an output as set does, and reports whether it had another value.
func (o *Object) change(path string, value any) bool {
	value = plain(value)
	if same(at(o.Outputs, path), value) {
		return false
	}
	o.own()
	if o.Outputs == nil {
		o.Outputs = Properties{}
	}
	within, name := o.Outputs, path
	for {
		head, rest, nested := strings.Cut(name, ".")
		if !nested {
			break
		}
		inner, _ := within[head].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			within[head] = inner
		}
		within, name = inner, rest
	}
	within[name] = value
	o.written()
	return true
}

// unset removes the output at a dotted path.
func (o *Object) unset(path string) {
	if at(o.Outputs, path) == nil {
		return
	}
	o.own()
	within, name := o.Outputs, path
	if i := strings.LastIndex(path, "."); i >= 0 {
		within, name = mapOf(at(o.Outputs, path[:i])), path[i+1:]
	}
	delete(within, name)
	o.written()
}

// learn sets a fact of an object.
func (o *Object) learn(fact string, value any) {
	value = plain(value)
	if same(o.Facts[fact], value) {
		return
	}
	o.own()
	if o.Facts == nil {
		o.Facts = Properties{}
	}
	o.Facts[fact] = value
	o.written()
}

// own copies shared properties of an object before they are written to.
func (o *Object) own() {
	if o.shared {
		o.Inputs, o.Outputs, o.Facts, o.shared = clone(o.Inputs), clone(o.Outputs), clone(o.Facts), false
	}
}

// written records that an object changed. It must be called after a stored object is changed without set, unset or
// learn.
func (o *Object) written() {
	o.decoded = nil
	if o.store != nil {
		o.store.written(o)
	}
}

// as decodes properties into a struct with json tags, such as a subnet or a node group.
func as[T any](properties Properties) (T, error) {
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

// asProperties returns a struct with json tags as properties.
func asProperties(value any) (properties Properties, err error) {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, &properties)
	}
	return properties, err
}

// clone returns a deep copy, so that no caller has a reference into the account.
func clone(properties Properties) Properties {
	if properties == nil {
		return nil
	}
	return cloneValue(properties).(map[string]any)
}

func cloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(v))
		for k, e := range v {
			copied[k] = cloneValue(e)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, e := range v {
			copied[i] = cloneValue(e)
		}
		return copied
	case int:
		return float64(v) // as in decoded JSON
	default:
		return v
	}
}
