package world

// LoseNodes ends every instance of the node groups without a word, in the moment in which its CNI has detached its own
// interfaces and has not deleted them yet: those stay, available, and keep their subnet and security group. Auto scaling starts
// others in their place (https://github.com/aws/amazon-vpc-cni-k8s/issues/1223).
func (w *World) LoseNodes() {
	w.mu.Lock()
	for _, group := range w.all(nodeGroupType) {
		for _, node := range w.nodesOf(group) {
			for _, eni := range w.interfacesOn(node) {
				if eni.Owner == "vpc-cni" {
					leave(eni)
				}
			}
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

// leave detaches an interface of the CNI that nobody deletes.
func leave(eni *Object) {
	eni.set("status", "available")
	eni.set("instance", "")
	eni.set("pods", []any{})
}
