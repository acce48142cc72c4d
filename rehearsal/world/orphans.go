package world

import (
	"fmt"
	"slices"
	"strings"
)

// Orphans are the resources in the account that remain when the resources of a stack are deleted: nothing else deletes
// them, so the operator must. known reports whether a type and ID is a resource of the stack; if nil, there is no
// stack.
//
// Resources that AWS deletes automatically or with another one are left out: a load balancer's interfaces, the objects
// in a cluster. So each command deletes the resource that it names, and they work in this order.
func (w *World) Orphans(known func(typ, id string) bool) []Leftover {
	w.mu.Lock()
	defer w.mu.Unlock()
	var orphans []Leftover
	for _, o := range w.all("") {
		if held := w.heldForEver(o); heldByProtection(held) {
			orphans = append(orphans, w.protected(o, held))
			continue
		} else if held != nil {
			orphans = append(orphans, Leftover{Type: o.Type, ID: o.ID, Name: nameOf(o), Owner: o.Owner, Reason: held.Error(), Remove: w.unhold(o)})
			continue
		}
		if o.Type == pendingKeyType || o.Type == lateLogsType || lingering(o) || o.Owner == operatorOwner || (known != nil && known(o.Type, o.ID)) || w.kept(o) {
			continue
		}
		orphans = append(orphans, Leftover{Type: o.Type, ID: o.ID, Name: nameOf(o), Owner: o.Owner, Reason: reasonFor(o), Remove: w.removal(o)})
	}
	slices.SortStableFunc(orphans, func(a, b Leftover) int { return removalRank(a.Type) - removalRank(b.Type) })
	return orphans
}

// heldForEver returns why an object of a cluster that was deleted remains, or will remain when its namespace is
// deleted: a finalizer whose actor can't act, or that has none. It returns nil for an object that will be removed.
func (w *World) heldForEver(o *Object) error {
	if o.Cluster == "" || len(o.finalizers()) == 0 {
		return nil
	}
	if o.Type == bindingType && !o.deleting() {
		if lack := w.controllerOf(o.Cluster).lacks(); lack != nil {
			return fmt.Errorf("the deletion of its namespace will wait for its finalizer %s: %w", strings.Join(o.finalizers(), ", "), lack)
		}
	}
	if !o.deleting() {
		return nil
	}
	finalizers, why := w.heldBy(o)
	return fmt.Errorf("it was deleted and waits for its finalizer %s: %w", strings.Join(finalizers, ", "), why)
}

// abandoned reports whether a Service or an Ingress has finalizers of a controller that can't act: its deletion would
// never end.
func (w *World) abandoned(o *Object) bool {
	return len(stacksOf(o)) > 0 && w.controllerOf(o.Cluster).lacks() != nil
}

// unhold returns the command that removes the finalizers of an object. A webhook that refuses every update must be
// deleted first.
func (w *World) unhold(o *Object) string {
	command := kubectl("patch", o, `--type=merge --patch '{"metadata":{"finalizers":null}}'`)
	if refuser := w.refuser(o); refuser != "" {
		return "kubectl delete validatingwebhookconfiguration " + refuser + " && " + command
	}
	return command
}

// kept reports whether an object is deleted with another one that exists.
func (w *World) kept(o *Object) bool {
	switch {
	case o.Cluster != "":
		return w.get(clusterType, o.Cluster) != nil && !(o.Owner == "" && (o.Type == serviceType || o.Type == ingressType) && len(o.finalizers()) > 0)
	case o.Owner == "vpc" || o.Type == defaultGroupType || o.Type == secondaryType:
		return w.get(vpcType, o.text("vpcId")) != nil
	case o.Type == groupRuleType && o.text("sourceSecurityGroupId") == "":
		return w.get(securityGroupType, o.text("securityGroupId")) != nil
	case o.Type == listenerRuleType:
		return w.get(listenerType, o.text("listenerArn")) != nil
	case o.Type == listenerType:
		return w.get(loadBalancerType, o.text("loadBalancerArn")) != nil
	case o.Owner == controllerOwner || o.Owner == cloudOwner:
		return w.keptByController(o)
	}
	switch o.Type {
	case interfaceType:
		return w.keptInterface(o)
	case instanceObject:
		return w.get(nodeGroupType, o.text("nodeGroup")) != nil
	case volumeType:
		return w.get(instanceObject, o.text("instance")) != nil
	case securityGroupType:
		return o.Owner == "eks" && len(w.with(clusterType, "vpcConfig.clusterSecurityGroupId", o.ID)) > 0
	case cidrReservationType:
		return w.get(subnetType, o.text("subnetId")) != nil
	case routeType:
		return w.get(routeTableType, o.text("routeTableId")) != nil
	case logGroupType:
		return o.Owner == "eks" && len(w.all(clusterType, func(c *Object) bool { return controlPlaneLogs(c.ID) == o.ID })) > 0
	case addonType, accessEntryType, accessPolicyType:
		return w.get(clusterType, o.text("clusterName")) != nil
	}
	return false
}

// keptInterface reports whether the resource of an interface still exists: the service that created it deletes it.
func (w *World) keptInterface(eni *Object) bool {
	if instance := eni.text("instance"); instance != "" {
		return w.get(instanceObject, instance) != nil
	}
	description := eni.text("description")
	if cluster, plane := strings.CutPrefix(description, "Amazon EKS "); plane {
		return w.get(clusterType, cluster) != nil
	}
	if endpoint, private := strings.CutPrefix(description, endpointInterface); private {
		return w.get(endpointType, endpoint) != nil
	}
	for _, typ := range []string{loadBalancerType, classicType} {
		if len(w.with(typ, "description", description)) > 0 {
			return true
		}
	}
	return len(w.with(natType, "networkInterfaceId", eni.ID)) > 0
}

// keptByController reports whether a controller that can act has an object in its cluster for what it created: it
// deletes that with the object.
func (w *World) keptByController(o *Object) bool {
	return len(w.all("", func(user *Object) bool {
		return w.get(clusterType, user.Cluster) != nil && w.controllerTakes(o, user)
	})) > 0
}

// controllerTakes reports whether the controller that created something deletes it with a Service or an Ingress. What a
// whole cluster shares is deleted with the last one.
func (w *World) controllerTakes(o, user *Object) bool {
	if o.Owner == cloudOwner {
		return slices.Contains(user.finalizers(), cloudFinalizer) && madeByCloud(o, user) &&
			w.cloudMay(user.Cluster, "elasticloadbalancing:DeleteLoadBalancer", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup") == nil
	}
	held, tagged := stackOf(o)
	return slices.ContainsFunc(stacksOf(user), func(s stack) bool { return !tagged || s == held }) && w.controllerOf(user.Cluster).lacks() == nil
}

// madeByCloud reports whether the cloud controller created something for a Service. There are rules in the nodes'
// security groups for each.
func madeByCloud(o, service *Object) bool {
	return o.Type == groupRuleType || strings.HasSuffix(o.text("name"), classicName(service))
}
