package world

// Clone returns a copy of the account: changes in one do not affect the other. The copy does not call the observer of
// changes.
func (w *World) Clone() *World {
	w.mu.Lock()
	defer w.mu.Unlock()
	copied := New(w.options)
	copied.options.Changed = nil
	copied.region, copied.sequence = w.region, w.sequence
	copied.store, copied.queues = w.share(), cloneQueues(w.queues)
	if w.options.Verify {
		copied.verifier = &verifier{map[key]bool{}, map[key]string{}}
	}
	return copied
}
