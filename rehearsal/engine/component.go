package engine

import (
	"context"
	"fmt"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// component is the provider of the package eks. One Node process serves it for all operations. The methods besides
// Construct and Call are implemented here, so that an operation without a component does not start Node.
type component struct {
	plugin.UnimplementedProvider

	host       *Host
	version    semver.Version
	monitor    func(address string) (string, error)
	configured plugin.ConfigureRequest
}

func (c *component) Close() error                             { return nil }
func (c *component) SignalCancellation(context.Context) error { return nil }

func (c *component) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &c.version}, nil
}

func (c *component) CheckConfig(_ context.Context, request plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: request.News}, nil
}

func (c *component) DiffConfig(_ context.Context, request plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	if request.OldInputs.DeepEquals(request.NewInputs) {
		return plugin.DiffConfigResponse{Changes: plugin.DiffNone}, nil
	}
	return plugin.DiffConfigResponse{Changes: plugin.DiffSome}, nil
}

func (c *component) Configure(_ context.Context, request plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	c.configured = request
	return plugin.ConfigureResponse{}, nil
}

func (c *component) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

func (c *component) GetMappings(context.Context, plugin.GetMappingsRequest) (plugin.GetMappingsResponse, error) {
	return plugin.GetMappingsResponse{}, nil
}

// Construct registers the children of a component through Node.
func (c *component) Construct(ctx context.Context, request plugin.ConstructRequest) (plugin.ConstructResponse, error) {
	real, err := c.connect(ctx)
	if err != nil {
		return plugin.ConstructResponse{}, err
	}
	if request.Info.MonitorAddress, err = c.monitor(request.Info.MonitorAddress); err != nil {
		return plugin.ConstructResponse{}, err
	}
	return real.Construct(ctx, request)
}

// Call calls a method of a component, such as GetKubeconfig, through Node.
func (c *component) Call(ctx context.Context, request plugin.CallRequest) (plugin.CallResponse, error) {
	real, err := c.connect(ctx)
	if err != nil {
		return plugin.CallResponse{}, err
	}
	if request.Info.MonitorAddress, err = c.monitor(request.Info.MonitorAddress); err != nil {
		return plugin.CallResponse{}, err
	}
	return real.Call(ctx, request)
}

// connect waits for Node and configures it for one request.
func (c *component) connect(ctx context.Context) (plugin.Provider, error) {
	if c.host.version != c.version.String() {
		return nil, fmt.Errorf("the program uses pulumi-eks %s and @pulumi/eks %s is installed: %s", c.version, c.host.version, sameVersionAdvice)
	}
	process, err := c.host.component()
	if err != nil {
		return nil, err
	}
	client, err := process.client(ctx)
	if err != nil {
		return nil, err
	}
	real := plugin.NewProviderWithClient(nil, client, false)
	request := c.configured
	if request.Inputs == nil {
		request.Inputs = resource.PropertyMap{}
	}
	_, err = real.Configure(ctx, request)
	return real, err
}
