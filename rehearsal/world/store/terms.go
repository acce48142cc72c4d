package store

import (
	"time"
)

// Terms are what the engine passes with a call besides its inputs.
type Terms struct {
	// Timeout is how long the provider may wait, 0 for its default.
	Timeout time.Duration
	// IgnoreChanges are the properties whose changes the program ignores, such as spec.replicas. Only the Kubernetes
	// provider reads them: for others the engine restores the old inputs.
	IgnoreChanges []string
}

// Timeout returns how long the provider waits in a call.
func (c *Call) Timeout(standard time.Duration) time.Duration {
	if c.Terms.Timeout > 0 {
		return c.Terms.Timeout
	}
	return standard
}
