package world

// ReplaceNodes terminates every instance of the node groups and starts another one instead, as a Spot interruption, a
// repair or a new image does. Pods move to the new nodes as far as those have what pods need.
func (w *World) ReplaceNodes() {
	w.mu.Lock()
	for _, group := range w.all(nodeGroupType) {
		for _, node := range w.nodesOf(group) {
			w.terminate(node)
			// Auto Scaling continues to try if it cannot launch: the node group lacks nodes.
			_ = w.scale(group, degraded)
			w.settle()
		}
	}
	w.mu.Unlock()
	if changed := w.options.Changed; changed != nil {
		changed()
	}
}
