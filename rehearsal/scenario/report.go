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

// Report is what report.json holds of a rehearsal: its operations so far, and what the last audit found.
type Report struct {
	Stack      string      `json:"stack"`
	Operations []Operation `json:"operations"`
	// CriticalPath is the chain of calls that decides how long up and destroy take on AWS.
	CriticalPath map[string][]Link `json:"criticalPath"`
	// Waits are what calls waited for beyond their own time, and what went on behind them.
	Waits []Wait `json:"waits"`
	// Leftovers are what a destroy should have removed; Pending is what AWS deletes automatically; MayAppear is what AWS may create afterwards.
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
	// AWSSeconds is the time that AWS would take for these calls in the order in which the engine makes them, as many at once as
	// that order allows.
	AWSSeconds float64 `json:"awsSeconds"`
	// DefaultParallelSeconds is the same with no more calls at once than the engine makes by default.
	DefaultParallelSeconds float64 `json:"defaultParallelSeconds"`
	// LowerBoundSeconds is what the same engine would take with the order alone that data dependencies and the world's rules
	// demand, without the edges of stack.go.
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
	// Filled are the resources whose outputs a refresh completed. AWS computes these outputs once another resource is there, such as the association of an
	// address. The engine counts such a resource as the same: nothing differs from what the program says.
	Filled []Filled `json:"filled,omitempty"`
	// Notes tell what became of calls that an earlier operation abandoned, a line each.
	Notes []string `json:"notes,omitempty"`
	// Error is every broken promise of the operation, a line each; "" when all is as promised.
	Error string `json:"error"`
}

// Filled is a resource whose outputs a refresh completed.
type Filled struct {
	URN     string   `json:"urn"`
	Outputs []string `json:"outputs"`
}

// Link is one call of a critical path.
type Link struct {
	URN        string  `json:"urn"`
	AWSSeconds float64 `json:"awsSeconds"`
}

// Wait is something that an operation waited for on AWS, or that went on behind it.
type Wait struct {
	Operation string `json:"operation"`
	// At is the resource whose call waited, What it waited for.
	At      string  `json:"at"`
	What    string  `json:"what"`
	Seconds float64 `json:"seconds"`
	// Behind is true where no call waited.
	Behind bool `json:"behind"`
}

// waited notes an operation's waits in the place of those of an earlier operation of its name.
func (r *Report) setWaits(operation string, waits []world.Wait) {
	r.Waits = slices.DeleteFunc(r.Waits, func(w Wait) bool { return w.Operation == operation })
	for _, wait := range waits {
		r.Waits = append(r.Waits, Wait{operation, wait.Type + " " + wait.ID, wait.What, wait.Seconds, wait.Behind})
	}
}

// time fills in what an operation takes on AWS.
func (r *Report) addTimes(o *Operation, phases []operationPhase) {
	r.CriticalPath[o.Name] = nil
	for _, p := range phases {
		took, path := p.schedule(p.table, p.table.before, unlimitedCalls)
		limited, _ := p.schedule(p.table, p.table.before, engine.DefaultParallel)
		bound, _ := p.schedule(p.table, p.table.bound, unlimitedCalls)
		o.AWSSeconds += took.Seconds()
		o.DefaultParallelSeconds += limited.Seconds()
		o.LowerBoundSeconds += bound.Seconds()
		r.CriticalPath[o.Name] = append(r.CriticalPath[o.Name], path...)
	}
}

// readReport reads a report, an empty one where there is none. A report is never worth an error: the next operation writes it anew.
func readReport(path, stack string) *Report {
	report := &Report{Stack: stack, CriticalPath: map[string][]Link{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || json.Unmarshal(text, report) != nil || report.CriticalPath == nil {
		return &Report{Stack: stack, CriticalPath: map[string][]Link{}}
	}
	return report
}

func (r *Report) write(path string) error {
	if r.Leftovers == nil {
		r.Leftovers = []world.Leftover{} // a list for whoever reads it, not null
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return journal.WriteFile(path, append(text, '\n'))
}
