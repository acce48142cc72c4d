package engine

import (
	"fmt"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Edit is called with each registration of a resource before the engine receives it, those of the eks component
// included, and may change it: a property, a dependency. A program has waited for its dependencies by then. It is
// called from several goroutines at once.
type Edit func(*pulumirpc.RegisterResourceRequest)

// relays forward the calls of programs to resource monitors while an operation runs. There is none without an Edit.
type relays struct {
	edit Edit

	mu    sync.Mutex
	open  map[string]string
	stops []func()
}

// address returns the address at which a program reaches the monitor: that of the monitor itself, or of a relay to it.
func (r *relays) address(monitor string) (string, error) {
	if r.edit == nil {
		return monitor, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if relay, ok := r.open[monitor]; ok {
		return relay, nil
	}
	for _, relay := range r.open {
		if relay == monitor {
			return relay, nil
		}
	}
	relay, err := r.start(monitor)
	if err != nil {
		return "", fmt.Errorf("relay to the resource monitor: %w", err)
	}
	if r.open == nil {
		r.open = map[string]string{}
	}
	r.open[monitor] = relay
	return relay, nil
}

// start serves a relay that forwards every method of the monitor unchanged, byte by byte, except registrations.
func (r *relays) start(monitor string) (string, error) {
	conn, err := grpc.NewClient(monitor, grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	if err != nil {
		return "", err
	}
	stop := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init:   func(*grpc.Server) error { return nil },
		Options: []grpc.ServerOption{
			grpc.ForceServerCodec(frames{}),
			grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error { return r.forward(conn, stream) }),
		},
	})
	if err != nil {
		return "", err
	}
	r.stops = append(r.stops, func() {
		close(stop)
		_ = conn.Close()
	})
	return loopback(handle.Port), nil
}

// forward forwards one call. All methods of the monitor are unary.
func (r *relays) forward(conn *grpc.ClientConn, stream grpc.ServerStream) error {
	method, ok := grpc.MethodFromServerStream(stream)
	if !ok {
		return status.Error(codes.Internal, "a call without a method")
	}
	var request, response frame
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	if method == pulumirpc.ResourceMonitor_RegisterResource_FullMethodName {
		if err := r.register(&request); err != nil {
			return err
		}
	}
	ctx := stream.Context()
	if incoming, ok := metadata.FromIncomingContext(ctx); ok {
		ctx = metadata.NewOutgoingContext(ctx, incoming.Copy())
	}
	if err := conn.Invoke(ctx, method, &request, &response, grpc.ForceCodec(frames{})); err != nil {
		return err
	}
	return stream.SendMsg(&response)
}

func (r *relays) register(request *frame) error {
	var registration pulumirpc.RegisterResourceRequest
	if err := proto.Unmarshal(*request, &registration); err != nil {
		return err
	}
	r.edit(&registration)
	edited, err := proto.Marshal(&registration)
	*request = edited
	return err
}

func (r *relays) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, stop := range r.stops {
		stop()
	}
	r.stops = nil
}

// frame is a message that is not decoded.
type frame []byte

// frames is the codec of messages that are not decoded.
type frames struct{}

func (frames) Name() string { return "proto" }

func (frames) Marshal(message any) ([]byte, error) { return *message.(*frame), nil }

func (frames) Unmarshal(data []byte, message any) error {
	*message.(*frame) = append(frame(nil), data...)
	return nil
}
