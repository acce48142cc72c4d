package world

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
)

// client serves one provider's configuration; it implements Client.
type client struct {
	world   *World
	tags    map[string]string
	cluster string
	caller  caller
	terms   Terms
	// reachable refuses every call while the client cannot reach its API, as for an unreachable cluster.
	reachable func(*call) error
}

func (cl *client) call() *call {
	return &call{World: cl.world, tags: cl.tags, cluster: cl.cluster, caller: cl.caller, terms: cl.terms}
}

// kindOf returns the kind of a type token. An unknown token is an error.
func kindOf(typ string) (*kind, error) {
	if k, ok := kinds[typ]; ok {
		return k, nil
	}
	return nil, unmodelled("resource type %s", typ)
}

func (cl *client) Check(typ, name string, seed []byte, inputs Properties) (Properties, []Failure, error) {
	k, err := kindOf(typ)
	if err != nil {
		return nil, nil, err
	}
	checked := copyInputs(inputs)
	for property, value := range k.defaults {
		if _, set := checked[property]; !set {
			checked[property] = cloneValue(value)
		}
	}
	if _, set := checked[k.name]; k.name != "" && !set {
		checked[k.name] = automaticName(name, seed)
	}
	if k.tagged {
		cl.tag(checked)
	}
	if k.check == nil {
		return checked, nil, nil
	}
	return checked, k.check(checked), nil
}

// copyInputs returns a copy of inputs that can be written to.
func copyInputs(inputs Properties) Properties {
	if inputs == nil {
		return Properties{}
	}
	return clone(inputs)
}

// tag merges the provider's default tags into the inputs, as the bridged provider does before it checks them. A
// resource's own tag takes precedence.
func (cl *client) tag(inputs Properties) {
	if _, unknown := inputs["tags"].(Unknown); unknown || len(cl.tags) == 0 {
		return
	}
	tags := map[string]any{}
	for key, value := range cl.tags {
		tags[key] = value
	}
	maps.Copy(tags, mapOf(inputs["tags"]))
	inputs["tags"] = tags
}

// automaticName returns a logical name with seven hexadecimal digits of the seed, as the bridged provider does
// (pulumi-terraform-bridge, AutoName).
func automaticName(name string, seed []byte) string {
	sum := sha256.Sum256(append([]byte(name+"/"), seed...))
	return name + "-" + hex.EncodeToString(sum[:])[:7]
}

func (cl *client) ForceNew(typ string) ([]string, error) {
	k, err := kindOf(typ)
	if err != nil {
		return nil, err
	}
	return k.forceNew, nil
}

func (cl *client) Create(typ string, inputs Properties) (Object, error) {
	return cl.change(typ, "", func(c *call, k *kind) (*Object, error) {
		if err := c.mayMake(typ, inputs); err != nil {
			return nil, err
		}
		o := &Object{Type: typ, Cluster: c.cluster, Inputs: copyInputs(inputs)}
		return o, c.store(k, o, k.create(c, o))
	})
}

func (cl *client) Update(typ, id string, inputs Properties) (Object, error) {
	return cl.change(typ, id, func(c *call, k *kind) (*Object, error) {
		if err := c.mayWith("patch", typ, id); err != nil {
			return nil, err
		}
		old := c.find(c.cluster, typ, id)
		if old == nil {
			return nil, ErrNotFound
		}
		o := &Object{Type: typ, ID: id, Cluster: c.cluster, Owner: old.Owner, Inputs: copyInputs(inputs), Outputs: copyInputs(old.Outputs), Facts: clone(old.Facts)}
		if c.cluster == "" {
			o.overlay(old)
		}
		var err error
		if k.update != nil {
			err = k.update(c, o, old)
		}
		return o, c.store(k, o, err)
	})
}

// store stores an object that a request created or changed, lets the actors act on it, and reports whether it became
// ready.
func (c *call) store(k *kind, o *Object, err error) error {
	if err != nil && !isIncomplete(err) {
		return err
	}
	c.put(o)
	c.at.id = o.ID
	c.settle()
	if err == nil && k.await != nil {
		err = k.await(c, o)
	}
	// The AWS provider reads a resource at the end of each create and update.
	if k.read != nil && c.cluster == "" && (err == nil || isIncomplete(err)) {
		k.read(c, o)
	}
	return err
}

func (cl *client) Delete(typ, id string) error {
	_, err := cl.change(typ, id, func(c *call, k *kind) (*Object, error) {
		if err := c.mayWith("delete", typ, id); err != nil {
			return nil, err
		}
		o := c.find(c.cluster, typ, id)
		if o == nil {
			return &Object{}, nil
		}
		if k.remove != nil {
			if err := k.remove(c, o); err != nil {
				return nil, err
			}
		}
		if k.keeps == nil || !k.keeps(o) {
			c.drop(o)
		}
		c.settle()
		return o, nil
	})
	return err
}

func (cl *client) Read(typ, id string) (Object, error) {
	return cl.change(typ, id, func(c *call, k *kind) (*Object, error) {
		if err := c.mayWith("get", typ, id); err != nil {
			return nil, err
		}
		o := c.find(c.cluster, typ, id)
		if o == nil {
			return nil, ErrNotFound
		}
		if k.read != nil {
			k.read(c, o)
		}
		return o, nil
	})
}

// change runs one request on a resource, whose id is "" before it is created, with the lock held, and then calls the
// observer of changes.
func (cl *client) change(typ, id string, request func(*call, *kind) (*Object, error)) (Object, error) {
	k, err := kindOf(typ)
	if err != nil {
		return Object{}, err
	}
	cl.world.mu.Lock()
	cl.world.at = key{cl.cluster, typ, id}
	object, err := cl.locked(k, request)
	cl.world.timedOut(cl.world.at, err)
	cl.world.at = key{}
	cl.world.mu.Unlock()
	if changed := cl.world.options.Changed; changed != nil {
		changed()
	}
	return object, err
}

func (cl *client) locked(k *kind, request func(*call, *kind) (*Object, error)) (Object, error) {
	c := cl.call()
	if cl.reachable != nil {
		if err := cl.reachable(c); err != nil {
			return Object{}, unanswered(err)
		}
	}
	o, err := request(c, k)
	err = answered(err)
	var incomplete *Incomplete
	if errors.As(err, &incomplete) {
		incomplete.Object = copyOf(o)
	}
	if err != nil {
		return Object{}, err
	}
	return copyOf(o), nil
}

func isIncomplete(err error) bool {
	var incomplete *Incomplete
	return errors.As(err, &incomplete)
}

func copyOf(o *Object) Object {
	copied := *o
	copied.Inputs, copied.Outputs, copied.Facts = clone(o.Inputs), clone(o.Outputs), nil
	return copied
}

func (cl *client) Invoke(token string, args Properties) (Properties, error) {
	f, ok := functions[token]
	if !ok {
		return nil, unmodelled("function %s", token)
	}
	cl.world.mu.Lock()
	defer cl.world.mu.Unlock()
	answer, err := f(cl.call(), args)
	return answer, answered(err)
}
