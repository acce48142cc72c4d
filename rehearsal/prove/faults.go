package prove

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/internal/stackfile"
	"eksnet/plan"
	"eksnet/rehearsal/prove/zoneloss"
	"eksnet/rehearsal/world"
)

// Faults destroys the complete stack after a fault: the controllers lack something that they need, the cluster is
// deleted or does not respond, or a resource was created by hand. Everything that blocks the destroy must be named,
// and must be gone after the operator ran the commands in the messages. A fault in something that the stack does not
// have is skipped.
func Faults(ctx context.Context, r *Rig) (*Proof, error) {
	whole, err := r.complete(ctx)
	if err != nil {
		return nil, err
	}
	return r.tryAll(ctx, "faults", func(submit func(trialStart)) error {
		all := allFaults()
		for i, f := range all {
			if !r.pace.Tries(i, len(all)) {
				continue
			}
			s, err := r.scene(whole)
			if err != nil {
				return err
			}
			switch err := f.happen(s); {
			case errors.Is(err, errAbsent):
				continue
			case err != nil:
				return fmt.Errorf("%s: %w", f.name, err)
			}
			clean := f.clean != nil && f.clean(s)
			begin := trialStart{name: f.name, state: whole.state, world: s.world, clean: clean, mustFail: !clean, deleteUnreachable: f.deleteUnreachable}
			if f.remedy != nil {
				begin.remedy = func(*world.World) error { return f.remedy(s) }
			}
			submit(begin)
		}
		return nil
	})
}

// Zones fails each zone of the complete stack in turn, and compares what then works in the account with what the plan
// says of each part. No stack is destroyed.
func Zones(ctx context.Context, r *Rig) (*Proof, error) {
	whole, err := r.complete(ctx)
	if err != nil {
		return nil, err
	}
	spec, planned, err := stackfile.Load(r.Root(), r.stack.Name)
	if err != nil {
		return nil, err
	}
	p := &Proof{Name: "zones"}
	for _, zone := range spec.Network.Zones {
		began := time.Now()
		loss, err := plan.LoseZone(spec, planned, zone)
		if err != nil {
			return nil, err
		}
		failing := whole.world.Clone()
		before := failing.Available()
		failing.LoseZone(zone)
		for _, c := range zoneloss.Compare(spec, loss, before, failing.Available()) {
			trial := Trial{Proof: p.Name, Name: "without " + zone + ": " + c.Part, Clean: c.Broken == "", Broken: c.Broken, Took: time.Since(began)}
			p.Trials = append(p.Trials, trial)
			if r.options.Progress != nil {
				r.options.Progress(trial)
			}
		}
	}
	return p, nil
}

// fault is a change of a complete stack before it is destroyed.
type fault struct {
	name   string
	happen func(*faultyStack) error
	// clean reports whether the destroy of the stack must succeed all the same and leave nothing; nil is never.
	clean func(*faultyStack) bool
	// remedy removes the cause before the second destroy; nil if the operator runs only the commands of the
	// leftovers.
	remedy func(*faultyStack) error
	// deleteUnreachable is true if the operator removes the cluster's objects from the state, as the message
	// recommends.
	deleteUnreachable bool
}

func always(*faultyStack) bool { return true }

func allFaults() []fault {
	return append(clusterFaults(), accountFaults()...)
}

// faultyStack is a complete stack in its own simulated account, with clients that have all permissions.
type faultyStack struct {
	world     *world.World
	aws, kube world.Client
	resources []apitype.ResourceV3
}

func (r *Rig) scene(whole *snapshot) (*faultyStack, error) {
	s := &faultyStack{world: whole.world.Clone(), resources: whole.state.Resources()}
	settings, err := r.stack.Settings()
	if err != nil {
		return nil, err
	}
	if s.aws, err = s.world.AWS(world.AWSConfig{Region: settings["aws:region"]}); err != nil {
		return nil, err
	}
	s.kube, err = s.world.Kubernetes(whole.kubeconfig)
	return s, err
}

// errAbsent is the error of a fault in something that the stack does not have.
var errAbsent = errors.New("the stack does not have it")

// findAll returns the resources of a type whose name contains a text, and findFirst the first of them.
func (s *faultyStack) findAll(typ, name string) []apitype.ResourceV3 {
	var found []apitype.ResourceV3
	for _, r := range s.resources {
		if string(r.Type) == typ && strings.Contains(r.URN.Name(), name) {
			found = append(found, r)
		}
	}
	return found
}

func (s *faultyStack) findFirst(typ, name string) (apitype.ResourceV3, error) {
	found := s.findAll(typ, name)
	if len(found) == 0 {
		return apitype.ResourceV3{}, fmt.Errorf("%s %q: %w", typ, name, errAbsent)
	}
	return found[0], nil
}

// id returns the id of a resource of the stack.
func (s *faultyStack) id(typ, name string) (string, error) {
	r, err := s.findFirst(typ, name)
	return string(r.ID), err
}

// remove deletes a resource of the stack without Pulumi.
func (s *faultyStack) remove(client world.Client, typ, name string) error {
	id, err := s.id(typ, name)
	if err != nil {
		return err
	}
	return client.Delete(typ, id)
}

// updateInputs replaces top-level inputs of an existing object.
func updateInputs(client world.Client, typ, id string, inputs world.Properties) error {
	o, err := client.Read(typ, id)
	if err != nil {
		return err
	}
	changed := maps.Clone(o.Inputs)
	maps.Copy(changed, inputs)
	_, err = client.Update(typ, id, changed)
	return err
}

// withValue returns a copy of an object with one value replaced, at a path of keys.
func withValue(value any, replacement any, path ...string) any {
	if len(path) == 0 {
		return replacement
	}
	copied := world.Properties{}
	if was, ok := value.(world.Properties); ok {
		maps.Copy(copied, was)
	}
	copied[path[0]] = withValue(copied[path[0]], replacement, path[1:]...)
	return copied
}
