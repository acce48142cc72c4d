package providers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// pkg holds what differs between the simulated packages.
type pkg interface {
	// checkConfig checks a provider's configuration beyond its types.
	checkConfig(config world.Properties) []plugin.CheckFailure
	// diffConfig returns the changed keys that replace the provider.
	diffConfig(olds, news world.Properties, changed []resource.PropertyKey) []resource.PropertyKey
	// open returns the client for a configuration without unknown values.
	open(config world.Properties) (world.Client, error)
	// prepareInputs fills in what the real provider fills in before any call, such as default tags or a name. It
	// returns the names of those inputs that the resource keeps for its lifetime.
	prepareInputs(check preparation) (kept []string)
	// diff compares a recorded resource with inputs. A change that cannot be made in place replaces the resource.
	diff(typ *schema.Resource, req plugin.DiffRequest, forceNew []string) (plugin.DiffResult, error)
	// renewedOutputs returns the outputs that a preview of an update cannot predict, though the resource has them.
	renewedOutputs(typ *schema.Resource, olds, news world.Properties) []string
	// readInputs returns the inputs of a resource that was read: its recorded inputs with what has changed since.
	readInputs(typ *schema.Resource, object world.Object, outputs, olds resource.PropertyMap) (resource.PropertyMap, error)
	// deleteFirst reports whether the existing resource must be deleted before its replacement is created, because the
	// operator set a name that does not change.
	deleteFirst(olds, news resource.PropertyMap) bool
	// deleteResult returns the real provider's error for a delete of a type that ended with this error, nil for none.
	deleteResult(typ string, err error) error
	// keepUnready returns what the real provider keeps of a resource that was created and did not become ready while
	// the create waited for it.
	keepUnready(object world.Object) world.Object
	// skipsEmptyUpdates reports whether the real provider makes no call for an update without a change.
	skipsEmptyUpdates() bool
	// complete adds outputs that the real provider derives itself.
	complete(typ *schema.Resource, outputs world.Properties)
}

// preparation holds a set of inputs before they are checked.
type preparation struct {
	typ    string
	name   string
	seed   []byte
	inputs world.Properties
	olds   resource.PropertyMap
}

// provider is the common part of the simulated providers. The engine configures each instance once.
type provider struct {
	plugin.UnimplementedProvider

	name    string
	version semver.Version
	pkg     pkg

	// client is nil while the configuration has unknown values, as in a preview before the cluster exists.
	client world.Client
	closed atomic.Bool
}

func newProvider(name string, version semver.Version, p pkg) *provider {
	return &provider{name: name, version: version, pkg: p}
}

// Close ends the connection to the provider's program: later calls fail.
func (p *provider) Close() error { p.closed.Store(true); return nil }

// checkConnection returns the error of a call to a program that was closed.
func (p *provider) checkConnection() error {
	if p.closed.Load() {
		return status.Error(codes.Canceled, "grpc: the client connection is closing")
	}
	return nil
}

func (p *provider) SignalCancellation(context.Context) error { return nil }

func (p *provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &p.version}, nil
}

func (p *provider) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

func (p *provider) GetMappings(context.Context, plugin.GetMappingsRequest) (plugin.GetMappingsResponse, error) {
	return plugin.GetMappingsResponse{}, nil
}

// Invoke calls a function of the package. Without a client every result is unknown, as with the real providers.
func (p *provider) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	function, err := schema.ForFunction(string(req.Tok))
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	args, err := toWorld(req.Args)
	if err != nil {
		return plugin.InvokeResponse{}, fmt.Errorf("%s: %w", req.Tok, err)
	}
	if problems := function.CheckArgs(args); len(problems) > 0 {
		return plugin.InvokeResponse{Failures: failuresOf(problems)}, nil
	}
	if p.client == nil {
		return plugin.InvokeResponse{Properties: resource.PropertyMap{}}, nil
	}
	result, err := p.client.Invoke(string(req.Tok), args)
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	if err := responseError(function.CheckResult(result)); err != nil {
		return plugin.InvokeResponse{}, err
	}
	properties, err := fromWorld(result)
	return plugin.InvokeResponse{Properties: properties}, err
}

// failuresOf converts problems for the engine, which adds the resource and the property to its message.
func failuresOf(problems []schema.Problem) []plugin.CheckFailure {
	failures := make([]plugin.CheckFailure, 0, len(problems))
	for _, problem := range problems {
		failures = append(failures, plugin.CheckFailure{Property: resource.PropertyKey(problem.Path), Reason: problem.Reason})
	}
	return failures
}

// responseError returns the error for a response of the simulated account that does not match the SDK.
func responseError(problems []schema.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	var reasons []string
	for _, problem := range problems {
		reasons = append(reasons, problem.String())
	}
	return errors.New("the simulated account returned properties that the SDK does not have: " + strings.Join(reasons, "; "))
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
