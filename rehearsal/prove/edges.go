package prove

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
)

// EdgeProof is the result of removing one edge of stack/stack.go.
type EdgeProof struct {
	Edge
	// Up and Down are the errors of the simulated account without the edge, "" if that direction has none.
	Up, Down string
	// Under is the circumstance in which Down occurs, "" if it always occurs.
	Under string
	// Stack is the other stack that proved the edge, "" if the rig's own stack did.
	Stack string
	// Absent is true if no stack has both ends of the edge. Redundant is true if other edges or data have the same
	// order.
	Absent, Redundant bool
	// Skipped is true if the edge was not tried, because the proof tries a sample.
	Skipped bool
}

// Proven reports whether a stack needs the edge.
func (p EdgeProof) Proven() bool { return p.Up != "" || p.Down != "" }

// Problem returns the reason why stack.go should not have the edge, "" if it should.
func (p EdgeProof) Problem() string {
	switch {
	case p.Proven() || p.Skipped:
		return ""
	case p.Absent:
		return fmt.Sprintf("%s: no stack has both ends, so it is not proven; add both to a stack file", p.Edge)
	case p.Redundant:
		return fmt.Sprintf("%s: redundant, other edges or data have the same order", p.Edge)
	default:
		return fmt.Sprintf("%s: nothing fails without it, so it is not needed or the simulated account lacks a rule", p.Edge)
	}
}

// Edges removes each ordering edge of stack/stack.go in turn, creates and destroys the stack in the worst order that
// is possible without it, and reports what fails. If nothing fails, it tries the other committed stacks. It calls
// onProof for each proof as it completes, if that is not nil.
func Edges(ctx context.Context, r *Rig, program pulumi.RunFunc, onProof func(EdgeProof)) ([]EdgeProof, error) {
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
		if err == nil && onProof != nil {
			serial.Lock()
			defer serial.Unlock()
			onProof(proof)
		}
		proofs[i] = proof
		return err
	})
	return proofs, err
}

// share calls do n times, one call at a time on each host, and returns the first error.
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

// prove tries an edge in the rig's own stack, and then in the others until one proves it.
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

// prove removes one edge and tries both directions, in the orders that delay all resources of the prerequisite or, if
// singly is true, in those that delay one resource.
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
