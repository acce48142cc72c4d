// Package compare runs the same operations twice, with the simulated cluster and with a lab: Pulumi's own Kubernetes
// provider on a real API server. Every difference is an error of the simulation.
package compare

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"eksnet/internal/charts"
	"eksnet/rehearsal/changes"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/lab"
	"eksnet/rehearsal/scenario"
)

// Options are the options of a comparison.
type Options struct {
	// Root is the checkout, and Stack the stack whose operations are compared.
	Root, Stack string
	// Dir holds the files of both rehearsals.
	Dir     string
	Program engine.Program
	Lab     *lab.Connection
	// Progress is called with a line for each operation, and Difference with each difference.
	Progress, Difference func(line string)
}

// Pair is a stack in both places.
type Pair struct {
	options Options
	host    *engine.Host
	config  changes.Config
	// places are the folders of the rehearsals: the simulated one and that in the lab.
	places [2]string
	// registered may change registrations, in both places.
	registered engine.Edit
	// differences are those found so far.
	differences map[string]bool
}

// Open begins a comparison with an empty account in both places.
func Open(o Options) (*Pair, error) {
	p := &Pair{options: o, differences: map[string]bool{}, places: [2]string{filepath.Join(o.Dir, "simulated"), filepath.Join(o.Dir, "lab")}}
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.project(), 0o755); err != nil {
		return nil, err
	}
	if err := p.linkCharts(); err != nil {
		return nil, err
	}
	if err := p.reset(); err != nil {
		return nil, err
	}
	var err error
	p.host, err = engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(o.Root, "rehearsal", "node_modules")})
	return p, err
}

// Close stops the component's provider.
func (p *Pair) Close() error { return p.host.Close() }

// reset makes the stack file that of the checkout.
func (p *Pair) reset() (err error) {
	if p.config, err = changes.Load(filepath.Join(p.options.Root, "Pulumi."+p.options.Stack+".yaml")); err != nil {
		return err
	}
	return p.save()
}

// linkCharts makes the stack's own charts found in the folder of the project, in which Pulumi runs providers.
func (p *Pair) linkCharts() error {
	root, err := filepath.Abs(p.options.Root)
	if err != nil {
		return err
	}
	link := filepath.Join(p.project(), charts.OwnCharts)
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	return os.Symlink(filepath.Join(root, charts.OwnCharts), link)
}

// project is the folder of the edited stack file.
func (p *Pair) project() string { return filepath.Join(p.options.Dir, "project") }

func (p *Pair) save() error {
	return changes.Save(p.project(), p.options.Root, p.options.Stack, p.config)
}

// edit changes the stack file.
func (p *Pair) edit(edits []changes.Edit) error {
	for _, edit := range edits {
		if err := edit(p.config); err != nil {
			return err
		}
	}
	return p.save()
}

// operation is an operation of a rehearsal.
type operation func(*scenario.Rehearsal, context.Context) scenario.Operation

// result is what an operation did in one place.
type result struct {
	operation scenario.Operation
	state     *engine.State
}

// Differences returns the number of differences found so far.
func (p *Pair) Differences() int { return len(p.differences) }

// do runs an operation in both places, and reports the differences that no earlier operation had. It returns whether
// the operation failed in one of them.
func (p *Pair) do(ctx context.Context, name string, run operation) (failed bool, err error) {
	var results [2]result
	for i := range p.places {
		if results[i], err = p.runIn(ctx, i, run); err != nil {
			return false, fmt.Errorf("%s: %w", name, err)
		}
	}
	simulated, real := results[0], results[1]
	for _, line := range append(differentChanges(simulated.operation, real.operation), differentStates(simulated.state, real.state)...) {
		if !p.differences[line] {
			p.differences[line] = true
			p.options.Difference(name + ": " + line)
		}
	}
	p.options.Progress(fmt.Sprintf("%s: %d changes, %.1f s in the lab", name, len(real.operation.Changes), real.operation.WallSeconds))
	return simulated.operation.Error != "" || real.operation.Error != "", ctx.Err()
}

// runIn runs an operation in one place.
func (p *Pair) runIn(ctx context.Context, place int, run operation) (r result, err error) {
	rehearsal, err := scenario.Open(p.scenarioOptions(place))
	if err != nil {
		return r, err
	}
	r.operation = run(rehearsal, ctx)
	r.state = rehearsal.State()
	return r, rehearsal.Close()
}

// scenarioOptions are the options of the rehearsal in a place: 0 is the simulated cluster, 1 the lab.
func (p *Pair) scenarioOptions(place int) scenario.Options {
	o := scenario.Options{Root: p.project(), Stack: p.options.Stack, Dir: p.places[place],
		Install: filepath.Join(p.options.Root, "rehearsal"), Host: p.host, Program: p.options.Program, Edit: p.registered}
	if place == 1 {
		o.Lab = p.options.Lab
	}
	return o
}
