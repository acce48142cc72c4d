package engine_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/engine/internal/program"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/providers/providertest"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// holdNode makes the test binary a process that starts Node and waits to be killed.
const holdNode = "REHEARSAL_TEST_HOLD_NODE"

var host *engine.Host

// TestMain shares one host among the tests. The binary also serves as a compiled Pulumi program, as the program of a
// provider, and as a process that is killed.
func TestMain(m *testing.M) {
	if os.Getenv(pulumi.EnvMonitor) != "" {
		pulumi.Run(program.Network)
		return
	}
	if os.Getenv(serveProvider) != "" {
		serveAWS()
	}
	var err error
	if host, err = engine.StartHost(engine.HostOptions{NodeModules: "../node_modules", Log: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if os.Getenv(holdNode) != "" {
		startNodeAndWait()
	}
	code := m.Run()
	if err := host.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// rehearse returns a run of a program in a new simulated account.
func rehearse(t *testing.T, run pulumi.RunFunc) (engine.Run, *providertest.World) {
	t.Helper()
	stack, err := engine.LoadStack("testdata/project", "test")
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := host.Endpoint(0)
	if err != nil {
		t.Fatal(err)
	}
	w := &providertest.World{Endpoint: endpoint}
	return engine.Run{
		Stack: stack, Host: host, Program: engine.Inline(run),
		Providers: engine.Providers{"aws": providers.AWS(w.AWS), "kubernetes": providers.Kubernetes(w.Kubernetes)},
	}, w
}

// step is one of the package's operations.
type step func(context.Context, engine.Run) (*engine.Result, error)

// must runs an operation that has to succeed, and sets its state as the base of the next one.
func must(t *testing.T, operation step, run *engine.Run) *engine.Result {
	t.Helper()
	result, err := operation(context.Background(), *run)
	if err != nil {
		t.Fatalf("%v", err)
	}
	run.Base = result.State
	return result
}
