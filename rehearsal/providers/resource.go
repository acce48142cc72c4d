package providers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Check holds inputs to the SDK's types and lets the world fill in defaults and automatic names.
func (p *provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	typ, err := schema.ForResource(string(req.URN.Type()))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	inputs, err := toWorld(req.News)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if problems := typ.CheckInputs(inputs); len(problems) > 0 {
		return plugin.CheckResponse{Failures: failuresOf(problems)}, nil
	}
	if p.client == nil {
		return plugin.CheckResponse{Properties: req.News}, nil
	}
	kept := p.pkg.prepare(preparation{typ: typ.Token, name: req.URN.Name(), seed: req.RandomSeed, inputs: inputs, olds: req.Olds})
	given := slices.DeleteFunc(sortedKeys(inputs), func(name string) bool { return slices.Contains(kept, name) })
	checked, refused, err := p.client.Check(typ.Token, req.URN.Name(), req.RandomSeed, inputs)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if len(refused) > 0 {
		return plugin.CheckResponse{Failures: refusals(refused)}, nil
	}
	filled, err := keepDefaults(checked, given, req.Olds)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if err := broken(typ.CheckInputs(checked)); err != nil {
		return plugin.CheckResponse{}, err
	}
	properties, err := fromWorld(checked)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	conceal(properties, req.News)
	rememberDefaults(properties, filled)
	return plugin.CheckResponse{Properties: properties}, nil
}

func refusals(failures []world.Failure) []plugin.CheckFailure {
	var refused []plugin.CheckFailure
	for _, failure := range failures {
		refused = append(refused, plugin.CheckFailure{Property: resource.PropertyKey(failure.Property), Reason: failure.Reason})
	}
	return refused
}

// Diff tells the engine what an update would change, and whether it replaces the resource.
func (p *provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	if p.client == nil {
		return plugin.DiffResponse{Changes: plugin.DiffUnknown}, plugin.DiffUnavailable(
			"The provider for this resource has inputs that are not known during preview.\n" +
				"This preview may not correctly represent the changes that will be applied during an update.")
	}
	typ, err := schema.ForResource(string(req.URN.Type()))
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	forceNew, err := p.client.ForceNew(typ.Token)
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	result, err := p.pkg.diff(typ, req, forceNew)
	if err == nil && len(result.ReplaceKeys) > 0 {
		result.DeleteBeforeReplace = p.pkg.deleteFirst(req.OldInputs, req.NewInputs)
	}
	return result, err
}

// Create makes the resource in the world. A preview gives what the inputs tell and leaves the rest unknown.
func (p *provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	typ, inputs, err := p.request(string(req.URN.Type()), req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		outputs, err := planned(typ, req.Properties)
		return plugin.CreateResponse{Properties: outputs}, err
	}
	if p.client == nil {
		return plugin.CreateResponse{}, p.closed()
	}
	object, failure := p.client.With(terms(req.Timeout, nil)).Create(typ.Token, inputs)
	object, failure, err = settle(object, failure)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if failure != nil {
		object = p.pkg.unready(object)
	}
	outputs, err := p.outputs(typ, object, req.Properties)
	if err == nil && object.ID == "" {
		err = fmt.Errorf("the simulated world gave a new %s no id", typ.Token)
	}
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	response := plugin.CreateResponse{ID: resource.ID(object.ID), Properties: outputs}
	if failure != nil {
		response.Status = resource.StatusPartialFailure
	}
	return response, failure
}

// Read returns a resource as it stands, drift of its inputs included, and nothing for one that is gone.
func (p *provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	typ, err := schema.ForResource(string(req.URN.Type()))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	if p.client == nil {
		return plugin.ReadResponse{Status: resource.StatusUnknown}, p.closed()
	}
	object, err := p.client.Read(typ.Token, string(req.ID))
	if errors.Is(err, world.ErrNotFound) {
		return plugin.ReadResponse{}, nil
	}
	object, failure, err := settle(object, err)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	outputs, err := p.outputs(typ, object, req.Inputs)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	inputs, err := p.pkg.readInputs(typ, object, outputs, req.Inputs)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	response := plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: resource.ID(object.ID), Inputs: inputs, Outputs: outputs}}
	if failure != nil {
		response.Status = resource.StatusPartialFailure
	}
	return response, failure
}

