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

// Check checks inputs against the SDK's types and fills in defaults and automatic names.
func (p *provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	if err := p.checkConnection(); err != nil {
		return plugin.CheckResponse{}, err
	}
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
	kept := p.pkg.prepareInputs(preparation{typ: typ.Token, name: req.URN.Name(), seed: req.RandomSeed, inputs: inputs, olds: req.Olds})
	given := slices.DeleteFunc(sortedKeys(inputs), func(name string) bool { return slices.Contains(kept, name) })
	checked, refused, err := p.client.Check(typ.Token, req.URN.Name(), req.RandomSeed, inputs)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if len(refused) > 0 {
		return plugin.CheckResponse{Failures: checkFailures(refused)}, nil
	}
	filled, err := keepDefaults(checked, given, req.Olds)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if err := responseError(typ.CheckInputs(checked)); err != nil {
		return plugin.CheckResponse{}, err
	}
	properties, err := fromWorld(checked)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	copySecrets(properties, req.News)
	rememberDefaults(properties, filled)
	return plugin.CheckResponse{Properties: properties}, nil
}

func checkFailures(failures []world.Failure) []plugin.CheckFailure {
	var refused []plugin.CheckFailure
	for _, failure := range failures {
		refused = append(refused, plugin.CheckFailure{Property: resource.PropertyKey(failure.Property), Reason: failure.Reason})
	}
	return refused
}

// Diff reports what an update would change, and whether it replaces the resource.
func (p *provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	if err := p.checkConnection(); err != nil {
		return plugin.DiffResponse{}, err
	}
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

// Create creates the resource in the simulated account. In a preview the outputs that are not inputs are unknown.
func (p *provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if err := p.checkConnection(); err != nil {
		return plugin.CreateResponse{}, err
	}
	typ, inputs, err := p.request(string(req.URN.Type()), req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		outputs, err := plannedOutputs(typ, req.Properties)
		return plugin.CreateResponse{Properties: outputs}, err
	}
	if p.client == nil {
		return plugin.CreateResponse{}, p.notConfigured()
	}
	object, failure := p.client.With(callTerms(req.Timeout, nil)).Create(typ.Token, inputs)
	object, failure, err = splitInitError(object, failure)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if failure != nil {
		object = p.pkg.keepUnready(object)
	}
	outputs, err := p.outputs(typ, object, req.Properties)
	if err == nil && object.ID == "" {
		err = fmt.Errorf("the simulated account returned no ID for a new %s", typ.Token)
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

// Read returns a resource with its current properties, including drift of its inputs, and nothing for one that does not
// exist.
func (p *provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	if err := p.checkConnection(); err != nil {
		return plugin.ReadResponse{}, err
	}
	typ, err := schema.ForResource(string(req.URN.Type()))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	if p.client == nil {
		return plugin.ReadResponse{Status: resource.StatusUnknown}, p.notConfigured()
	}
	object, err := p.client.Read(typ.Token, string(req.ID))
	if errors.Is(err, world.ErrNotFound) {
		return plugin.ReadResponse{}, nil
	}
	object, failure, err := splitInitError(object, err)
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
	if err := p.checkConnection(); err != nil {
		return plugin.UpdateResponse{}, err
	}
	typ, inputs, err := p.request(string(req.URN.Type()), req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		outputs, err := p.plannedUpdate(typ, req, inputs)
		return plugin.UpdateResponse{Properties: outputs}, err
	}
	if p.client == nil {
		return plugin.UpdateResponse{}, p.notConfigured()
	}
	if p.pkg.skipsEmptyUpdates() {
		difference, err := p.pkg.diff(typ, plugin.DiffRequest{URN: req.URN, ID: req.ID, OldInputs: req.OldInputs, OldOutputs: req.OldOutputs,
			NewInputs: req.NewInputs, IgnoreChanges: req.IgnoreChanges}, nil)
		if err != nil || difference.Changes == plugin.DiffNone {
			return plugin.UpdateResponse{Properties: req.OldOutputs}, err
		}
	}
	object, failure := p.client.With(callTerms(req.Timeout, req.IgnoreChanges)).Update(typ.Token, string(req.ID), inputs)
	object, failure, err = splitInitError(object, failure)
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

// Delete deletes the resource from the simulated account.
func (p *provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if err := p.checkConnection(); err != nil {
		return plugin.DeleteResponse{}, err
	}
	if p.client == nil {
		return plugin.DeleteResponse{}, p.notConfigured()
	}
	typ := string(req.URN.Type())
	return plugin.DeleteResponse{}, p.pkg.deleteResult(typ, p.client.With(callTerms(req.Timeout, nil)).Delete(typ, string(req.ID)))
}

// callTerms returns the terms of a call whose timeout is in seconds.
func callTerms(timeout float64, ignoreChanges []string) world.Terms {
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

func (p *provider) notConfigured() error {
	return fmt.Errorf("provider %s has no configuration yet: one of its values is unknown", p.name)
}

// splitInitError separates a result from its errors: a resource that exists but is not ready keeps its ID, and the
// engine receives a plugin.InitError.
func splitInitError(object world.Object, err error) (world.Object, error, error) {
	var incomplete *world.Incomplete
	if errors.As(err, &incomplete) {
		return incomplete.Object, &plugin.InitError{Reasons: incomplete.Reasons}, nil
	}
	return object, nil, err
}

// outputs returns the properties that the simulated account has for a resource, and the inputs that are output
// properties too. An input that is not, such as a release's compat, is left out, because the SDK would not read it.
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
	if err := responseError(typ.CheckOutputs(merged)); err != nil {
		return nil, err
	}
	outputs, err := fromWorld(merged)
	if err != nil {
		return nil, err
	}
	copySecrets(outputs, inputs)
	return outputs, nil
}

// inputsOf returns the inputs that would create the resource as it is. Inputs that the provider filled in stay marked.
func inputsOf(object world.Object, olds resource.PropertyMap) (resource.PropertyMap, error) {
	if object.Inputs == nil {
		return nil, nil
	}
	inputs, err := fromWorld(object.Inputs)
	if err != nil {
		return nil, err
	}
	copySecrets(inputs, olds)
	filled := slices.DeleteFunc(defaultsOf(olds), func(name string) bool {
		_, ok := object.Inputs[name]
		return !ok
	})
	rememberDefaults(inputs, filled)
	return inputs, nil
}

// plannedUpdate returns the outputs of a resource after an update: its inputs, and the existing outputs that do not
// change.
func (p *provider) plannedUpdate(typ *schema.Resource, req plugin.UpdateRequest, inputs world.Properties) (resource.PropertyMap, error) {
	outputs, err := plannedOutputs(typ, req.NewInputs)
	if err != nil {
		return nil, err
	}
	olds, err := toWorld(req.OldOutputs)
	if err != nil {
		return nil, err
	}
	renewed := p.pkg.renewedOutputs(typ, olds, inputs)
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

// withComputed returns an object of the inputs with the computed properties of the state that the program leaves out
// (github.com/hashicorp/terraform-plugin-sdk, helper/schema: a computed attribute without configuration keeps its
// state).
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

// plannedOutputs returns the outputs of a resource that does not exist yet: its inputs, and all other outputs unknown.
func plannedOutputs(typ *schema.Resource, inputs resource.PropertyMap) (resource.PropertyMap, error) {
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
