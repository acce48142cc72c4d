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

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/internal/pace"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/world"
)

// Options say whose teardown is proven. Root, Stack and Program are required.
type Options struct {
	// Root is the folder of Pulumi.yaml and the stack files.
	Root, Stack string
	Program     engine.Program
	// Install holds node_modules and chart; default Root/rehearsal.
	Install string
	// Workers is how many destroys run at once; default one for each core.
	Workers int
	// Sample is how many steps, edges or resources a proof tries, spread over all of them; 0, the default, for every one.
	Sample int
	// Bound is how long nothing happens in a destroy before it counts as hanging; default five minutes, where a machine that is busy with
	// other things takes seconds.
	Bound time.Duration
	// Progress is told each trial as it ends; nil for silence.
	Progress func(Trial)
}

// Rig is what the proofs of one stack share: the loaded stack, and an engine host for each worker.
type Rig struct {
	options Options
	stack   *engine.Stack
	hosts   []*engine.Host
	world   world.Options
	whole   *snapshot
	pace    *pace.Pace
	// steps are how many checkpoints an up has.
	steps int
}

// Open loads a stack and starts the hosts; Node starts with the first up.
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
	if r.stack, account, err = loadStack(o.Root, o.Stack); err != nil {
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
	r.world = world.Options{Account: account, Chart: filepath.Join(o.Install, "chart"), Endpoint: endpoint, Authority: engine.Authority()}
	return r, nil
}

// Root is the folder of the stack files, Stack the name of the rig's own stack.
func (r *Rig) Root() string  { return r.options.Root }
func (r *Rig) Stack() string { return r.options.Stack }

// of is a rig of another stack with the same hosts, which the first one closes.
func (r *Rig) of(name string) (*Rig, error) {
	if name == r.stack.Name {
		return r, nil
	}
	other := *r
	other.options.Stack, other.whole = name, nil
	var err error
	other.stack, other.world.Account, err = loadStack(r.options.Root, name)
	return &other, err
}

// Within bounds the time of what is proven next, which then tries a sample of its steps where the time is short; 0 is no bound.
func (r *Rig) Within(limit time.Duration) { r.pace = pace.New(limit) }

// Skipped is how many steps were not tried since Within because time was short, and of how many.
func (r *Rig) Skipped() (skipped, of int) { return r.pace.Skipped() }

// Close ends the hosts.
func (r *Rig) Close() error {
	var errs []error
	for _, host := range r.hosts {
		errs = append(errs, host.Close())
	}
	return errors.Join(errs...)
}

// load reads a stack and the account that it may build in, where there is none one of noughts.
func loadStack(root, name string) (stack *engine.Stack, account string, err error) {
	if stack, err = engine.LoadStack(root, name); err != nil {
		return nil, "", err
	}
	settings, err := stack.Settings()
	if err != nil {
		return nil, "", err
	}
	var accounts []string
	if json.Unmarshal([]byte(settings["aws:allowedAccountIds"]), &accounts) == nil && len(accounts) > 0 {
		return stack, accounts[0], nil
	}
	return stack, "000000000000", nil
}

// stride is how far the steps of a sample are apart. It is odd: beginnings and ends of steps take turns, and a sample has both.
func (r *Rig) stride(steps int) int {
	if r.options.Sample == 0 || steps <= r.options.Sample {
		return 1
	}
	return (steps+r.options.Sample-1)/r.options.Sample | 1
}

// sampled are those of a proof's steps that it tries: of the sample, and while there is time. Before is how many steps came before the first
// of these.
func (r *Rig) sampled(before, steps int) func(step int) bool {
	stride := r.stride(steps)
	return func(step int) bool { return step%stride == 0 && r.pace.Tries(before+step, steps) }
}

// moment is a stack at one point of its life: what Pulumi knows of it, and what stands in the account.
type snapshot struct {
	state *engine.State
	world *world.World
	// kubeconfig reaches the cluster; "" before up ended.
	kubeconfig string
}

// run is an operation from a state on a world. The engine never lets go of the providers of an operation; so they hold a world by a
// place that is emptied when the operation ends.
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

// withoutReleases is a state after `pulumi state delete --target-dependents` of its Helm releases, which the provider does not
// forget by itself.
func withoutReleases(state *engine.State) *engine.State {
	gone := map[urn.URN]bool{}
	kept := slices.DeleteFunc(slices.Clone(state.Resources()), func(r apitype.ResourceV3) bool {
		gone[r.URN] = r.Type == "kubernetes:helm.sh/v3:Release" || gone[r.Parent] ||
			slices.ContainsFunc(r.Dependencies, func(u urn.URN) bool { return gone[u] })
		return gone[r.URN]
	})
	return state.WithResources(kept)
}

// place holds the world of an operation for as long as it runs.
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

// failureOf takes the failure of a type's create.
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

// up builds the stack in an empty account, parallel steps at once, and tells each checkpoint with the account at that moment.
func (r *Rig) up(ctx context.Context, parallel int, told func(engine.Checkpoint, *world.World)) (*snapshot, error) {
	w := world.New(r.world)
	run := r.run(r.hosts[0], nil, &worldHolder{world: w}, false)
	run.Parallel = parallel
	run.OnCheckpoint = func(c engine.Checkpoint) { told(c, w) }
	result, err := engine.Up(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("up: %w", err)
	}
	kubeconfig, _ := result.Outputs["kubeconfig"].(string)
	r.whole = &snapshot{state: result.State, world: w, kubeconfig: kubeconfig}
	return r.whole, nil
}

// complete is the stack as up leaves it.
func (r *Rig) complete(ctx context.Context) (*snapshot, error) {
	if r.whole != nil {
		return r.whole, nil
	}
	r.steps = 0
	return r.up(ctx, 0, func(engine.Checkpoint, *world.World) { r.steps++ })
}