// Update changes the resource in place.
func (p *provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	typ, inputs, err := p.request(string(req.URN.Type()), req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		outputs, err := p.plannedUpdate(typ, req, inputs)
		return plugin.UpdateResponse{Properties: outputs}, err
	}
	if p.client == nil {
		return plugin.UpdateResponse{}, p.closed()
	}
	if p.pkg.skipsEmptyUpdates() {
		difference, err := p.pkg.diff(typ, plugin.DiffRequest{URN: req.URN, ID: req.ID, OldInputs: req.OldInputs, OldOutputs: req.OldOutputs,
			NewInputs: req.NewInputs, IgnoreChanges: req.IgnoreChanges}, nil)
		if err != nil || difference.Changes == plugin.DiffNone {
			return plugin.UpdateResponse{Properties: req.OldOutputs}, err
		}
	}
	object, failure := p.client.With(terms(req.Timeout, req.IgnoreChanges)).Update(typ.Token, string(req.ID), inputs)
	object, failure, err = settle(object, failure)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	outputs, err := p.outputs(typ, object, req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	response := plugin.UpdateResponse{Properties: outputs}
	if failure != nil {
		response.Status = resource.StatusPartialFailure
	}
	return response, failure
}

// Delete removes the resource from the world.
func (p *provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if p.client == nil {
		return plugin.DeleteResponse{}, p.closed()
	}
	typ := string(req.URN.Type())
	return plugin.DeleteResponse{}, p.pkg.deleted(typ, p.client.With(terms(req.Timeout, nil)).Delete(typ, string(req.ID)))
}

// terms are those of a call whose timeout is in seconds.
func terms(timeout float64, ignoreChanges []string) world.Terms {
	return world.Terms{Timeout: time.Duration(timeout * float64(time.Second)), IgnoreChanges: ignoreChanges}
}

// request checks and converts the inputs of a Create or an Update.
func (p *provider) request(token string, properties resource.PropertyMap) (*schema.Resource, world.Properties, error) {
	typ, err := schema.ForResource(token)
	if err != nil {
		return nil, nil, err
	}
	inputs, err := toWorld(properties)
	return typ, inputs, err
}

func (p *provider) closed() error {
	return fmt.Errorf("provider %s has no configuration yet: a value that it needs is not known", p.name)
}

// settle takes the world's answer apart: a resource that exists but is not ready keeps its identity, and the engine
// learns of it by plugin.InitError.
func settle(object world.Object, err error) (world.Object, error, error) {
	var incomplete *world.Incomplete
	if errors.As(err, &incomplete) {
		return incomplete.Object, &plugin.InitError{Reasons: incomplete.Reasons}, nil
	}
	return object, nil, err
}

// outputs are what the world says of a resource, and the inputs that are properties of it too. An input that is none,
// such as a release's compat, is left out: the SDK would not read it.
func (p *provider) outputs(typ *schema.Resource, object world.Object, inputs resource.PropertyMap) (resource.PropertyMap, error) {
	merged := world.Properties{}
	for name, value := range object.Inputs {
		if typ.Has(name) {
			merged[name] = value
		}
	}
	for name, value := range object.Outputs {
		if typ.Has(name) || !typ.Accepts(name) {
			merged[name] = value
		}
	}
	p.pkg.complete(typ, merged)
	if err := broken(typ.CheckOutputs(merged)); err != nil {
		return nil, err
	}
	outputs, err := fromWorld(merged)
	if err != nil {
		return nil, err
	}
	conceal(outputs, inputs)
	return outputs, nil
}

// inputsOf are the inputs that would make the resource as it is. What the provider filled in stays marked so.
func inputsOf(object world.Object, olds resource.PropertyMap) (resource.PropertyMap, error) {
	if object.Inputs == nil {
		return nil, nil
	}
	inputs, err := fromWorld(object.Inputs)
	if err != nil {
		return nil, err
	}
	conceal(inputs, olds)
	filled := slices.DeleteFunc(defaultsOf(olds), func(name string) bool {
		_, ok := object.Inputs[name]
		return !ok
	})
	rememberDefaults(inputs, filled)
	return inputs, nil
}

// plannedUpdate are the outputs of a resource after an update: its inputs, and of all else what it has already and keeps.
func (p *provider) plannedUpdate(typ *schema.Resource, req plugin.UpdateRequest, inputs world.Properties) (resource.PropertyMap, error) {
	outputs, err := planned(typ, req.NewInputs)
	if err != nil {
		return nil, err
	}
	olds, err := toWorld(req.OldOutputs)
	if err != nil {
		return nil, err
	}
	renewed := p.pkg.renews(typ, olds, inputs)
	for name, old := range req.OldOutputs {
		given, isGiven := req.NewInputs[name]
		switch {
		case slices.Contains(renewed, string(name)):
		case !isGiven:
			outputs[name] = old
		default:
			outputs[name] = withComputed(typ, string(name), given, old)
		}
	}
	return outputs, nil
}

// withComputed is an object of the inputs with the properties of the state that the provider computes and the program leaves out
// (github.com/hashicorp/terraform-plugin-sdk, helper/schema: a computed attribute without configuration keeps its state).
func withComputed(typ *schema.Resource, path string, given, old resource.PropertyValue) resource.PropertyValue {
	if !given.IsObject() || !old.IsObject() {
		return given
	}
	merged := given.ObjectValue().Copy()
	for name, value := range old.ObjectValue() {
		if _, isGiven := merged[name]; !isGiven && typ.Computed(path+"."+string(name)) {
			merged[name] = value
		}
	}
	return resource.NewProperty(merged)
}

// planned are the outputs of a resource that does not exist yet: its inputs, and unknown for all else.
func planned(typ *schema.Resource, inputs resource.PropertyMap) (resource.PropertyMap, error) {
	outputs := resource.PropertyMap{}
	for _, name := range typ.Outputs() {
		key := resource.PropertyKey(name)
		if value, ok := inputs[key]; ok {
			outputs[key] = value
		} else {
			outputs[key] = resource.MakeComputed(resource.NewProperty(""))
		}
	}
	return outputs, nil
}
