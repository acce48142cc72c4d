package world

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// client serves one provider's configuration; it implements Client.
type client struct {
	world   *World
	tags    map[string]string
	cluster string
	caller  store.Caller
	terms   store.Terms
	// reachable refuses every call while the client cannot reach its API, as for an unreachable cluster.
	reachable func(*store.Call) error
}

func (cl *client) call() *store.Call {
	return &store.Call{Account: cl.world.Account, Tags: cl.tags, Cluster: cl.cluster, Caller: cl.caller, Terms: cl.terms}
}

// kindOf returns the kind of a type token. An unknown token is an error.
func kindOf(typ string) (*store.Kind, error) {
	if k, ok := store.Kinds[typ]; ok {
		return k, nil
	}
	return nil, store.Unmodelled("resource type %s", typ)
}

func (cl *client) Check(typ, name string, seed []byte, inputs store.Properties) (store.Properties, []store.Failure, error) {
	k, err := kindOf(typ)
	if err != nil {
		return nil, nil, err
	}
	checked := copyInputs(inputs)
	for property, value := range k.Defaults {
		if _, set := checked[property]; !set {
			checked[property] = store.CloneValue(value)
		}
	}
	if _, set := checked[k.Name]; k.Name != "" && !set {
		checked[k.Name] = automaticName(name, seed)
	}
	if k.Tagged {
		cl.tag(checked)
	}
	if k.Check == nil {
		return checked, nil, nil
	}
	return checked, k.Check(checked), nil
}

// copyInputs returns a copy of inputs that can be written to.
func copyInputs(inputs store.Properties) store.Properties {
	if inputs == nil {
		return store.Properties{}
	}
	return store.Clone(inputs)
}

// tag merges the provider's default tags into the inputs, as the bridged provider does before it checks them. A
// resource's own tag takes precedence.
func (cl *client) tag(inputs store.Properties) {
	if _, unknown := inputs["tags"].(store.Unknown); unknown || len(cl.tags) == 0 {
		return
	}
	tags := map[string]any{}
	for key, value := range cl.tags {
		tags[key] = value
	}
	maps.Copy(tags, store.MapOf(inputs["tags"]))
	inputs["tags"] = tags
}

// automaticName returns a logical name with seven hexadecimal digits of the seed, as the bridged provider does
// (pulumi-terraform-bridge, AutoName).
func automaticName(name string, seed []byte) string {
	sum := sha256.Sum256(append([]byte(name+"/"), seed...))
	return name + "-" + hex.EncodeToString(sum[:])[:7]
}

func (cl *client) With(terms store.Terms) store.Client {
	copied := *cl
	copied.terms = terms
	return &copied
}

func (cl *client) ForceNew(typ string) ([]string, error) {
	k, err := kindOf(typ)
	if err != nil {
		return nil, err
	}
	return k.ForceNew, nil
}

func (cl *client) Create(typ string, inputs store.Properties) (store.Object, error) {
	return cl.change(typ, "", func(c *store.Call, k *store.Kind) (*store.Object, error) {
		if err := kube.AuthorizeCreate(c, typ, inputs); err != nil {
			return nil, err
		}
		o := &store.Object{Type: typ, Cluster: c.Cluster, Inputs: copyInputs(inputs)}
		return o, keep(c, k, o, k.Create(c, o))
	})
}

func (cl *client) Update(typ, id string, inputs store.Properties) (store.Object, error) {
	return cl.change(typ, id, func(c *store.Call, k *store.Kind) (*store.Object, error) {
		if err := kube.Authorize(c, "patch", typ, id); err != nil {
			return nil, err
		}
		old := c.Find(c.Cluster, typ, id)
		if old == nil {
			return nil, store.ErrNotFound
		}
		o := &store.Object{Type: typ, ID: id, Cluster: c.Cluster, Owner: old.Owner, Inputs: copyInputs(inputs), Outputs: copyInputs(old.Outputs), Facts: store.Clone(old.Facts)}
		if c.Cluster == "" {
			o.Overlay(old)
		}
		var err error
		if k.Update != nil {
			err = k.Update(c, o, old)
		}
		return o, keep(c, k, o, err)
	})
}

// keep stores an object that a request created or changed, lets the actors act on it, and reports whether it became
// ready.
func keep(c *store.Call, k *store.Kind, o *store.Object, err error) error {
	if err != nil && !store.IsIncomplete(err) {
		return err
	}
	c.Put(o)
	c.At.ID = o.ID
	c.Settle()
	if err == nil && k.Await != nil {
		err = k.Await(c, o)
	}
	// The AWS provider reads a resource at the end of each create and update.
	if k.Read != nil && c.Cluster == "" && (err == nil || store.IsIncomplete(err)) {
		k.Read(c, o)
	}
	return err
}

func (cl *client) Delete(typ, id string) error {
	_, err := cl.change(typ, id, func(c *store.Call, k *store.Kind) (*store.Object, error) {
		if err := kube.Authorize(c, "delete", typ, id); err != nil {
			return nil, err
		}
		o := c.Find(c.Cluster, typ, id)
		if o == nil {
			return &store.Object{}, nil
		}
		if k.Remove != nil {
			if err := k.Remove(c, o); err != nil {
				return nil, err
			}
		}
		if k.Keeps == nil || !k.Keeps(o) {
			c.Drop(o)
		}
		c.Settle()
		return o, nil
	})
	return err
}

func (cl *client) Read(typ, id string) (store.Object, error) {
	return cl.change(typ, id, func(c *store.Call, k *store.Kind) (*store.Object, error) {
		if err := kube.Authorize(c, "get", typ, id); err != nil {
			return nil, err
		}
		o := c.Find(c.Cluster, typ, id)
		if o == nil {
			return nil, store.ErrNotFound
		}
		if k.Read != nil {
			k.Read(c, o)
		}
		return o, nil
	})
}

// change runs one request on a resource, whose id is "" before it is created, with the lock held, and then calls the
// observer of changes.
func (cl *client) change(typ, id string, request func(*store.Call, *store.Kind) (*store.Object, error)) (store.Object, error) {
	k, err := kindOf(typ)
	if err != nil {
		return store.Object{}, err
	}
	var object store.Object
	cl.world.change(func() {
		cl.world.At = store.Key{Cluster: cl.cluster, Typ: typ, ID: id}
		object, err = cl.locked(k, request)
		timedOut(cl.world.Account, cl.world.At, err)
		cl.world.At = store.Key{}
	})
	return object, err
}

func (cl *client) locked(k *store.Kind, request func(*store.Call, *store.Kind) (*store.Object, error)) (store.Object, error) {
	c := cl.call()
	if cl.reachable != nil {
		if err := cl.reachable(c); err != nil {
			return store.Object{}, eks.Unanswered(err)
		}
	}
	o, err := request(c, k)
	err = store.CheckKnownError(err)
	var incomplete *store.Incomplete
	if errors.As(err, &incomplete) {
		incomplete.Object = copyOf(o)
	}
	if err != nil {
		return store.Object{}, err
	}
	return copyOf(o), nil
}

func copyOf(o *store.Object) store.Object {
	copied := *o
	copied.Inputs, copied.Outputs, copied.Facts = store.Clone(o.Inputs), store.Clone(o.Outputs), nil
	return copied
}

func (cl *client) Invoke(token string, args store.Properties) (store.Properties, error) {
	f, ok := store.Functions[token]
	if !ok {
		return nil, store.Unmodelled("function %s", token)
	}
	cl.world.mu.Lock()
	defer cl.world.mu.Unlock()
	answer, err := f(cl.call(), args)
	return answer, store.CheckKnownError(err)
}
