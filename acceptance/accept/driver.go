package accept

import (
	"context"
	"strings"
)

// Operation is a preview, an up or a destroy, as a driver saw it.
type Operation struct {
	// Seconds is how long it took, and Resources how long each resource took, by URN.
	Seconds   float64            `json:"seconds"`
	Resources map[string]float64 `json:"resources,omitempty"`
	// Changes counts resources by what happens to them, such as create.
	Changes map[string]int `json:"changes,omitempty"`
	// Failures are the resources that failed, with the error.
	Failures []string `json:"failures,omitempty"`
}

// Driver runs the operations of a stack. When the context ends, it lets the running calls finish and starts no others.
type Driver interface {
	Preview(ctx context.Context) (Operation, error)
	Up(ctx context.Context) (Operation, error)
	Destroy(ctx context.Context) (Operation, error)
	// Command is the command line with which a person runs an operation, such as destroy.
	Command(operation string) string
}

// AddFailure adds a resource that failed, once, with the first line of its first error, "" if it is not known yet.
func (o *Operation) AddFailure(urn, message string) {
	name := nameOf(urn)
	line, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	for i, failure := range o.Failures {
		switch {
		case failure == name && line != "":
			o.Failures[i] = name + ": " + line
			return
		case failure == name, strings.HasPrefix(failure, name+": "):
			return
		}
	}
	if line != "" {
		name += ": " + line
	}
	o.Failures = append(o.Failures, name)
}
