// Package look sends requests to the workloads of a stack, and compares which pods they reach, which client address
// these report, and which targets the load balancers have with what follows from the stack file.
package look

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"eksnet/config"
	"eksnet/path"
	"eksnet/plan"
)

// Place is where a client is.
type Place string

// The places. Clients of internal load balancers are in the VPC, or in a network that is connected with it.
const (
	Outside Place = "outside"
	InVPC   Place = "in the VPC"
)

// Stack is what is looked at.
type Stack struct {
	Spec *config.Stack
	Plan *plan.Plan
}

// Options are those of a look.
type Options struct {
	// Workloads are the names of workloads, none for all with a load balancer.
	Workloads []string
	// Requests is how many are sent to each workload, one connection each.
	Requests int
	// Scales are the numbers of pods to which each workload is scaled, none for the present number alone.
	Scales []int
	// Settle is how long the targets of a load balancer may differ from the pods before it is a difference.
	Settle time.Duration
	// Clients are the clients by their place. Requests from a place without one are not sent.
	Clients map[Place]Client
	// Wait waits between two polls, and between two requests while pods are scaled; nil is time itself.
	Wait func(ctx context.Context, d time.Duration) error
	// Progress is called before each part.
	Progress func(workload, part string)
}

// Result is what was seen.
type Result struct {
	Workloads []*Workload `json:"workloads"`
}

// Workload is what was seen of a workload.
type Workload struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	Host string `json:"host"`
	// Rounds are the requests at each number of pods, in order. A look without scaling has one.
	Rounds []Round `json:"rounds"`
	// Differences are what contradicts the stack file, once each.
	Differences []string `json:"differences"`
	// Notes are what was not looked at, and why.
	Notes []string `json:"notes"`
	// Pending reports whether the load balancer has no name, no addresses, or an address that does not answer, as is usual
	// for some minutes after its creation.
	Pending bool `json:"pending,omitempty"`
}

// Differs reports whether any workload has a difference.
func (r *Result) Differs() bool {
	return slices.ContainsFunc(r.Workloads, func(w *Workload) bool { return len(w.Differences) > 0 })
}

// looker is a look in progress.
type looker struct {
	Stack
	Options
	cluster   Cluster
	balancers Balancers
	nodes     []Node
}

// Run looks at the workloads of a stack. The result has what was seen until an error. It changes nothing in the cluster
// unless it scales; then the number of pods is that of before at the end, also after an error or an interrupt.
func Run(ctx context.Context, cluster Cluster, balancers Balancers, s Stack, o Options) (*Result, error) {
	if o.Wait == nil {
		o.Wait = wait
	}
	l := &looker{Stack: s, Options: o, cluster: cluster, balancers: balancers}
	result := &Result{}
	names, err := l.names()
	if err != nil {
		return result, err
	}
	if err := l.readNodes(ctx); err != nil {
		return result, err
	}
	for _, name := range names {
		w := &Workload{Name: name, Kind: s.Spec.Workloads[name].Kind, Differences: []string{}, Notes: []string{}}
		result.Workloads = append(result.Workloads, w)
		if err := l.look(ctx, w); err != nil {
			return result, fmt.Errorf("workload %s: %w", name, err)
		}
	}
	return result, nil
}

// names returns the workloads to look at.
func (l *looker) names() ([]string, error) {
	var balanced []string
	for _, name := range slices.Sorted(maps.Keys(l.Spec.Workloads)) {
		if l.Spec.Workloads[name].Balanced() {
			balanced = append(balanced, name)
		}
	}
	if len(balanced) == 0 {
		return nil, errors.New("the stack has no workload with a load balancer")
	}
	for _, name := range l.Workloads {
		if !slices.Contains(balanced, name) {
			return nil, fmt.Errorf("no workload %q with a load balancer; existing: %s", name,
				strings.Join(balanced, ", "))
		}
	}
	if len(l.Workloads) > 0 {
		return l.Workloads, nil
	}
	return balanced, nil
}

// readNodes reads the nodes, and refuses a cluster that is not the stack's.
func (l *looker) readNodes(ctx context.Context) (err error) {
	if l.nodes, err = l.cluster.Nodes(ctx); err != nil {
		return err
	}
	if len(l.nodes) == 0 {
		return errors.New("the cluster has no nodes")
	}
	for _, node := range l.nodes {
		if !slices.Contains(l.Spec.Network.Zones, node.Zone) {
			return fmt.Errorf("node %s is in zone %q, but network.zones has %s: choose the kubeconfig of the stack, with -kubeconfig or -context",
				node.Name, node.Zone, strings.Join(l.Spec.Network.Zones, ", "))
		}
	}
	return nil
}

// look looks at one workload.
func (l *looker) look(ctx context.Context, w *Workload) error {
	way, err := path.Of(l.Spec, w.Name)
	if err != nil {
		return err
	}
	v := &view{looker: l, Workload: w, way: way, spec: l.Spec.Workloads[w.Name]}
	if w.Host, err = l.cluster.HostName(ctx, entryOf(w.Name, v.spec)); err != nil {
		return err
	}
	if w.Host == "" {
		w.Pending = true
		w.addDifferences("the load balancer has no name yet: wait until its creation has finished, or see the events of its Service, Ingress or Gateway")
		return nil
	}
	v.choosePlace()
	if len(l.Scales) == 0 {
		return v.round(ctx, 0, nil)
	}
	return v.scale(ctx)
}

// addDifferences adds differences, once each.
func (w *Workload) addDifferences(lines ...string) {
	w.Differences = appendNew(w.Differences, lines...)
}

// addNotes adds notes, once each.
func (w *Workload) addNotes(lines ...string) { w.Notes = appendNew(w.Notes, lines...) }

// appendNew appends the lines that are not in a list yet.
func appendNew(all []string, lines ...string) []string {
	for _, line := range lines {
		if !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return all
}

// wait waits for a duration, or until the context ends.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
