package world

// Clone is the account as it stands at this moment, in a world of its own: what happens in one does not happen in the other.
// It tells nobody of its changes.
func (w *World) Clone() *World {
	w.mu.Lock()
	defer w.mu.Unlock()
	copied := New(w.options)
	copied.options.Changed = nil
	copied.region, copied.sequence = w.region, w.sequence
	for k, o := range w.objects {
		c := *o
		// Definitions of custom resources are large and nothing changes them.
		if o.Type != crdType {
			c.Inputs, c.Outputs, c.Facts = clone(o.Inputs), clone(o.Outputs), clone(o.Facts)
		}
		copied.objects[k] = &c
	}
	return copied
}
