package engine

import (
	"context"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// logs is the engine service that Node connects to for its whole life. It passes messages on to the running operations.
type logs struct {
	pulumirpc.UnimplementedEngineServer

	address string
	stop    chan bool

	mu    sync.Mutex
	sinks map[*sink]bool
}

// sink receives the messages of one running operation.
type sink struct {
	stack       string
	diag, state diag.Sink
}

func serveLogs() (*logs, error) {
	l := &logs{stop: make(chan bool), sinks: map[*sink]bool{}}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: l.stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterEngineServer(server, l)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	l.address = loopback(handle.Port)
	return l, nil
}

func (l *logs) close() { close(l.stop) }

// subscribe adds the sink of an operation and returns a function that removes it.
func (l *logs) subscribe(s *sink) (leave func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sinks[s] = true
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.sinks, s)
	}
}

// Log passes a message to the operation of its stack, or to all operations if it has no URN.
func (l *logs) Log(_ context.Context, request *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := range l.sinks {
		if request.Urn != "" && !strings.HasPrefix(request.Urn, "urn:pulumi:"+s.stack+"::") {
			continue
		}
		target := s.diag
		if request.Ephemeral {
			target = s.state
		}
		target.Logf(severity(request.Severity), diag.StreamMessage(resource.URN(request.Urn), request.Message, request.StreamId))
	}
	return &emptypb.Empty{}, nil
}

func severity(s pulumirpc.LogSeverity) diag.Severity {
	switch s {
	case pulumirpc.LogSeverity_DEBUG:
		return diag.Debug
	case pulumirpc.LogSeverity_WARNING:
		return diag.Warning
	case pulumirpc.LogSeverity_ERROR:
		return diag.Error
	default:
		return diag.Info
	}
}
