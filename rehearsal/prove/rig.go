package prove

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/internal/charts"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/internal/pace"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// Options selects the stack of the proofs. Root, Stack and Program are required.
type Options struct {
	// Root is the folder of Pulumi.yaml and the stack files.
	Root, Stack string
	Program     engine.Program
	// Install holds node_modules and charts; default Root/rehearsal.
	Install string
	// Workers is the number of trials that run at once; default one for each core.
	Workers int
	// Sample is the number of steps, edges or resources that a proof tries, evenly spread; 0, the default, for all.
	Sample int
	// Bound is the time without progress after which a destroy counts as hanging; default five minutes. A destroy
	// takes seconds even on a busy machine.
	Bound time.Duration
	// Progress is called with each trial as it ends; nil for none.
	Progress func(Trial)
}

// Rig holds what the proofs of one stack share: the loaded stack, and an engine host for each worker.
type Rig struct {
	options Options
	stack   *engine.Stack
	hosts   []*engine.Host
	world   world.Options
	whole   *snapshot
	pace    *pace.Pace
	// steps is the number of checkpoints of an up.
	steps int
}

// Open loads a stack and starts the hosts. Node starts with the first up.
func Open(o Options) (*Rig, error) {
	o.Install = cmp.Or(o.Install, filepath.Join(o.Root, "rehearsal"))
	o.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	o.Bound = cmp.Or(o.Bound, 5*time.Minute)
	if o.Progress == nil {
		o.Progress = func(Trial) {}
	}
	r := &Rig{options: o, pace: pace.New(0)}
	var err error
	var account string
	var operator world.OperatorResources
	if r.stack, account, operator, err = loadStack(o.Root, o.Stack); err != nil {
		return nil, err
	}
	for range o.Workers {
		host, err := engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(o.Install, "node_modules")})
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.hosts = append(r.hosts, host)
	}
	endpoint, err := r.hosts[0].Endpoint(0)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	r.world = world.Options{Account: account, Charts: charts.Folders(filepath.Join(o.Install, "charts")), Endpoint: endpoint, Authority: engine.Authority(), Operator: operator}
	return r, nil
}

// Root returns the folder of the stack files, and Stack the name of the rig's own stack.
func (r *Rig) Root() string  { return r.options.Root }
func (r *Rig) Stack() string { return r.options.Stack }

// of returns a rig of another stack with the same hosts, which the first rig closes.
func (r *Rig) of(name string) (*Rig, error) {
	if name == r.stack.Name {
		return r, nil
	}
	other := *r
	other.options.Stack, other.whole = name, nil
	var err error
	other.stack, other.world.Account, other.world.Operator, err = loadStack(r.options.Root, name)
	return &other, err
}

// Within limits the time of the next proof, which tries a sample of its steps if the time is too short; 0 is no
// limit.
func (r *Rig) Within(limit time.Duration) { r.pace = pace.New(limit) }

// Skipped returns the number of steps that were skipped since Within because of the time limit, and the number of all
// steps.
func (r *Rig) Skipped() (skipped, of int) { return r.pace.Skipped() }

// Close stops the hosts.
func (r *Rig) Close() error {
	var errs []error
	for _, host := range r.hosts {
		errs = append(errs, host.Close())
	}
	return errors.Join(errs...)
}

// loadStack reads a stack and its first allowed account, 000000000000 if it has none.
func loadStack(root, name string) (stack *engine.Stack, account string, operator world.OperatorResources, err error) {
	if stack, err = engine.LoadStack(root, name); err != nil {
		return nil, "", operator, err
	}
	settings, err := stack.Settings()
	if err != nil {
		return nil, "", operator, err
	}
	account, operator = "000000000000", scenario.OperatorResourcesOf(settings)
	var accounts []string
	if json.Unmarshal([]byte(settings["aws:allowedAccountIds"]), &accounts) == nil && len(accounts) > 0 {
		account = accounts[0]
	}
	return stack, account, operator, nil
}

