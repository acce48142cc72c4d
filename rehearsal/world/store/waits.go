package store

import (
	"fmt"
	"time"
)

// Wait is time that passes on AWS and not here: a call waits for something that AWS does automatically, or retries
// until its timeout. The rehearsal's clock adds it.
type Wait struct {
	// Type and ID identify the resource whose call waits.
	Type, ID string
	// What describes what the call waits for.
	What    string
	Seconds float64
	// SinceType and SinceID identify the resource whose call began what the call waits for; both are "" for the waiting
	// call itself.
	SinceType, SinceID string
	// Behind is set for a change that no call waits for: it continues after the call, as a load balancer that becomes
	// active.
	Behind bool
}

// Behind records what continues after the current call.
func (w *Account) Behind(took time.Duration, what string, values ...any) {
	w.Waits = append(w.Waits, Wait{Type: w.At.Typ, ID: w.At.ID, What: fmt.Sprintf(what, values...), Seconds: took.Seconds(), Behind: true})
}

// Awaited records that the current call waits for what it has begun so far.
func (w *Account) Awaited() {
	for i := range w.Waits {
		if at := &w.Waits[i]; at.Type == w.At.Typ && at.ID == w.At.ID {
			at.Behind = false
		}
	}
}
