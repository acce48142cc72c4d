package providers

import (
	"context"
	"encoding/json"
	"fmt"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CheckConfig checks a provider's configuration against the SDK's ProviderArgs.
func (p *provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	config, err := p.decode(req.News)
	if err != nil {
		return plugin.CheckConfigResponse{}, err
	}
	typ, err := schema.ForProvider(p.name)
	if err != nil {
		return plugin.CheckConfigResponse{}, err
	}
	failures := failuresOf(typ.CheckInputs(config))
	if len(failures) == 0 {
		failures = p.pkg.checkConfig(config)
	}
	return plugin.CheckConfigResponse{Properties: req.News, Failures: failures}, nil
}

// DiffConfig reports whether changed configuration updates the provider or replaces it, which replaces all its
// resources.
func (p *provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	result, err := diffInputs(req.OldInputs, req.NewInputs, nil, nil)
	if err != nil || result.Changes == plugin.DiffNone {
		return result, err
	}
	olds, err := p.decode(req.OldInputs)
	if err != nil {
		return plugin.DiffConfigResponse{}, err
	}
	news, err := p.decode(req.NewInputs)
	if err != nil {
		return plugin.DiffConfigResponse{}, err
	}
	result.ReplaceKeys = p.pkg.diffConfig(olds, news, result.ChangedKeys)
	for path, change := range result.DetailedDiff {
		parsed, err := resource.ParsePropertyPath(path)
		if err != nil {
			return plugin.DiffConfigResponse{}, err
		}
		for _, key := range result.ReplaceKeys {
			if parsed[0] == string(key) {
				result.DetailedDiff[path] = change.ToReplace()
			}
		}
	}
	return result, nil
}

// Configure opens the simulated account. Configuration with unknown values leaves the provider unconfigured: it then
// responds as a real provider that could not be configured in a preview.
func (p *provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	if req.Inputs.ContainsUnknowns() {
		return plugin.ConfigureResponse{}, nil
	}
	config, err := p.decode(req.Inputs)
	if err != nil {
		return plugin.ConfigureResponse{}, err
	}
	p.client, err = p.pkg.open(config)
	return plugin.ConfigureResponse{}, err
}

// decode reads a provider's configuration. The engine passes lists and objects as JSON, and adds the version of the
// package, which is not configuration.
func (p *provider) decode(inputs resource.PropertyMap) (world.Properties, error) {
	config, err := toWorld(inputs)
	if err != nil {
		return nil, err
	}
	delete(config, "version")
	delete(config, "pluginDownloadURL")
	typ, err := schema.ForProvider(p.name)
	if err != nil {
		return nil, err
	}
	for name, value := range config {
		text, ok := value.(string)
		if !ok || !typ.Structured(name) {
			continue
		}
		var decoded any
		if err := json.Unmarshal([]byte(text), &decoded); err != nil {
			return nil, fmt.Errorf("provider %s: %s: %q is not JSON: %w", p.name, name, text, err)
		}
		config[name] = decoded
	}
	return config, nil
}