// stride returns the distance between the steps of a sample. It is odd: beginnings and ends of steps alternate, and a
// sample needs both.
func (r *Rig) stride(steps int) int {
	if r.options.Sample == 0 || steps <= r.options.Sample {
		return 1
	}
	return (steps+r.options.Sample-1)/r.options.Sample | 1
}

// sampled selects the steps that a proof tries: those of the sample, until the time limit. Before is the number of
// steps before the first of these.
func (r *Rig) sampled(before, steps int) func(step int) bool {
	stride := r.stride(steps)
	return func(step int) bool { return step%stride == 0 && r.pace.Tries(before+step, steps) }
}

// snapshot is a stack at one moment: the Pulumi state and the simulated account.
type snapshot struct {
	state *engine.State
	world *world.World
	// kubeconfig is that of the cluster; "" before up has ended.
	kubeconfig string
}

// run returns an operation from a state on a simulated account. The engine never releases the providers of an
// operation, so they refer to the account through a holder that is emptied when the operation ends.
func (r *Rig) run(host *engine.Host, base *engine.State, at *worldHolder, forgets bool) engine.Run {
	kubernetes := providers.Kubernetes(at.kubernetes)
	if forgets {
		kubernetes = providers.ForgettingKubernetes(at.kubernetes)
		base = withoutReleases(base)
	}
	return engine.Run{
		Stack: r.stack, Host: host, Program: r.options.Program, Base: base,
		Providers: engine.Providers{"aws": providers.AWS(at.aws), "kubernetes": kubernetes},
	}
}

// withoutReleases returns the state after `pulumi state delete --target-dependents` of its Helm releases, which the
// provider does not remove by itself.
func withoutReleases(state *engine.State) *engine.State {
	gone := map[urn.URN]bool{}
	kept := slices.DeleteFunc(slices.Clone(state.Resources()), func(r apitype.ResourceV3) bool {
		gone[r.URN] = r.Type == "kubernetes:helm.sh/v3:Release" || gone[r.Parent] ||
			slices.ContainsFunc(r.Dependencies, func(u urn.URN) bool { return gone[u] })
		return gone[r.URN]
	})
	return state.WithResources(kept)
}

// worldHolder holds the simulated account of an operation while it runs.
type worldHolder struct {
	world *world.World
	// failure is a create that fails once, nil for none.
	failure *failure
	mu      sync.Mutex
}

func (p *worldHolder) aws(config world.AWSConfig) (world.Client, error) {
	client, err := p.world.AWS(config)
	return failingClient{client, p}, err
}

func (p *worldHolder) kubernetes(kubeconfig string) (world.Client, error) {
	client, err := p.world.Kubernetes(kubeconfig)
	return failingClient{client, p}, err
}

// failureOf returns the failure of a type's create, once.
func (p *worldHolder) failureOf(typ string) *failure {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.failure
	if f == nil || f.typ != typ {
		return nil
	}
	p.failure = nil
	return f
}

// up creates the stack in an empty account with this many parallel steps, and calls onCheckpoint with each checkpoint
// and the account at that moment.
func (r *Rig) up(ctx context.Context, parallel int, onCheckpoint func(engine.Checkpoint, *world.World)) (*snapshot, error) {
	w := world.New(r.world)
	run := r.run(r.hosts[0], nil, &worldHolder{world: w}, false)
	run.Parallel = parallel
	run.OnCheckpoint = func(c engine.Checkpoint) { onCheckpoint(c, w) }
	result, err := engine.Up(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("up: %w", err)
	}
	kubeconfig, _ := result.Outputs["kubeconfig"].(string)
	r.whole = &snapshot{state: result.State, world: w, kubeconfig: kubeconfig}
	return r.whole, nil
}

// complete returns the stack after up.
func (r *Rig) complete(ctx context.Context) (*snapshot, error) {
	if r.whole != nil {
		return r.whole, nil
	}
	r.steps = 0
	return r.up(ctx, 0, func(engine.Checkpoint, *world.World) { r.steps++ })
}
