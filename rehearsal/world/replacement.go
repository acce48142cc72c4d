package world

// ReplaceNodes ends every instance of the node groups and starts another in its place, as a Spot interruption, a repair or
// a new image does. Pods move to the new nodes as far as those have what pods need.
func (w *World) ReplaceNodes() {
	w.mu.Lock()
	for _, group := range w.all(nodeGroupType) {
		for _, node := range w.nodesOf(group) {
			w.terminate(node)
			// Auto scaling goes on trying where it cannot launch: the group stays short of nodes.
			_ = w.scale(group, degraded)
			w.settle()
		}
	}
	w.mu.Unlock()
	if changed := w.options.Changed; changed != nil {
		changed()
	}
}
