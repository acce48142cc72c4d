package lab

import (
	"context"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/world"
)

// Kubernetes returns the program of Pulumi's Kubernetes provider. Before each of its calls the lab has what the account
// has, such as new nodes.
func (c *Connection) Kubernetes(w *world.World) engine.ProviderProgram {
	return engine.ProviderProgram{Path: c.Provider, Wrap: func(p plugin.Provider) plugin.Provider { return &kubernetes{p, c, w} }}
}

// kubernetes is a provider whose calls the lab is prepared for.
type kubernetes struct {
	plugin.Provider
	connection *Connection
	world      *world.World
}

func (k *kubernetes) Create(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	if err := k.prepare(ctx, request.Preview); err != nil {
		return plugin.CreateResponse{}, err
	}
	return k.Provider.Create(ctx, request)
}

func (k *kubernetes) Read(ctx context.Context, request plugin.ReadRequest) (plugin.ReadResponse, error) {
	if err := k.prepare(ctx, false); err != nil {
		return plugin.ReadResponse{}, err
	}
	return k.Provider.Read(ctx, request)
}

func (k *kubernetes) Update(ctx context.Context, request plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	if err := k.prepare(ctx, request.Preview); err != nil {
		return plugin.UpdateResponse{}, err
	}
	return k.Provider.Update(ctx, request)
}

func (k *kubernetes) Delete(ctx context.Context, request plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if err := k.prepare(ctx, false); err != nil {
		return plugin.DeleteResponse{}, err
	}
	return k.Provider.Delete(ctx, request)
}

// prepare exchanges with the lab. A preview changes nothing.
func (k *kubernetes) prepare(ctx context.Context, preview bool) error {
	if preview {
		return nil
	}
	return k.connection.Send(ctx, k.world)
}
