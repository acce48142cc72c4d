package world

import (
	"slices"
	"strings"
)

// groupItem is the type of the items of the load balancer controller that are groups of Ingresses.
const groupItem = "ingress group"

// controllerItems are all Services, groups of Ingresses and bindings of the clusters, and the clusters themselves.
func controllerItems(w *World) []key {
	var items []key
	for _, eks := range w.all(clusterType) {
		c := w.controllerOf(eks.ID)
		items = append(items, eks.key())
		for _, o := range slices.Concat(w.in(eks.ID, serviceType), w.in(eks.ID, bindingType)) {
			items = append(items, o.key())
		}
		for _, id := range c.groups() {
			items = append(items, key{eks.ID, groupItem, id.String()})
		}
	}
	return items
}

// watchBalanced adds the items of the load balancer controller that an object concerns: a Service or the group of an
// Ingress, those that a pod or a Service is behind, and that for which the controller made it. What only other
// controllers act on concerns none.
func watchBalanced(w *World, changed *Object, add func(key)) bool {
	c := w.controllerOf(changed.Cluster)
	if changed.Cluster != "" && (changed.namespace() == "kube-system" || c.deployment != nil && changed.namespace() == c.deployment.namespace()) {
		return false
	}
	switch changed.Type {
	case serviceType:
		add(changed.key())
		c.addGroupsIn(changed.namespace(), add)
	case ingressType:
		c.addGroupsOf(changed, add)
	case podType:
		for _, service := range w.inNamespace(changed.Cluster, serviceType, changed.namespace()) {
			if hasLabels(changed, selectorOf(service)) {
				add(service.key())
			}
		}
		c.addGroupsIn(changed.namespace(), add)
	case bindingType:
		add(changed.key())
		c.addStack(changed, add)
	case loadBalancerType, targetGroupType, listenerType, listenerRuleType:
		return w.addStackOfTagged(changed, add)
	case securityGroupType:
		return w.addStackOfTagged(changed, add) || changed.Owner == cloudOwner
	case groupRuleType:
		return w.addStackOfRule(changed, add)
	case namespaceType, serviceAccountType, configMapType, deploymentType, disruptionType, autoscalerType, networkPolicyType, interfaceType, classicType, volumeType:
	default:
		return false
	}
	return true
}

// addGroupsIn adds the groups of the Ingresses of a namespace.
func (c *controller) addGroupsIn(namespace string, add func(key)) {
	for _, o := range c.inNamespace(c.cluster, ingressType, namespace) {
		c.addGroupsOf(o, add)
	}
}

// addGroupsOf adds the groups that an Ingress belongs to or is to leave.
func (c *controller) addGroupsOf(o *Object, add func(key)) {
	for _, id := range c.groupsOf(o) {
		add(key{c.cluster, groupItem, id.String()})
	}
}

// addStack adds the Service or the group that a binding is made for.
func (c *controller) addStack(binding *Object, add func(key)) {
	for _, prefix := range []string{servicePrefix, ingressPrefix} {
		if id := stackOfBinding(binding, prefix); id != "" {
			add(itemOf(c.cluster, stack{prefix, id}))
		}
	}
}

// addStackOfRule adds the Service or the group whose security group has a rule. It reports false for a rule that
// neither controller made. Those of the load balancer controller on the nodes' groups are for all load balancers: what
// is done for one of them sets them.
func (w *World) addStackOfRule(rule *Object, add func(key)) bool {
	group := w.get(securityGroupType, rule.text("securityGroupId"))
	switch {
	case group == nil || w.addStackOfTagged(group, add):
	case rule.Owner == controllerOwner:
		w.addFirstStack(add)
	default:
		return rule.Owner == cloudOwner
	}
	return true
}

// addFirstStack adds what the first binding is made for.
func (w *World) addFirstStack(add func(key)) {
	if bindings := w.table(bindingType).objects; len(bindings) > 0 {
		w.controllerOf(bindings[0].Cluster).addStack(bindings[0], add)
	}
}

// addStackOfTagged adds the Service or the group that the controller made something for. It reports whether there is
// one.
func (w *World) addStackOfTagged(o *Object, add func(key)) bool {
	s, tagged := stackOf(o)
	cluster, _ := o.tags()[clusterTag].(string)
	if tagged {
		add(itemOf(cluster, s))
	}
	return tagged
}

func itemOf(cluster string, s stack) key {
	if s.prefix == servicePrefix {
		return key{cluster, serviceType, s.id}
	}
	return key{cluster, groupItem, s.id}
}

// reconcileItem does what the controller does for a Service, a group of Ingresses or a binding. For the cluster itself
// it only forgets, when its pods are gone, what it had in memory.
func reconcileItem(w *World, item key) (bool, error) {
	if item.typ == clusterType {
		w.controllerOf(item.id).forget()
		return false, nil
	}
	c := w.controllerOf(item.cluster)
	if c.eks == nil || c.deployment == nil {
		return false, nil
	}
	o := w.find(item.cluster, item.typ, item.id)
	switch {
	case item.typ == groupItem:
		return c.reconcileGroup(groupNamed(item.id))
	case o == nil:
		return false, nil
	case item.typ == serviceType:
		return c.reconcile(o)
	case o.deleting():
		return c.unbind(o)
	}
	return false, nil
}

// groupNamed is the group with an id: the name of a group, or namespace and name of an Ingress with a load balancer of
// its own.
func groupNamed(id string) groupID {
	if namespace, name, alone := strings.Cut(id, "/"); alone {
		return groupID{namespace, name}
	}
	return groupID{"", id}
}
