package scenario

import (
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// A process may be killed at any moment. As with Pulumi's backend and AWS, the next operation continues from what was
// saved: changes of the simulated account are written after each call, and an entry of the state's journal after the
// beginning and end of each step. After an error nothing is written until the end of the operation, so that the state
// on disk is never ahead of the account on disk.

// keepEntry writes an entry of the journal of the running operation.
func (r *Rehearsal) keepEntry(entry apitype.JournalEntry) error {
	if err := r.unsaved.err(); err != nil {
		return err
	}
	return r.unsaved.add(r.states.Keep(entry))
}

// saveWorld writes the simulated account after a change.
func (r *Rehearsal) saveWorld() {
	r.closing.RLock()
	defer r.closing.RUnlock()
	if !r.closed && r.unsaved.err() == nil {
		_ = r.unsaved.add(r.world.Record())
	}
}

// write writes the complete account and then the complete state, without their journals. If it succeeds, earlier
// errors no longer matter.
func (r *Rehearsal) write() error {
	if err := r.world.Save(); err != nil {
		return r.unsaved.add(err)
	}
	if err := r.states.Write(r.state); err != nil {
		return r.unsaved.add(err)
	}
	r.unsaved.reset()
	return nil
}

// unsaved is the first error while the files were written. Parallel calls of the engine share it.
type unsaved struct {
	mu    sync.Mutex
	first error
}

// add records an error and returns the first one.
func (u *unsaved) add(err error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.first == nil && err != nil {
		u.first = saveError(err)
	}
	return u.first
}

func (u *unsaved) err() error { return u.add(nil) }

func (u *unsaved) reset() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.first = nil
}

// saveError returns the error about a file that could not be written.
func saveError(err error) error {
	return fmt.Errorf("saving the files of the rehearsal: %w; make the file writable or free space, then the next command continues", err)
}
