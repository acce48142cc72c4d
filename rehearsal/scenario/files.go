package scenario

import (
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// A process may die at any moment: as with Pulumi's backend and AWS, the next operation goes on from what was there. So what changed in the
// world is written after each call, and an entry of the state's journal after each step's beginning and end. After an error nothing is written
// until the end of the operation: the state on disk is never ahead of the world on disk.

// keep writes an entry of the journal of the operation that runs.
func (r *Rehearsal) keepEntry(entry apitype.JournalEntry) error {
	if err := r.unsaved.err(); err != nil {
		return err
	}
	return r.unsaved.add(r.states.Keep(entry))
}

// saveWorld writes the world after a change.
func (r *Rehearsal) saveWorld() {
	r.closing.RLock()
	defer r.closing.RUnlock()
	if !r.closed && r.unsaved.err() == nil {
		_ = r.unsaved.add(r.world.Record())
	}
}

// write writes the whole world and then the whole state, without their journals. An error before is of no importance once it succeeds.
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

// unsaved is the first error of writing the files. Calls of the engine that run side by side share it.
type unsaved struct {
	mu    sync.Mutex
	first error
}

// add notes an error and returns the first one.
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

// unkept is the error about a file that could not be written.
func saveError(err error) error {
	return fmt.Errorf("keeping the rehearsal's files: %w; make it writable or free space, and the next command goes on from what was kept", err)
}
