package engine

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/env"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Providers returns the provider of each package by name, such as "aws", in the version that the SDK requests. Each
// load of a provider creates a new instance, because the engine configures an instance once.
type Providers map[string]func(version semver.Version) plugin.Provider

// ProviderProgram is the program of a provider, which the engine starts for each instance, as it does for an installed
// plugin.
type ProviderProgram struct {
	Path string
	// Wrap returns the provider that the engine uses in the place of the started one; nil for the started one.
	Wrap func(plugin.Provider) plugin.Provider
}

// plugins is the engine's plugin host for one operation. It has the caller's providers and the component's, and
// downloads nothing.
type plugins struct {
	plugin.Host

	host      *Host
	providers Providers
	programs  map[string]ProviderProgram
	mu        sync.Mutex
	started   []plugin.Provider // by programs
	monitor   func(address string) (string, error)
	versions  *versions
}

func newPlugins(run *Run, language plugin.LanguageRuntime, monitor func(string) (string, error), d, status diag.Sink) *plugins {
	return &plugins{
		Host:      deploytest.NewPluginHost(d, status, language),
		host:      run.Host,
		providers: run.Providers,
		programs:  run.Programs,
		monitor:   monitor,
		versions:  newVersions(run.Base),
	}
}

// Provider returns a new provider. The version is the one that an SDK registered or that the state contains.
func (p *plugins) Provider(ctx *plugin.Context, descriptor workspace.PluginDescriptor, _ env.Env) (plugin.Provider, error) {
	var version semver.Version
	if descriptor.Version != nil {
		version = *descriptor.Version
	}
	if err := p.versions.request(descriptor.Name, version.String()); err != nil {
		return nil, err
	}
	if descriptor.Name == "eks" {
		return &component{host: p.host, version: version, monitor: p.monitor}, nil
	}
	if program, ok := p.programs[descriptor.Name]; ok {
		return p.start(ctx, program)
	}
	factory, ok := p.providers[descriptor.Name]
	if !ok {
		return nil, fmt.Errorf("package %q: a rehearsal has no provider for it and downloads none; it has eks, %s",
			descriptor.Name, strings.Join(slices.Sorted(maps.Keys(p.providers)), ", "))
	}
	return factory(version), nil
}

// start starts the program of a provider, which runs until closePrograms.
func (p *plugins) start(ctx *plugin.Context, program ProviderProgram) (plugin.Provider, error) {
	started, err := plugin.NewProviderFromPath(p, ctx, program.Path)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.started = append(p.started, started)
	p.mu.Unlock()
	if program.Wrap == nil {
		return started, nil
	}
	return program.Wrap(started), nil
}

// closePrograms ends the programs of an operation.
func (p *plugins) closePrograms() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, started := range p.started {
		_ = started.Close()
	}
	p.started = nil
}

// ResolvePlugin returns an error for every plugin, so that no plugin is searched for or installed.
func (p *plugins) ResolvePlugin(_ *plugin.Context, spec workspace.PluginDescriptor) (*workspace.PluginInfo, error) {
	return nil, fmt.Errorf("plugin %s: a rehearsal resolves no plugins", spec.Name)
}

func loopback(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }
