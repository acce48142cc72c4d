package world

import "strings"

// watchClassics adds the Services that an object concerns: a Service, the one for which a load balancer or its security
// group was created, and for a node every Service. Objects that only other controllers reconcile concern none.
func watchClassics(w *World, changed *Object, add func(key)) bool {
	switch changed.Type {
	case serviceType:
		add(changed.key())
	case classicType, securityGroupType:
		if changed.Owner != cloudOwner {
			_, tagged := stackOf(changed)
			return tagged
		}
		w.addClassic(changed, add)
	case groupRuleType:
		for _, end := range []string{"securityGroupId", "sourceSecurityGroupId"} {
			if group := w.get(securityGroupType, changed.text(end)); group != nil && group.Owner == cloudOwner {
				w.addClassic(group, add)
			}
		}
		return changed.Owner == cloudOwner || changed.Owner == controllerOwner
	case loadBalancerType, targetGroupType, listenerType, listenerRuleType, interfaceType, eipType:
	default:
		return changed.Cluster != "" && changed.Type != nodeType
	}
	return true
}

// addClassic adds the Service whose load balancer or security group has a name.
func (w *World) addClassic(made *Object, add func(key)) {
	name := strings.TrimPrefix(made.text("name"), "k8s-elb-")
	for _, o := range only(w.lookup(serviceType, "classic", name, func(o *Object) []string { return []string{classicName(o)} }), nil) {
		add(o.key())
	}
}

// balanceItem does what the cloud controller does for a Service.
func balanceItem(w *World, item key) (bool, error) {
	o := w.find(item.cluster, item.typ, item.id)
	if o == nil || w.get(clusterType, o.Cluster) == nil {
		return false, nil
	}
	return w.balance(o)
}
