package ccm

import (
	"strings"

	"eksnet/rehearsal/world/store"
)

// WatchClassics adds the Services that an object concerns: a Service, the one for which a load balancer or its security
// group was created, and for a node every Service. Objects that only other controllers reconcile concern none.
func WatchClassics(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	switch changed.Type {
	case store.ServiceType:
		add(changed.Key())
	case store.ClassicType, store.SecurityGroupType:
		if changed.Owner != store.CloudOwner {
			return store.MadeForBalancer(changed)
		}
		addClassic(w, changed, add)
	case store.GroupRuleType:
		for _, end := range []string{"securityGroupId", "sourceSecurityGroupId"} {
			if group := w.Get(store.SecurityGroupType, changed.Text(end)); group != nil && group.Owner == store.CloudOwner {
				addClassic(w, group, add)
			}
		}
		return changed.Owner == store.CloudOwner || changed.Owner == store.ControllerOwner
	case store.LoadBalancerType, store.TargetGroupType, store.ListenerType, store.ListenerRuleType, store.InterfaceType, store.EipType:
	default:
		return changed.Cluster != "" && changed.Type != store.NodeType
	}
	return true
}

// addClassic adds the Service whose load balancer or security group has a name.
func addClassic(w *store.Account, made *store.Object, add func(store.Key)) {
	name := strings.TrimPrefix(made.Text("name"), "k8s-elb-")
	for _, o := range store.Only(w.Lookup(store.ServiceType, "classic", name, func(o *store.Object) []string { return []string{ClassicName(o)} }), nil) {
		add(o.Key())
	}
}

// BalanceItem does what the cloud controller does for a Service.
func BalanceItem(w *store.Account, item store.Key) (bool, error) {
	o := w.Find(item.Cluster, item.Typ, item.ID)
	if o == nil || w.Get(store.ClusterType, o.Cluster) == nil {
		return false, nil
	}
	return Balance(w, o)
}
