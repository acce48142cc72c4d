package prove

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
)

// EdgeProof is what breaks without one edge of stack/stack.go.
type EdgeProof struct {
	Edge
	// Up and Down are the world's own words for what breaks when the edge is cut, "" where nothing does in that direction.
	Up, Down string
	// Under is the circumstance without which nothing breaks down, "" where none is needed.
	Under string
	// Stack is another stack that had to prove it, "" where the rig's own does.
	Stack string
	// Absent says that no stack has what the edge is between, Redundant that other edges or data order the two all the same.
	Absent, Redundant bool
	// Skipped says that the edge was not removed, because not all of them are tried.
	Skipped bool
}

// Proven says whether the stack needs the edge.
func (p EdgeProof) Proven() bool { return p.Up != "" || p.Down != "" }

// Problem is why an edge has no place in stack.go, "" where it has.
func (p EdgeProof) Problem() string {
	switch {
	case p.Proven() || p.Skipped:
		return ""
	case p.Absent:
		return fmt.Sprintf("%s: no stack has both, so nothing proves it; add what it is about to a stack file", p.Edge)
	case p.Redundant:
		return fmt.Sprintf("%s: redundant, other edges or data order the two all the same", p.Edge)
	default:
		return fmt.Sprintf("%s: without it nothing breaks, so it is not needed or the world lacks a rule", p.Edge)
	}
}

// Edges removes each ordering edge of stack/stack.go in turn, builds and destroys the stack in the worst order that is open then,
// and tells what breaks. Where that is nothing, the other committed stacks are tried. Told gets each proof as it is found; nil for silence.
func Edges(ctx context.Context, r *Rig, program pulumi.RunFunc, told func(EdgeProof)) ([]EdgeProof, error) {
	sites := newBuiltStacks(r, program)
	source, err := readSource(r.options.Root)
	if err != nil {
		return nil, err
	}
	proofs, serial := make([]EdgeProof, len(source.edges)), sync.Mutex{}
	tries := r.sampled(0, len(source.edges))
	err = r.share(len(source.edges), func(i int, host *engine.Host) error {
		if !tries(i) {
			proofs[i] = EdgeProof{Edge: source.edges[i], Skipped: true}
			return nil
		}
		proof, err := sites.prove(ctx, host, source.edges[i])
		if err == nil && told != nil {
			serial.Lock()
			defer serial.Unlock()
			told(proof)
		}
		proofs[i] = proof
		return err
	})
	return proofs, err
}

// share does n things, one a host at a time, and gives the first error.
func (r *Rig) share(n int, do func(i int, host *engine.Host) error) error {
	errs, next := make([]error, n), make(chan int)
	var workers sync.WaitGroup
	for _, host := range r.hosts {
		workers.Go(func() {
			for i := range next {
				errs[i] = do(i, host)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
	return firstError(errs...)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// prove looks at an edge in the rig's own stack, and then in the others until one proves it.
func (s *builtStacks) prove(ctx context.Context, host *engine.Host, edge Edge) (EdgeProof, error) {
	without := EdgeProof{Edge: edge, Absent: true, Redundant: true}
	for _, singly := range []bool{false, true} {
		for _, name := range s.stackNames() {
			at, err := s.build(ctx, name)
			if err != nil {
				return EdgeProof{}, err
			}
			proof, err := at.prove(ctx, host, edge, singly)
			if name != s.rig.stack.Name {
				proof.Stack = name
			}
			if err != nil || proof.Proven() {
				return proof, err
			}
			without.Absent = without.Absent && proof.Absent
			without.Redundant = without.Redundant && (proof.Redundant || proof.Absent)
		}
	}
	return without, nil
}

// prove removes one edge and looks at both directions, in the orders that hold all of the prerequisite or those that hold one resource of it.
func (s *builtStack) prove(ctx context.Context, host *engine.Host, edge Edge, singly bool) (EdgeProof, error) {
	proof := EdgeProof{Edge: edge}
	dependents, prerequisites := s.seen.of(edge.dependent), s.seen.of(edge.prerequisite)
	if len(dependents) == 0 || len(prerequisites) == 0 {
		proof.Absent = true
		return proof, nil
	}
	o, open := cutEdges(s.graph, dependents, prerequisites)
	if !open {
		proof.Redundant = true
		return proof, nil
	}
	without := scenario.Cut(s.program, dependents, prerequisites)
	var err error
	for _, order := range o.orders(singly) {
		if singly && proof.Proven() {
			break
		}
		if proof.Up == "" && err == nil {
			proof.Up, err = s.upInOrder(ctx, host, without, order)
		}
		if proof.Down == "" && err == nil {
			proof.Down, proof.Under, err = s.destroyInEachCircumstance(ctx, host, order)
		}
	}
	return proof, err
}
