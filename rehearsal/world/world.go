package world

import (
	"sync"

	"eksnet/rehearsal/journal"
	"eksnet/rehearsal/world/store"
)

// World is one account. Its methods are safe for concurrent use. The methods of the embedded Account take no lock: of
// those, only tests call others than Endpoint, whose value never changes.
type World struct {
	saving sync.Mutex       // held while the file is written; taken before mu
	file   *journal.Journal // nil for an account without a file
	from   string           // the file that it was loaded from, "" for a new account
	onDisk bool             // whether the file holds everything except the unsaved objects

	mu sync.Mutex
	*store.Account
	queues []queue // of the actors, in their order
}

// New returns an account that has only what the operator has before any stack.
func New(options store.Options) *World {
	w := newEmpty(options)
	w.HoldAll(options.Operator)
	return w
}

func newEmpty(options store.Options) *World {
	w := &World{Account: &store.Account{Options: options, Store: store.NewStore()}, queues: newQueues()}
	w.Settle = w.reconcile
	if options.Verify {
		w.Verifier = &store.Verifier{Written: map[store.Key]bool{}, Seen: map[store.Key]string{}}
	}
	return w
}

// change changes the account with the lock held, and then calls the observer of changes.
func (w *World) change(apply func()) {
	w.mu.Lock()
	apply()
	w.mu.Unlock()
	if w.Options.Changed != nil {
		w.Options.Changed()
	}
}
