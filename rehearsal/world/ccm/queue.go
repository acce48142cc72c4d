package ccm

import (
	"strings"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
)

// WatchClassics adds the Services to reconcile after an object changed: the Service itself, or the one for which a load
// balancer or its security group was created. It adds none for objects that only other controllers reconcile. It
// reports false for an object, such as a node, after whose change all Services are reconciled.
func WatchClassics(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	switch changed.Type {
	case store.ServiceType:
		add(changed.Key())
	case store.ClassicType, store.SecurityGroupType:
		if changed.Owner != store.CloudOwner {
			return store.MadeForBalancer(changed)
		}
		addService(w, changed, add)
	case store.GroupRuleType:
		rule := ec2.SecurityGroupRuleOf(changed)
		for _, id := range []string{rule.Group, rule.Source} {
			if group := w.Get(store.SecurityGroupType, id); group != nil && group.Owner == store.CloudOwner {
				addService(w, group, add)
			}
		}
		return changed.Owner == store.CloudOwner || changed.Owner == store.ControllerOwner
	case store.LoadBalancerType, store.TargetGroupType, store.ListenerType, store.ListenerRuleType, store.InterfaceType, store.EipType:
	default:
		return changed.Cluster != "" && changed.Type != store.NodeType
	}
	return true
}

// addService adds the Service of a Classic Load Balancer or its security group.
func addService(w *store.Account, created *store.Object, add func(store.Key)) {
	name := ""
	if created.Type == store.ClassicType {
		name = elb.LoadBalancerOf(created).Name
	} else {
		name = strings.TrimPrefix(ec2.SecurityGroupOf(created).Name, groupPrefix)
	}
	for _, o := range w.Lookup(store.ServiceType, "classic", name, func(o *store.Object) []string { return []string{ClassicName(o)} }) {
		add(o.Key())
	}
}

// ReconcileItem reconciles a Service as the cloud controller does.
func ReconcileItem(w *store.Account, item store.Key) (bool, error) {
	o := w.Find(item.Cluster, item.Typ, item.ID)
	if o == nil || w.Get(store.ClusterType, o.Cluster) == nil {
		return false, nil
	}
	return ReconcileService(w, o)
}
