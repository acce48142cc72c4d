package lbc

import (
	"slices"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/k8s"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

var GroupTagged = store.NewRule("exactly one security group of a node's interface carries the cluster's tag",
	`expected exactly one securityGroup tagged with kubernetes.io/cluster/%s for eni %s, got: [%s] (clusterName: %[1]s)`,
	store.ControllerSource+"pkg/networking/networking_manager.go")

// targetGroupOf returns the existing target group of a model's, nil if there is none or it must be replaced: target
// type and protocol cannot change (pkg/deploy/elbv2/target_group_synthesizer.go).
func (c *Controller) targetGroupOf(m *balancerModel, t *elbv2.TargetGroup) *store.Object {
	for _, o := range c.createdFor(store.TargetGroupType, m.stack) {
		existing := elb.TargetGroupOf(o)
		if o.Tags()[m.stack.prefix+"/resource"] == t.ID() && existing.TargetType == string(t.Spec.TargetType) &&
			existing.Protocol == string(t.Spec.Protocol) && (existing.AddressType == elb.IPv6Targets) == (t.Spec.IPAddressType == elbv2.TargetGroupIPAddressTypeIPv6) && existing.Version == string(valueOf(t.Spec.ProtocolVersion)) {
			return o
		}
	}
	return nil
}

// ensureTargetGroup creates a target group or updates the existing one. A target group that it replaces is deleted once
// no listener forwards to it.
func (c *Controller) ensureTargetGroup(m *balancerModel, t *elbv2.TargetGroup) (bool, error) {
	if existing := c.targetGroupOf(m, t); existing != nil {
		t.SetStatus(elbv2.TargetGroupStatus{TargetGroupARN: existing.ID})
		return c.updateTargetGroup(existing, t)
	}
	if err := c.checkCreate("elasticloadbalancing", "CreateTargetGroup", "targetgroup/"+t.Spec.Name+"/*"); err != nil {
		return false, err
	}
	created, err := elb.CreateTargetGroup(c.Account, elb.TargetGroupSpec{Name: t.Spec.Name, Owner: store.ControllerOwner, VPC: c.vpc(), TargetType: string(t.Spec.TargetType),
		Protocol: string(t.Spec.Protocol), Version: string(valueOf(t.Spec.ProtocolVersion)), Port: int(valueOf(t.Spec.Port)), AddressType: string(t.Spec.IPAddressType),
		Health: healthCheckOf(t), Tags: elb.PropertiesOf(m.Tags(t, t.Spec.Tags))})
	if err != nil {
		return false, err
	}
	t.SetStatus(elbv2.TargetGroupStatus{TargetGroupARN: created.ID})
	return true, c.setTargetAttributes(created, targetAttributesOf(t))
}

// healthCheckOf returns the health check of a model's target group.
func healthCheckOf(t *elbv2.TargetGroup) elb.HealthCheck {
	h := t.Spec.HealthCheckConfig
	check := elb.HealthCheck{Protocol: string(h.Protocol), Port: h.Port.String(), Path: valueOf(h.Path), Interval: int(valueOf(h.IntervalSeconds)),
		Timeout: int(valueOf(h.TimeoutSeconds)), Healthy: int(valueOf(h.HealthyThresholdCount)), Unhealthy: int(valueOf(h.UnhealthyThresholdCount))}
	if h.Matcher != nil {
		check.Matcher = valueOf(h.Matcher.HTTPCode) + valueOf(h.Matcher.GRPCCode)
	}
	return check
}

// targetAttributesOf returns the attributes that a model sets; others keep their values.
func targetAttributesOf(t *elbv2.TargetGroup) map[string]string {
	attributes := map[string]string{}
	for _, a := range t.Spec.TargetGroupAttributes {
		attributes[a.Key] = a.Value
	}
	return attributes
}

// updateTargetGroup updates the health check and the attributes of a target group.
func (c *Controller) updateTargetGroup(existing *store.Object, t *elbv2.TargetGroup) (bool, error) {
	before, health, attributes := elb.TargetGroupOf(existing), healthCheckOf(t), targetAttributesOf(t)
	changed := false
	if before.HealthCheck != health {
		if err := c.checkAllowed("elasticloadbalancing:ModifyTargetGroup", existing.ID, resourceFacts(existing)); err != nil {
			return false, err
		}
		if err := elb.ModifyTargetGroup(c.Account, existing, health); err != nil {
			return false, err
		}
		changed = true
	}
	if !elb.ChangesAttributes(before.Attributes, attributes) {
		return changed, nil
	}
	err := c.setTargetAttributes(existing, attributes)
	return changed || err == nil, err
}

// setTargetAttributes sets attributes of a target group if the controller's role allows it.
func (c *Controller) setTargetAttributes(o *store.Object, attributes map[string]string) error {
	if err := c.checkAllowed("elasticloadbalancing:ModifyTargetGroupAttributes", o.ID, resourceFacts(o)); err != nil {
		return err
	}
	return elb.SetTargetAttributes(c.Account, o, attributes)
}

// ensureBinding creates the target group binding, which selects the pods or nodes of a target group, or updates its
// spec. The controller's own webhooks are called for it.
func (c *Controller) ensureBinding(m *balancerModel, t *elbv2.TargetGroup) (bool, error) {
	wanted, err := m.Binding(t)
	if err != nil {
		return false, err
	}
	if wanted.Spec.MultiClusterTargetGroup {
		return false, store.Unmodelled("target groups of more than one cluster, requested by %s", m.stack.Title())
	}
	spec, err := store.AsProperties(wanted.Spec)
	if err != nil {
		return false, err
	}
	if existing := elb.BindingOfTargetGroup(c.Account, t.Status.TargetGroupARN); existing != nil {
		return existing.Change("spec", spec), nil
	}
	binding := &store.Object{Type: store.BindingType, Cluster: c.cluster, Owner: store.ControllerOwner, Inputs: store.Properties{
		"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding", "spec": spec,
		"metadata": map[string]any{"namespace": wanted.Namespace, "name": wanted.Name, "labels": elb.PropertiesOf(wanted.Labels), "finalizers": []any{BindingFinalizer}},
	}}
	served := kube.ServedType(c.Account, c.cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
	if err := ControllerDefinitions.When(served == nil); err != nil || served == nil {
		return false, err
	}
	if err := kube.AcceptObject(c.Account, served, binding); err != nil {
		return false, err
	}
	c.Put(binding)
	return true, nil
}

// ensureTargets registers the targets that serve the port, deregisters others, and allows traffic from the load
// balancer in the nodes' security groups.
func (c *Controller) ensureTargets(arn string) (bool, error) {
	target, binding := c.Get(store.TargetGroupType, arn), elb.BindingOfTargetGroup(c.Account, arn)
	if binding == nil {
		return false, nil
	}
	bound, t := kube.Live[elbv2api.TargetGroupBinding](binding), elb.TargetGroupOf(target)
	targets := c.targets(binding, &bound)
	changed, wanted := false, idsOfTargets(targets)
	if !slices.Equal(t.Targets, wanted) {
		missing := slices.ContainsFunc(wanted, func(id string) bool { return !slices.Contains(t.Targets, id) })
		surplus := slices.ContainsFunc(t.Targets, func(id string) bool { return !slices.Contains(wanted, id) })
		var actions []string
		if missing {
			actions = append(actions, "RegisterTargets")
		}
		if surplus {
			actions = append(actions, "DeregisterTargets")
		}
		for _, action := range actions {
			if err := c.checkAllowed("elasticloadbalancing:"+action, target.ID, resourceFacts(target)); err != nil {
				return false, err
			}
		}
		if err := c.checkInstanceTypes(t); err != nil {
			target.Set("problem", err.Error())
			return false, err
		}
		if err := elb.SetTargets(c.Account, target, wanted); err != nil {
			return false, err
		}
		changed = true
	}
	allowed, err := c.allowTraffic(binding, &bound, targets)
	if err == nil {
		target.Unset("problem")
	} else {
		// The controller writes this as an event of the binding; the load balancer is still published.
		target.Set("problem", err.Error())
	}
	return c.setGates(target, binding) || changed || allowed, nil
}

// boundTarget is a target of a binding.
type boundTarget struct {
	id   string // "address:port" or "instance:port"
	port int
	eni  *store.Object // its network interface, nil if that is deleted
}

// idsOfTargets returns the IDs by which targets are registered.
func idsOfTargets(targets []boundTarget) []string {
	var ids []string
	for _, t := range targets {
		ids = append(ids, t.id)
	}
	return ids
}

// targets returns the pods or nodes that serve the port of a binding's Service.
func (c *Controller) targets(binding *store.Object, bound *elbv2api.TargetGroupBinding) []boundTarget {
	o := c.Find(c.cluster, store.ServiceType, kube.ObjectID(kube.Namespace(binding), bound.Spec.ServiceRef.Name))
	if o == nil {
		return nil
	}
	service := kube.Live[corev1.Service](o)
	port, err := k8s.LookupServicePort(&service, bound.Spec.ServiceRef.Port)
	if err != nil {
		return nil
	}
	var targets []boundTarget
	add := func(address string, port int, eni *store.Object) {
		targets = append(targets, boundTarget{address + ":" + strconv.Itoa(port), port, eni})
	}
	if valueOf(bound.Spec.TargetType) == elbv2api.TargetTypeInstance {
		for _, node := range nodepkg.ReadyNodes(c.Account, c.cluster) {
			if selector := bound.Spec.NodeSelector; selector == nil || kube.HasLabels(node, selector.MatchLabels) {
				add(nodepkg.NodeOf(node).Instance, int(port.NodePort), ec2.PrimaryInterface(c.Account, node))
			}
		}
	} else {
		for _, o := range c.targetPods(&service, binding) {
			pod := kube.Live[corev1.Pod](o)
			add(pod.Status.PodIP, podPort(&pod, port.TargetPort), elb.InterfaceWithAddress(c.Account, pod.Status.PodIP))
		}
	}
	slices.SortFunc(targets, func(a, b boundTarget) int { return strings.Compare(a.id, b.id) })
	return targets
}

// podPort returns a port of a pod by number or name.
func podPort(pod *corev1.Pod, port intstr.IntOrString) int {
	if port.Type == intstr.Int {
		return port.IntValue()
	}
	for _, container := range pod.Spec.Containers {
		for _, p := range container.Ports {
			if p.Name == port.StrVal {
				return int(p.ContainerPort)
			}
		}
	}
	return 0
}

// GroupOf returns the security group of an interface to which the controller adds rules: its only one, or the one with
// the cluster's tag.
func (c *Controller) GroupOf(eni *store.Object) (*store.Object, error) {
	groups := ec2.InterfaceOf(eni).Groups
	if len(groups) == 1 {
		return c.Get(store.SecurityGroupType, groups[0]), nil
	}
	var tagged []string
	for _, id := range groups {
		if group := c.Get(store.SecurityGroupType, id); group != nil && group.Tags()["kubernetes.io/cluster/"+c.arguments["cluster-name"]] != nil {
			tagged = append(tagged, id)
		}
	}
	if err := GroupTagged.When(len(tagged) != 1, c.arguments["cluster-name"], eni.ID, strings.Join(tagged, " ")); err != nil || len(tagged) == 0 {
		return nil, err
	}
	return c.Get(store.SecurityGroupType, tagged[0]), nil
}

// unbind deregisters the targets of a deleted target group binding, deletes the rules that it requires, and removes its
// finalizer.
func (c *Controller) unbind(binding *store.Object) (bool, error) {
	if err := c.Lacks(); err != nil {
		return false, err
	}
	arn := kube.Live[elbv2api.TargetGroupBinding](binding).Spec.TargetGroupARN
	if target := c.Get(store.TargetGroupType, arn); target != nil && len(elb.TargetGroupOf(target).Targets) > 0 {
		if err := c.checkAllowed("elasticloadbalancing:DeregisterTargets", target.ID, resourceFacts(target)); err != nil {
			return false, err
		}
		if err := elb.SetTargets(c.Account, target, nil); err != nil {
			return false, err
		}
	}
	if _, err := c.ensureRequiredRules(binding, nil); err != nil {
		return false, err
	}
	// The removal of the finalizer is an update, for which the controller's own webhooks are called.
	t := kube.ServedType(c.Account, c.cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
	if t != nil {
		if err := store.First(kube.CallMutatingWebhooks(c.Account, t, binding, admissionv1.Update), kube.CallValidatingWebhooks(c.Account, t, binding, admissionv1.Update)); err != nil {
			return false, err
		}
	}
	c.passGates(binding)
	kube.ReleaseFinalizer(c.Account, binding, BindingFinalizer)
	return true, nil
}

// LacksBindingCleanup returns what prevents the controller from removing its finalizer from a target group binding.
func LacksBindingCleanup(w *store.Account, binding *store.Object) error {
	_, err := ControllerOf(w, binding.Cluster).unbind(binding)
	return err
}
