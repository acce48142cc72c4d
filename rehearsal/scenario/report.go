package scenario

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/journal"
	"eksnet/rehearsal/world"
)

// Report is the content of report.json: the operations so far and the result of the last audit.
type Report struct {
	Stack      string      `json:"stack"`
	Operations []Operation `json:"operations"`
	// CriticalPath is the chain of calls that determines how long up and destroy take on AWS.
	CriticalPath map[string][]Link `json:"criticalPath"`
	// ResourceSeconds is how long the calls on each resource take on AWS with their waits, by operation and URN. A refused
	// call is not among them.
	ResourceSeconds map[string]map[string]float64 `json:"resourceSeconds"`
	// Waits are the waits of calls beyond their own time, and what continued after them.
	Waits []Wait `json:"waits"`
	// Leftovers are what a destroy should have removed; Pending is what AWS deletes automatically; MayAppear is what AWS
	// may create afterwards.
	Leftovers []world.Leftover `json:"leftovers"`
	Pending   []string         `json:"pending"`
	MayAppear []string         `json:"mayAppear,omitempty"`
	// Resources is the number of resources in the state after the last operation.
	Resources int `json:"resources"`
}

// Operation is one preview, up, refresh or destroy.
type Operation struct {
	Name        string  `json:"name"`
	WallSeconds float64 `json:"wallSeconds"`
	// AWSSeconds is the time that AWS would take for these calls in the engine's order, with as many calls at once as
	// that order allows.
	AWSSeconds float64 `json:"awsSeconds"`
	// DefaultParallelSeconds is the same with the engine's default number of calls at once.
	DefaultParallelSeconds float64 `json:"defaultParallelSeconds"`
	// LowerBoundSeconds is the time with only the order that data dependencies and the rules of the account require,
	// without the edges of stack.go.
	LowerBoundSeconds float64 `json:"lowerBoundSeconds"`
	Created           int     `json:"created"`
	Updated           int     `json:"updated"`
	Replaced          int     `json:"replaced"`
	Deleted           int     `json:"deleted"`
	Same              int     `json:"same"`
	// Changes are the resources that are not the same, with the properties that differ.
	Changes []engine.Change `json:"changes,omitempty"`
	// Failures are the resources that could not be created, changed or deleted.
	Failures []engine.Failure `json:"failures,omitempty"`
	// Filled are the resources to which a refresh added outputs. AWS computes these outputs after another resource
	// exists, such as the association of an address. The engine counts such a resource as the same: nothing differs
	// from the program's inputs.
	Filled []Filled `json:"filled,omitempty"`
	// Notes are what happened to calls that an earlier operation abandoned, a line each.
	Notes []string `json:"notes,omitempty"`
	// Error has the problems of the operation, a line each; "" if there is none.
	Error string `json:"error"`
}

// Filled is a resource to which a refresh added outputs.
type Filled struct {
	URN     string   `json:"urn"`
	Outputs []string `json:"outputs"`
}

// Link is one call of a critical path.
type Link struct {
	URN        string  `json:"urn"`
	AWSSeconds float64 `json:"awsSeconds"`
}

// Wait is something that an operation waited for on AWS, or that continued after it.
type Wait struct {
	Operation string `json:"operation"`
	// At is the resource whose call waited, and What is what it waited for.
	At      string  `json:"at"`
	What    string  `json:"what"`
	Seconds float64 `json:"seconds"`
	// Behind is true if no call waited.
	Behind bool `json:"behind"`
}

// setWaits replaces the waits of an earlier operation of the same name.
func (r *Report) setWaits(operation string, waits []world.Wait) {
	r.Waits = slices.DeleteFunc(r.Waits, func(w Wait) bool { return w.Operation == operation })
	for _, wait := range waits {
		r.Waits = append(r.Waits, Wait{operation, wait.Type + " " + wait.ID, wait.What, wait.Seconds, wait.Behind})
	}
}

// addTimes adds the times that an operation takes on AWS.
func (r *Report) addTimes(o *Operation, phases []operationPhase) {
	r.CriticalPath[o.Name] = nil
	r.ResourceSeconds[o.Name] = map[string]float64{}
	for _, p := range phases {
		planned := p.schedule(p.table, p.table.before, unlimitedCalls)
		o.AWSSeconds += planned.took.Seconds()
		o.DefaultParallelSeconds += p.schedule(p.table, p.table.before, engine.DefaultParallel).took.Seconds()
		o.LowerBoundSeconds += p.schedule(p.table, p.table.bound, unlimitedCalls).took.Seconds()
		r.CriticalPath[o.Name] = append(r.CriticalPath[o.Name], planned.path...)
		for u, length := range planned.lengths {
			if _, called := p.table.took[u]; called {
				r.ResourceSeconds[o.Name][string(u)] += length.Seconds()
			}
		}
	}
}

// readReport reads a report. It returns an empty one if there is none or if it cannot be read, because the next
// operation writes it again.
func readReport(path, stack string) *Report {
	report := &Report{Stack: stack}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || json.Unmarshal(text, report) != nil {
		report = &Report{Stack: stack}
	}
	if report.CriticalPath == nil || report.ResourceSeconds == nil { // also one that an earlier version wrote
		report = &Report{Stack: stack, CriticalPath: map[string][]Link{}, ResourceSeconds: map[string]map[string]float64{}}
	}
	return report
}

func (r *Report) write(path string) error {
	if r.Leftovers == nil {
		r.Leftovers = []world.Leftover{} // an empty list in JSON, not null
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return journal.WriteFile(path, append(text, '\n'))
}
