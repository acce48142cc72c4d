package prove

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/rehearsal/world"
)

// Faults destroys the complete stack after something went wrong with it: what the controllers need is gone, the cluster is gone or
// does not answer, or somebody made something by hand. What cannot go by itself is named, and is gone once the operator did
// what he was told. A fault of what the stack does not have does not happen to it.
func Faults(ctx context.Context, r *Rig) (*Proof, error) {
	whole, err := r.complete(ctx)
	if err != nil {
		return nil, err
	}
	return r.tryAll(ctx, "faults", func(hand func(trialStart)) error {
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
			begin := trialStart{name: f.name, state: whole.state, world: s.world, clean: f.clean, mustFail: !f.clean, deleteUnreachable: f.deleteUnreachable}
			if f.remedy != nil {
				begin.remedy = func(*world.World) error { return f.remedy(s) }
			}
			hand(begin)
		}
		return nil
	})
}

// fault is something that happens to a complete stack before it is destroyed.
type fault struct {
	name   string
	happen func(*faultyStack) error
	// clean is that the destroy goes through all the same and leaves nothing.
	clean bool
	// remedy takes the cause away; nil where the operator only does what the leftovers' commands say.
	remedy func(*faultyStack) error
	// forgets is that the operator lets Pulumi forget what was in the cluster, as the message says.
	deleteUnreachable bool
}

func allFaults() []fault {
	return append(clusterFaults(), accountFaults()...)
}

// scene is a complete stack in a world of its own, with the hands of somebody who may do everything.
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

// errAbsent is the cause of an error about what the stack does not have.
var errAbsent = errors.New("the stack does not have it")

// all are the resources of a type whose name contains a text, and one is the first of them.
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

// id is the id of a resource of the stack.
func (s *faultyStack) id(typ, name string) (string, error) {
	r, err := s.findFirst(typ, name)
	return string(r.ID), err
}

// remove deletes a resource of the stack behind Pulumi's back.
func (s *faultyStack) remove(client world.Client, typ, name string) error {
	id, err := s.id(typ, name)
	if err != nil {
		return err
	}
	return client.Delete(typ, id)
}

// change changes inputs of something that stands, at its own top level.
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

// changed is a copy of an object with one value replaced, at a path of keys.
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
