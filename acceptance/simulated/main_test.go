package simulated_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eksnet/acceptance/accept"
	"eksnet/acceptance/account"
	"eksnet/acceptance/command"
	"eksnet/acceptance/look"
	"eksnet/acceptance/memory"
	"eksnet/acceptance/simulated"
	"eksnet/internal/stackfile"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

const (
	root  = "../.."
	tried = "local"
)

// sharedHost is used by all tests, because its Node process takes a second to start.
var sharedHost *engine.Host

// rehearsed is the file with the report of a rehearsal.
var rehearsed string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "eksnet-simulated")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if sharedHost, err = engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(root, "rehearsal", "node_modules")}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer sharedHost.Close()
	r, err := openRehearsal(dir, scenario.Silent{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer r.Close()
	if !r.Lifecycle(context.Background()) {
		fmt.Fprintln(os.Stderr, r.Report.Operations)
		return 1
	}
	rehearsed = filepath.Join(dir, "report.json")
	return m.Run()
}

func openRehearsal(dir string, progress scenario.Progress, change ...func(*scenario.Options)) (*scenario.Rehearsal, error) {
	options := scenario.Options{Root: root, Stack: tried, Program: engine.Inline(stack.Program), Dir: dir, Install: filepath.Join(root, "rehearsal"),
		Host: sharedHost, Progress: progress}
	for _, c := range change {
		c(&options)
	}
	return scenario.Open(options)
}

// acceptance is an acceptance of a stack in the simulated account, and what happens meanwhile.
type acceptance struct {
	*scenario.Rehearsal
	account simulated.Account
	cluster *memory.Cluster
	// interrupts ends the running phase, and phase is the running one.
	interrupts chan os.Signal
	phase      string
	// in is called at the first call of a phase that reads, and after 30 resources of one that changes.
	in   map[string]func()
	done int
}

func newAcceptance(t *testing.T, change ...func(*scenario.Options)) *acceptance {
	t.Helper()
	a := &acceptance{interrupts: make(chan os.Signal, 4), in: map[string]func(){}}
	var err error
	if a.Rehearsal, err = openRehearsal(t.TempDir(), a, change...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	spec, planned, err := stackfile.Load(root, tried)
	if err != nil {
		t.Fatal(err)
	}
	settings := memory.ReadySettings(spec, planned)
	a.cluster = memory.NewCluster(spec)
	a.account = simulated.Account{World: a.World(), Account: &memory.Account{Settings: settings, Cluster: a.cluster,
		Who: account.Identity{Account: spec.Accounts[0], ARN: "arn:aws:iam::" + spec.Accounts[0] + ":user/me"}}}
	a.account.Refuse = func(string, leftoverResource) error { a.happen(accept.Checks, accept.Audit); return nil }
	a.cluster.Refuse = func(string) error { a.happen(accept.Look); return a.requireService(spec.Cluster.Name) }
	return a
}

// Write is the progress of the command: it prints the name of a phase before it begins.
func (a *acceptance) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		if name, found := strings.CutPrefix(line, "── "); found {
			a.phase, a.done = strings.TrimSpace(name), 0
		}
	}
	return len(text), nil
}

// happen calls what happens in the running phase, once, if it is one of these.
func (a *acceptance) happen(phases ...string) {
	for _, phase := range phases {
		if do := a.in[phase]; do != nil && a.phase == phase {
			delete(a.in, phase)
			do()
		}
	}
}

// Begin implements scenario.Progress.
func (a *acceptance) Begin(string) { a.happen(accept.Preview) }

// Event implements scenario.Progress.
func (a *acceptance) Event(event scenario.Event) {
	if _, ended := scenario.FinishedResource(event); ended {
		if a.done++; a.done >= 30 {
			a.happen(accept.Up, accept.Destroy)
		}
	}
}

// End implements scenario.Progress.
func (a *acceptance) End(scenario.Operation) {}

// requireService returns an error while the cluster does not have the Service that the look is about.
func (a *acceptance) requireService(cluster string) error {
	if a.World().CountPods(cluster, "echo", "echo") == 0 {
		return fmt.Errorf("cluster %s has no pods of workload echo", cluster)
	}
	return nil
}

// result is how a command ended.
type result struct {
	status          int
	out, complaints string
}

// run runs a command.
func (a *acceptance) run(args ...string) result {
	var out, complaints bytes.Buffer
	w := command.World{Out: &out, Complaints: both{&complaints, a}, In: strings.NewReader(""), Environment: func(string) string { return "" }, Client: a.cluster,
		Open:       func(context.Context, command.Credentials) (command.Account, error) { return a.account, nil },
		Cluster:    func(string, string) (look.Cluster, error) { return a.cluster, nil },
		Driver:     func(string, string) accept.Driver { return simulated.Driver{Rehearsal: a.Rehearsal} },
		Interrupts: a.interrupts,
		Wait:       func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	status := command.Run(context.Background(), append(args, "-C", root), w)
	return result{status, out.String(), complaints.String()}
}

// accept runs the command accept.
func (a *acceptance) accept(options ...string) result {
	return a.run(append([]string{"accept", tried, "--account", a.account.Who.Account, "-rehearsed", rehearsed, "-yes"}, options...)...)
}

// both writes to two writers.
type both struct {
	first, second interface{ Write([]byte) (int, error) }
}

func (b both) Write(text []byte) (int, error) {
	if n, err := b.first.Write(text); err != nil {
		return n, err
	}
	return b.second.Write(text)
}
