package lbc

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// groupItem is the type of an item of the load balancer controller that is a group of Ingresses.
const groupItem = "ingress group"

// ControllerItems returns all Services, groups of Ingresses and bindings of the clusters, and the clusters.
func ControllerItems(w *store.Account) []store.Key {
	var items []store.Key
	for _, eks := range w.All(store.ClusterType) {
		c := ControllerOf(w, eks.ID)
		items = append(items, eks.Key())
		for _, typ := range append([]string{store.ServiceType, store.BindingType, store.GatewayType}, supportTypes...) {
			for _, o := range kube.ObjectsIn(w, eks.ID, typ) {
				items = append(items, o.Key())
			}
		}
		for _, id := range c.Groups() {
			items = append(items, store.Key{Cluster: eks.ID, Typ: groupItem, ID: id.String()})
		}
	}
	return items
}

// WatchBalanced adds the items of the load balancer controller to reconcile after an object changed: the Service or the
// group of an Ingress, those with a pod or a Service as backend, and those for which the controller created the object.
// It adds none for objects that only other controllers reconcile. It reports false for an object after whose change all
// items are reconciled.
func WatchBalanced(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	c := ControllerOf(w, changed.Cluster)
	if changed.Cluster != "" && (kube.Namespace(changed) == "kube-system" || c.Deployment != nil && kube.Namespace(changed) == kube.Namespace(c.Deployment)) {
		return false
	}
	switch changed.Type {
	case store.ServiceType:
		add(changed.Key())
		c.addGroupsIn(kube.Namespace(changed), add)
		c.addGateways(add)
	case store.GatewayType, store.GatewayClassType, store.BalancerConfigurationType, store.TargetConfigurationType, store.ListenerRuleConfigurationType,
		store.HTTPRouteType, store.GRPCRouteType, store.TLSRouteType, store.TCPRouteType, store.UDPRouteType, store.ReferenceGrantType:
		c.addGateways(add)
	case store.NamespaceType:
		c.addGateways(add) // its labels decide whether a Gateway admits its routes
	case store.IngressType:
		c.addGroupsOf(changed, add)
	case store.PodType:
		for _, service := range kube.InNamespace(w, changed.Cluster, store.ServiceType, kube.Namespace(changed)) {
			if kube.HasLabels(changed, kube.Live[corev1.Service](service).Spec.Selector) {
				add(service.Key())
			}
		}
		c.addGroupsIn(kube.Namespace(changed), add)
		c.addGatewaysWithPods(kube.Namespace(changed), add)
	case store.BindingType:
		add(changed.Key())
		c.addStack(changed, add)
	case store.LoadBalancerType, store.TargetGroupType, store.ListenerType, store.ListenerRuleType:
		return addStackOfTagged(w, changed, add)
	case store.SecurityGroupType:
		return addStackOfTagged(w, changed, add) || changed.Owner == store.CloudOwner
	case store.GroupRuleType:
		return addStackOfRule(w, changed, add)
	case store.GatewayPatchType: // the Gateway itself changes
	case store.ServiceAccountType, store.ConfigMapType, store.DeploymentType, store.DisruptionType, store.AutoscalerType, store.NetworkPolicyType, store.InterfaceType, store.ClassicType, store.VolumeType:
	default:
		return false
	}
	return true
}

// addGroupsIn adds the groups of the Ingresses of a namespace.
func (c *Controller) addGroupsIn(namespace string, add func(store.Key)) {
	for _, o := range kube.InNamespace(c.Account, c.cluster, store.IngressType, namespace) {
		c.addGroupsOf(o, add)
	}
}

// addGroupsOf adds the group of an Ingress, and the groups whose finalizers it has.
func (c *Controller) addGroupsOf(o *store.Object, add func(store.Key)) {
	for _, id := range c.groupsOf(o) {
		add(store.Key{Cluster: c.cluster, Typ: groupItem, ID: id.String()})
	}
}

// supportTypes are the types beside Gateways that the controller reconciles for them.
var supportTypes = slices.Sorted(maps.Keys(supports))

