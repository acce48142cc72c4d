package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/engine/internal/program"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/providers/providertest"
)

// serveProvider makes the test binary the program of the aws provider.
const serveProvider = "REHEARSAL_TEST_PROVIDER"

// serveAWS serves the provider until the engine closes it, and prints its port as plugins do.
func serveAWS() {
	server := plugin.NewProviderServer(providers.AWS((&providertest.World{}).AWS)(semver.MustParse("6.83.2")))
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Init: func(s *grpc.Server) error {
		pulumirpc.RegisterResourceProviderServer(s, server)
		return nil
	}})
	if err == nil {
		fmt.Println(handle.Port)
		err = <-handle.Done
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// counted counts the creates of a provider, and fails them with an error if there is one.
type counted struct {
	plugin.Provider
	creates *atomic.Int64
	failure error
}

func (c *counted) Create(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	c.creates.Add(1)
	if c.failure != nil {
		return plugin.CreateResponse{}, c.failure
	}
	return c.Provider.Create(ctx, request)
}

// providerProgram writes the program of the provider, which records its process IDs.
func providerProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pulumi-resource-aws")
	script := fmt.Sprintf("#!/bin/sh\necho $$ >> '%s.pid'\n%s=1 exec '%s' \"$@\"\n", path, serveProvider, testBinary)
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAProviderCanBeAProgramOfItsOwn(t *testing.T) {
	run, w := rehearse(t, program.Network)
	var creates atomic.Int64
	run.Programs = map[string]engine.ProviderProgram{"aws": {Path: providerProgram(t), Wrap: func(p plugin.Provider) plugin.Provider { return &counted{p, &creates, nil} }}}
	up := must(t, engine.Up, &run)
	if up.Created == 0 || creates.Load() == 0 {
		t.Errorf("%d resources are created with %d calls", up.Created, creates.Load())
	}
	if len(w.Configs()) > 0 {
		t.Error("the provider of this process is used too")
	}
	text, err := os.ReadFile(run.Programs["aws"].Path + ".pid")
	if err != nil {
		t.Fatal(err)
	}
	for pid := range strings.FieldsSeq(string(text)) {
		if number, err := strconv.Atoi(pid); err != nil || syscall.Kill(number, 0) == nil {
			t.Errorf("process %s of the program still runs after the operation", pid)
		}
	}
}

func TestTheErrorOfAProviderProgramIsReported(t *testing.T) {
	run, _ := rehearse(t, program.Network)
	run.Programs = map[string]engine.ProviderProgram{"aws": {Path: filepath.Join(t.TempDir(), "none")}}
	if _, err := engine.Up(context.Background(), run); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a missing program: %v", err)
	}
	var creates atomic.Int64
	failure := errors.New("the lab has no room")
	run.Programs["aws"] = engine.ProviderProgram{Path: providerProgram(t), Wrap: func(p plugin.Provider) plugin.Provider { return &counted{p, &creates, failure} }}
	if _, err := engine.Up(context.Background(), run); err == nil || !strings.Contains(err.Error(), failure.Error()) {
		t.Errorf("a failed call: %v", err)
	}
}
