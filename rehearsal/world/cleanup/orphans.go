package cleanup

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/logs"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// FindOrphans are the resources in the account that remain when the resources of a stack are deleted: nothing else
// deletes them, so the operator must. known reports whether a type and ID is a resource of the stack; if nil, there is
// no stack.
//
// Resources that AWS deletes automatically or with another one are left out: a load balancer's interfaces, the objects
// in a cluster. So each command deletes the resource that it names, and they work in this order.
func FindOrphans(w *store.Account, known func(typ, id string) bool) []Leftover {
	var orphans []Leftover
	for _, o := range w.All("") {
		held := heldForEver(w, o)
		if held != nil && lbc.IsUsedByGateway(w, o) {
			continue // the controller removes its finalizer once the Gateway is deleted
		}
		if heldByProtection(held) {
			orphans = append(orphans, protected(w, o, held))
			continue
		} else if held != nil {
			orphans = append(orphans, Leftover{Type: o.Type, ID: o.ID, Name: nameOf(o), Owner: o.Owner, Reason: held.Error(), Remove: unhold(w, o)})
			continue
		}
		if group := orphanedSource(w, o, known); group != nil {
			orphans = append(orphans, Leftover{Type: o.Type, ID: o.ID, Name: nameOf(o), Owner: o.Owner,
				Reason: "it names security group " + group.ID + " as its source, which EC2 does not delete before", Remove: RemovalCommand(w, o)})
			continue
		}
		if o.Type == store.PendingKeyType || o.Type == store.LateLogsType || ec2.IsLingering(o) || o.Owner == store.OperatorOwner || (known != nil && known(o.Type, o.ID)) || kept(w, o) {
			continue
		}
		orphans = append(orphans, Leftover{Type: o.Type, ID: o.ID, Name: nameOf(o), Owner: o.Owner, Reason: reasonFor(o), Remove: RemovalCommand(w, o)})
	}
	slices.SortStableFunc(orphans, func(a, b Leftover) int { return RemovalRank(a.Type) - RemovalRank(b.Type) })
	return orphans
}

// orphanedSource returns the security group that a rule of the stack names and that remains when the resources of the
// stack are deleted, nil for none.
func orphanedSource(w *store.Account, o *store.Object, known func(typ, id string) bool) *store.Object {
	if known == nil || o.Type != store.GroupRuleType || !known(o.Type, o.ID) {
		return nil
	}
	group := w.Get(store.SecurityGroupType, ec2.SecurityGroupRuleOf(o).Source)
	if group == nil || group.Owner == store.OperatorOwner || known(group.Type, group.ID) || kept(w, group) {
		return nil
	}
	return group
}

// heldForEver returns why an object of a cluster that was deleted remains, or will remain when its namespace is
// deleted: a finalizer whose actor can't act, or that has none. It returns nil for an object that will be removed.
func heldForEver(w *store.Account, o *store.Object) error {
	if o.Cluster == "" || len(kube.Finalizers(o)) == 0 {
		return nil
	}
	if o.Type == store.BindingType && !kube.Deleting(o) {
		if lack := lbc.ControllerOf(w, o.Cluster).Lacks(); lack != nil {
			return fmt.Errorf("the deletion of its namespace will wait for its finalizer %s: %w", strings.Join(kube.Finalizers(o), ", "), lack)
		}
	}
	if !kube.Deleting(o) {
		return nil
	}
	finalizers, why := kube.HeldBy(w, o)
	return fmt.Errorf("it was deleted and waits for its finalizer %s: %w", strings.Join(finalizers, ", "), why)
}

// HeldRelease is a release that Helm does not delete, because a Job that it runs before always fails. Without the Job
// nothing waits for what the Job waits for.
func HeldRelease(w *store.Account, o *store.Object, job string, why error) Leftover {
	return Leftover{Type: o.Type, ID: o.ID, Name: nameOf(o), Owner: o.Owner,
		Reason: fmt.Sprintf("Helm deletes it only after its Job %s, which fails: %v", job, why),
		Remove: RemovalCommand(w, o) + " " + WithoutHooks}
}

// WithoutHooks is the flag with which Helm deletes a release without its Jobs
// (helm.sh/docs/helm/helm_uninstall).
const WithoutHooks = "--no-hooks"

// abandoned reports whether a Service, an Ingress or a Gateway has finalizers of a controller that can't act: its
// deletion would never end.
func abandoned(w *store.Account, o *store.Object) bool {
	return len(lbc.StacksOf(o)) > 0 && (lbc.ControllerOf(w, o.Cluster).Lacks() != nil || lbc.IgnoresGateway(w, o))
}

// unhold returns the command that removes the finalizers of an object. A webhook that refuses every update must be
// deleted first.
func unhold(w *store.Account, o *store.Object) string {
	command := eks.Kubectl("patch", o, `--type=merge --patch '{"metadata":{"finalizers":null}}'`)
	if refuser := kube.RefusingWebhook(w, o); refuser != "" {
		return "kubectl delete validatingwebhookconfiguration " + refuser + " && " + command
	}
	return command
}

