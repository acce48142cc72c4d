package world

// LoseNodes terminates every instance of the node groups without a drain, at the moment when its CNI has detached its
// own interfaces and not yet deleted them: these remain, available, and use their subnet and security group. Auto
// Scaling starts others instead (https://github.com/aws/amazon-vpc-cni-k8s/issues/1223).
func (w *World) LoseNodes() {
	w.mu.Lock()
	for _, group := range w.all(nodeGroupType) {
		for _, node := range w.nodesOf(group) {
			for _, eni := range w.interfacesOn(node) {
				if eni.Owner == "vpc-cni" {
					detachInterface(eni)
				}
			}
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

// detachInterface detaches an interface of the CNI, which then remains.
func detachInterface(eni *Object) {
	eni.set("status", "available")
	eni.set("instance", "")
	eni.set("pods", []any{})
}
