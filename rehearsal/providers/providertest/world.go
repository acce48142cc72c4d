// Package providertest has a simulated account without rules: it creates, stores and deletes what it receives, and can
// be made to fail.
package providertest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"
)

// World is an account and a cluster that accept every call.
type World struct {
	// Endpoint is the API server's address of clusters.
	Endpoint string
	// Fixed are the properties of a type that cannot change in place.
	Fixed map[string][]string
	// Fail, if set, may refuse a call: op is create, read, update or delete.
	Fail func(op, typ string, inputs world.Properties) error
	// Fill, if set, adds defaults to inputs in Check.
	Fill func(typ, name string, seed []byte, inputs world.Properties)

	mu      sync.Mutex
	count   int
	objects map[string]world.Object
	calls   []string
	configs []world.AWSConfig
}

// AWS opens the account.
func (w *World) AWS(config world.AWSConfig) (world.Client, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.configs = append(w.configs, config)
	return client{w}, nil
}

// Kubernetes opens the cluster.
func (w *World) Kubernetes(string) (world.Client, error) { return client{w}, nil }

// Configs returns the configurations of aws that were opened.
func (w *World) Configs() []world.AWSConfig {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]world.AWSConfig(nil), w.configs...)
}

// Calls returns the calls so far that created, changed or deleted something: "create aws:ec2/vpc:Vpc vpc-1".
func (w *World) Calls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.calls...)
}

// Objects returns the existing objects by type and ID.
func (w *World) Objects() map[string]world.Object {
	w.mu.Lock()
	defer w.mu.Unlock()
	copied := map[string]world.Object{}
	for key, object := range w.objects {
		copied[key] = object
	}
	return copied
}

// Change changes an object without Pulumi, or deletes it if change returns false.
func (w *World) Change(typ string, change func(*world.Object) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, object := range w.objects {
		if object.Type != typ {
			continue
		}
		object.Inputs, object.Outputs = copyOf(object.Inputs), copyOf(object.Outputs)
		if change(&object) {
			w.objects[key] = object
		} else {
			delete(w.objects, key)
		}
	}
}

// client is a World with the interface of a client.
type client struct{ *World }

func (c client) Check(typ, name string, seed []byte, inputs world.Properties) (world.Properties, []world.Failure, error) {
	if c.Fill != nil {
		c.Fill(typ, name, seed, inputs)
	}
	return inputs, nil, nil
}

func (c client) With(world.Terms) world.Client { return c }

func (c client) ForceNew(typ string) ([]string, error) { return c.Fixed[typ], nil }

func (c client) Create(typ string, inputs world.Properties) (world.Object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	failure, incomplete := c.callFail("create", typ, inputs)
	if failure != nil && !incomplete {
		return world.Object{}, failure
	}
	c.count++
	object := world.Object{Type: typ, ID: c.newID(typ, inputs), Inputs: copyOf(inputs)}
	object.Outputs = c.outputsOf(typ, object.ID, object.Inputs)
	if c.objects == nil {
		c.objects = map[string]world.Object{}
	}
	c.objects[typ+" "+object.ID] = object
	c.calls = append(c.calls, "create "+typ+" "+object.ID)
	return finishCreate(object, failure)
}

func (c client) Read(typ, id string) (world.Object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	object, ok := c.objects[typ+" "+id]
	if !ok {
		return world.Object{}, world.ErrNotFound
	}
	failure, _ := c.callFail("read", typ, object.Inputs)
	return finishCreate(object, failure)
}

func (c client) Update(typ, id string, inputs world.Properties) (world.Object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	failure, incomplete := c.callFail("update", typ, inputs)
	if failure != nil && !incomplete {
		return world.Object{}, failure
	}
	object, ok := c.objects[typ+" "+id]
	if !ok {
		return world.Object{}, world.ErrNotFound
	}
	object.Inputs = copyOf(inputs)
	object.Outputs = c.outputsOf(typ, id, object.Inputs)
	c.objects[typ+" "+id] = object
	c.calls = append(c.calls, "update "+typ+" "+id)
	return finishCreate(object, failure)
}

func (c client) Delete(typ, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if failure, _ := c.callFail("delete", typ, c.objects[typ+" "+id].Inputs); failure != nil {
		return failure
	}
	delete(c.objects, typ+" "+id)
	c.calls = append(c.calls, "delete "+typ+" "+id)
	return nil
}

func (c client) Invoke(token string, _ world.Properties) (world.Properties, error) {
	switch token {
	case "aws:index/getPartition:getPartition":
		return world.Properties{"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}, nil
	case "aws:index/getCallerIdentity:getCallerIdentity":
		return world.Properties{"id": "111122223333", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:user/test", "userId": "U"}, nil
	}
	return nil, fmt.Errorf("function %q is not simulated", token)
}

// callFail returns the error of Fail; incomplete reports whether the resource exists nevertheless.
func (w *World) callFail(op, typ string, inputs world.Properties) (failure error, incomplete bool) {
	if w.Fail == nil {
		return nil, false
	}
	failure = w.Fail(op, typ, inputs)
	_, incomplete = failure.(*world.Incomplete)
	return failure, incomplete
}

func finishCreate(object world.Object, failure error) (world.Object, error) {
	if incomplete, ok := failure.(*world.Incomplete); ok {
		return object, &world.Incomplete{Object: object, Reasons: incomplete.Reasons}
	}
	return object, failure
}

// newID returns an ID in the format of the real providers.
func (w *World) newID(typ string, inputs world.Properties) string {
	if metadata, ok := inputs["metadata"].(map[string]any); ok {
		if namespace, ok := metadata["namespace"].(string); ok {
			return namespace + "/" + metadata["name"].(string)
		}
		return metadata["name"].(string)
	}
	_, kind, _ := strings.Cut(typ, "/")
	kind, _, _ = strings.Cut(kind, ":")
	return fmt.Sprintf("%s-%d", strings.ToLower(kind), w.count)
}

// outputsOf returns outputs: an ARN for types that have one, and for a cluster all that programs read.
func (w *World) outputsOf(typ, id string, inputs world.Properties) world.Properties {
	outputs := world.Properties{}
	if found, err := schema.ForResource(typ); err == nil && found.Has("arn") {
		outputs["arn"] = "arn:aws:test::111122223333:" + id
	}
	if found, err := schema.ForResource(typ); err == nil && found.Has("name") && inputs["name"] == nil && strings.HasPrefix(typ, "aws:") {
		outputs["name"] = id
	}
	if typ == "aws:eks/cluster:Cluster" {
		network, _ := copyOf(inputs)["vpcConfig"].(map[string]any)
		network["clusterSecurityGroupId"], network["vpcId"] = "sg-"+id, "vpc-of-"+id
		outputs["vpcConfig"] = network
		outputs["endpoint"] = w.Endpoint
		outputs["certificateAuthority"] = map[string]any{"data": "Q0E="}
		outputs["identities"] = []any{map[string]any{"oidcs": []any{map[string]any{"issuer": "https://oidc.test/" + id}}}}
		outputs["status"] = "ACTIVE"
	}
	return outputs
}

func copyOf(properties world.Properties) world.Properties {
	raw, err := json.Marshal(properties)
	if err != nil {
		panic(err)
	}
	copied := world.Properties{}
	if err := json.Unmarshal(raw, &copied); err != nil {
		panic(err)
	}
	return copied
}
