package rehearsed

import (
	"maps"
	"slices"
)

// certificates returns the ARNs of the listeners' certificates, including those of Classic Load Balancers.
func (w *World) certificates() []string {
	all := map[string]bool{}
	add := func(arns []string) {
		for _, arn := range arns {
			all[arn] = true
		}
	}
	for _, o := range w.All(Listener) {
		add(o.Texts("certificates"))
	}
	for _, o := range w.All(ClassicLoadBalancer) {
		for _, l := range o.Items("listeners") {
			add((&Object{Outputs: l}).Texts("certificates"))
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// elasticIPs returns the allocation IDs of addresses that the operator created outside of the stack.
func (w *World) elasticIPs() (ids []string) {
	for _, o := range w.All(ElasticIP, func(o *Object) bool { return o.Owner == "operator" }) {
		ids = append(ids, o.ID)
	}
	return ids
}
