package world

import "slices"

// Events returns what the load balancer controller and the cloud controller report for Services and Ingresses that they
// cannot reconcile: the warnings that `kubectl events` shows. The load balancers do not change meanwhile.
func (w *World) Events() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, eks := range w.all(clusterType) {
		c := w.controllerOf(eks.ID)
		for _, o := range w.in(eks.ID, serviceType) {
			if _, err := w.balance(o); err != nil {
				lines = append(lines, "Service "+o.ID+": "+err.Error())
			}
			if _, err := c.reconcile(o); err != nil {
				lines = append(lines, "Service "+o.ID+": "+err.Error())
			}
		}
		for _, id := range c.groups() {
			if _, err := c.reconcileGroup(id); err != nil {
				lines = append(lines, id.stack().title()+": "+err.Error())
			}
		}
	}
	slices.Sort(lines)
	return lines
}
