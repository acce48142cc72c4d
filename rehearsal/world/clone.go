package world

// Clone is the account as it stands at this moment, in a world of its own: what happens in one does not happen in the other.
// It tells nobody of its changes.
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