// addGateways adds all Gateways of the cluster, and what they need: a class, a configuration or a route of one may
// concern others.
func (c *Controller) addGateways(add func(store.Key)) {
	for _, typ := range append([]string{store.GatewayType}, supportTypes...) {
		for _, o := range kube.ObjectsIn(c.Account, c.cluster, typ) {
			add(o.Key())
		}
	}
}

// addGatewaysWithPods adds the Gateways with a Service in a namespace.
func (c *Controller) addGatewaysWithPods(namespace string, add func(store.Key)) {
	for _, o := range kube.ObjectsIn(c.Account, c.cluster, store.GatewayType) {
		if slices.ContainsFunc(store.Texts(o.Facts[servicesOfGateway]), func(id string) bool { return strings.HasPrefix(id, namespace+"/") }) {
			add(o.Key())
		}
	}
}

// addStack adds the Service, the Gateway or the group of a binding.
func (c *Controller) addStack(binding *store.Object, add func(store.Key)) {
	for _, prefix := range store.StackPrefixes {
		if id := stackOfBinding(binding, prefix); id != "" {
			add(itemOf(c.cluster, Stack{prefix, id}))
		}
	}
}

// addStackOfRule adds the Service or the group whose security group has a rule. It reports false for a rule that
// neither controller created. The load balancer controller's rules in the nodes' security groups are for all load
// balancers: reconciling one of them restores the rules.
func addStackOfRule(w *store.Account, rule *store.Object, add func(store.Key)) bool {
	group := w.Get(store.SecurityGroupType, ec2.SecurityGroupRuleOf(rule).Group)
	switch {
	case group == nil || addStackOfTagged(w, group, add):
	case rule.Owner == store.ControllerOwner:
		addFirstStack(w, add)
	default:
		return rule.Owner == store.CloudOwner
	}
	return true
}

// addFirstStack adds the Service or the group of the first binding.
func addFirstStack(w *store.Account, add func(store.Key)) {
	if bindings := w.Table(store.BindingType).Objects; len(bindings) > 0 {
		ControllerOf(w, bindings[0].Cluster).addStack(bindings[0], add)
	}
}

// addStackOfTagged adds the Service or the group for which the controller created a resource. It reports whether there
// is one.
func addStackOfTagged(w *store.Account, o *store.Object, add func(store.Key)) bool {
	s, tagged := StackOf(o)
	cluster, _ := o.Tags()[clusterTag].(string)
	if tagged {
		add(itemOf(cluster, s))
	}
	return tagged
}

// itemOf returns the item of a stack.
func itemOf(cluster string, s Stack) store.Key {
	if s.prefix == store.ServicePrefix {
		return store.Key{Cluster: cluster, Typ: store.ServiceType, ID: s.id}
	}
	if s.isOfGateway() {
		return store.Key{Cluster: cluster, Typ: store.GatewayType, ID: s.id}
	}
	return store.Key{Cluster: cluster, Typ: groupItem, ID: s.id}
}

// ReconcileItem reconciles a Service, a group of Ingresses or a binding as the controller does. For the cluster, it
// only clears the controller's memory if it has no pods.
func ReconcileItem(w *store.Account, item store.Key) (bool, error) {
	if item.Typ == store.ClusterType {
		ControllerOf(w, item.ID).forgetSharedGroup()
		return false, nil
	}
	c := ControllerOf(w, item.Cluster)
	if c.eks == nil || c.Deployment == nil {
		return false, nil
	}
	o := w.Find(item.Cluster, item.Typ, item.ID)
	switch {
	case item.Typ == groupItem:
		return c.ReconcileGroup(parseGroupID(item.ID))
	case o == nil:
		return false, nil
	case item.Typ == store.ServiceType:
		return c.Reconcile(o)
	case item.Typ == store.GatewayType:
		return c.ReconcileGateway(o)
	case supports[item.Typ] != "":
		return c.ReconcileSupport(o)
	case kube.Deleting(o):
		return c.unbind(o)
	}
	return false, nil
}

// parseGroupID parses the ID of a group: its name, or namespace and name of an Ingress with its own load balancer.
func parseGroupID(id string) groupID {
	if namespace, name, found := strings.Cut(id, "/"); found {
		return groupID{namespace, name}
	}
	return groupID{"", id}
}