// balanced are the types of objects for which a controller creates a load balancer.
var balanced = []string{store.ServiceType, store.IngressType, store.GatewayType}

// kept reports whether an object is deleted with another one that exists.
func kept(w *store.Account, o *store.Object) bool {
	switch {
	case o.Cluster != "":
		return w.Get(store.ClusterType, o.Cluster) != nil && !(o.Owner == "" && slices.Contains(balanced, o.Type) && len(kube.Finalizers(o)) > 0)
	case o.Owner == "vpc" || o.Type == store.DefaultGroupType || o.Type == store.SecondaryType:
		return w.Get(store.VPCType, o.Text("vpcId")) != nil
	case o.Type == store.GroupRuleType && ec2.SecurityGroupRuleOf(o).Source == "":
		return w.Get(store.SecurityGroupType, ec2.SecurityGroupRuleOf(o).Group) != nil
	case o.Type == store.ListenerRuleType:
		return w.Get(store.ListenerType, elb.ListenerRuleOf(o).Listener) != nil
	case o.Type == store.ListenerType:
		return w.Get(store.LoadBalancerType, elb.ListenerOf(o).LoadBalancer) != nil
	case o.Owner == store.ControllerOwner || o.Owner == store.CloudOwner:
		return keptByController(w, o)
	}
	switch o.Type {
	case store.InterfaceType:
		return keptInterface(w, o)
	case node.InstanceObject:
		return w.Get(store.NodeGroupType, o.Text("nodeGroup")) != nil
	case store.VolumeType:
		return w.Get(node.InstanceObject, o.Text("instance")) != nil
	case store.SecurityGroupType:
		return o.Owner == "eks" && clusterExists(w, func(c *store.Object) bool { return eks.ClusterOf(c).VPC.ClusterGroup == o.ID })
	case store.CIDRReservationType:
		return w.Get(store.SubnetType, ec2.ReservationOf(o).Subnet) != nil
	case store.RouteType:
		return w.Get(store.RouteTableType, ec2.RouteOf(o).Table) != nil
	case store.LogGroupType:
		return o.Owner == "eks" && clusterExists(w, func(c *store.Object) bool { return logs.ControlPlaneLogs(c.ID) == o.ID })
	case store.AddonType, store.AccessEntryType, store.AccessPolicyType, store.PodIdentityType:
		return w.Get(store.ClusterType, o.Text("clusterName")) != nil
	}
	return false
}

// clusterExists reports whether a cluster satisfies a condition.
func clusterExists(w *store.Account, condition func(*store.Object) bool) bool {
	return slices.ContainsFunc(w.All(store.ClusterType), condition)
}

// keptInterface reports whether the resource of an interface still exists: the service that created it deletes it.
func keptInterface(w *store.Account, o *store.Object) bool {
	eni := ec2.InterfaceOf(o)
	if eni.Trunk != "" {
		return node.DeletesBranch(w, o)
	}
	if eni.Instance != "" {
		return w.Get(node.InstanceObject, eni.Instance) != nil
	}
	description := eni.Description
	if cluster, plane := strings.CutPrefix(description, "Amazon EKS "); plane {
		return w.Get(store.ClusterType, cluster) != nil
	}
	if endpoint, private := strings.CutPrefix(description, ec2.EndpointInterface); private {
		return w.Get(store.EndpointType, endpoint) != nil
	}
	for _, typ := range []string{store.LoadBalancerType, store.ClassicType} {
		if len(w.With(typ, "description", description)) > 0 {
			return true
		}
	}
	return len(w.With(store.NatType, "networkInterfaceId", o.ID)) > 0
}

// keptByController reports whether a controller that can act has an object in its cluster for what it created: it
// deletes that with the object.
func keptByController(w *store.Account, o *store.Object) bool {
	return len(w.All("", func(user *store.Object) bool {
		return w.Get(store.ClusterType, user.Cluster) != nil && controllerTakes(w, o, user)
	})) > 0
}

// controllerTakes reports whether the controller that created something deletes it with a Service, an Ingress or a
// Gateway. What a whole cluster shares is deleted with the last one.
func controllerTakes(w *store.Account, o, user *store.Object) bool {
	if o.Owner == store.CloudOwner {
		return slices.Contains(kube.Finalizers(user), ccm.CloudFinalizer) && madeByCloud(o, user) &&
			ccm.CheckAllowed(w, user.Cluster, "elasticloadbalancing:DeleteLoadBalancer", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup") == nil
	}
	held, tagged := lbc.StackOf(o)
	return slices.ContainsFunc(lbc.StacksOf(user), func(s lbc.Stack) bool { return !tagged || s == held }) && lbc.ControllerOf(w, user.Cluster).Lacks() == nil &&
		!lbc.IgnoresGateway(w, user)
}

// madeByCloud reports whether the cloud controller created something for a Service. There are rules in the nodes'
// security groups for each.
func madeByCloud(o, service *store.Object) bool {
	return o.Type == store.GroupRuleType || strings.HasSuffix(o.Text("name"), ccm.ClassicName(service))
}
