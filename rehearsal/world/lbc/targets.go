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

// targetGroupOf returns the existing target group of a model's, nil if there is none or it must be replaced: type of
// target and protocol cannot change (pkg/deploy/elbv2/target_group_synthesizer.go).
func (c *Controller) targetGroupOf(m *balancerModel, t *elbv2.TargetGroup) *store.Object {
	for _, standing := range c.made(store.TargetGroupType, m.stack) {
		if standing.Tags()[m.stack.prefix+"/resource"] == t.ID() && standing.Text("targetType") == string(t.Spec.TargetType) &&
			standing.Text("protocol") == string(t.Spec.Protocol) && standing.Text("protocolVersion") == string(valueOf(t.Spec.ProtocolVersion)) {
			return standing
		}
	}
	return nil
}

// ensureTargetGroup makes a target group or changes the existing one. What the new one replaces goes once no listener
// forwards to it.
func (c *Controller) ensureTargetGroup(m *balancerModel, t *elbv2.TargetGroup) (bool, error) {
	if standing := c.targetGroupOf(m, t); standing != nil {
		t.SetStatus(elbv2.TargetGroupStatus{TargetGroupARN: standing.ID})
		return c.changeTargetGroup(standing, t)
	}
	if err := c.makes("elasticloadbalancing", "CreateTargetGroup", "targetgroup/"+t.Spec.Name+"/*"); err != nil {
		return false, err
	}
	made, err := elb.CreateTargetGroup(c.Account, elb.TargetGroupSpec{Name: t.Spec.Name, Owner: store.ControllerOwner, VPC: c.vpc(), TargetType: string(t.Spec.TargetType),
		Protocol: string(t.Spec.Protocol), Version: string(valueOf(t.Spec.ProtocolVersion)), Port: int(valueOf(t.Spec.Port)),
		Health: healthCheckOf(t), Tags: elb.AnyMap(m.Tags(t, t.Spec.Tags))})
	if err != nil {
		return false, err
	}
	t.SetStatus(elbv2.TargetGroupStatus{TargetGroupARN: made.ID})
	return true, c.modifyTargetAttributes(made, targetAttributesOf(t))
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

// changeTargetGroup brings the health check and the attributes of a target group up to date.
func (c *Controller) changeTargetGroup(standing *store.Object, t *elbv2.TargetGroup) (bool, error) {
	changed, health, attributes := false, healthCheckOf(t), targetAttributesOf(t)
	if elb.HealthOf(standing) != health {
		if err := c.may("elasticloadbalancing:ModifyTargetGroup", standing.ID, existing(standing)); err != nil {
			return false, err
		}
		if err := elb.ModifyTargetGroup(c.Account, standing, health); err != nil {
			return false, err
		}
		changed = true
	}
	if store.Same(elb.Merged(standing.Outputs["attributes"], attributes), standing.Outputs["attributes"]) {
		return changed, nil
	}
	err := c.modifyTargetAttributes(standing, attributes)
	return changed || err == nil, err
}

// modifyTargetAttributes sets attributes of a target group if the controller may.
func (c *Controller) modifyTargetAttributes(o *store.Object, attributes map[string]string) error {
	if err := c.may("elasticloadbalancing:ModifyTargetGroupAttributes", o.ID, existing(o)); err != nil {
		return err
	}
	return elb.SetTargetAttributes(c.Account, o, attributes)
}

// ensureBinding makes the target group binding, which says whose pods or nodes a target group has, or brings its spec
// up to date. It passes the controller's own webhooks, as every object does.
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
	if standing := elb.BoundTo(c.Account, t.Status.TargetGroupARN); standing != nil {
		return standing.Change("spec", spec), nil
	}
	binding := &store.Object{Type: store.BindingType, Cluster: c.cluster, Owner: store.ControllerOwner, Inputs: store.Properties{
		"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding", "spec": spec,
		"metadata": map[string]any{"namespace": wanted.Namespace, "name": wanted.Name, "labels": elb.AnyMap(wanted.Labels), "finalizers": []any{BindingFinalizer}},
	}}
	served := kube.Served(c.Account, c.cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
	if err := ControllerDefinitions.When(served == nil); err != nil || served == nil {
		return false, err
	}
	if err := kube.Accept(c.Account, served, binding); err != nil {
		return false, err
	}
	c.Put(binding)
	return true, nil
}

// ensureTargets registers what serves the port now and deregisters what no longer does, and opens the nodes' security
// groups to the load balancer.
func (c *Controller) ensureTargets(arn string) (bool, error) {
	target, binding := c.Get(store.TargetGroupType, arn), elb.BoundTo(c.Account, arn)
	if binding == nil {
		return false, nil
	}
	bound := kube.Live[elbv2api.TargetGroupBinding](binding)
	wanted := c.targets(binding, &bound)
	changed := false
	if standing := target.Texts("targets"); !store.Same(standing, registeredAs(wanted)) {
		missing := slices.ContainsFunc(wanted, func(t boundTarget) bool { return !slices.Contains(standing, t.address) })
		surplus := slices.ContainsFunc(standing, func(s string) bool { return !slices.Contains(registeredAs(wanted), s) })
		for action, needed := range map[string]bool{"RegisterTargets": missing, "DeregisterTargets": surplus} {
			if !needed {
				continue
			}
			if err := c.may("elasticloadbalancing:"+action, target.ID, existing(target)); err != nil {
				return false, err
			}
		}
		if err := c.byInstance(target); err != nil {
			target.Set("problem", err.Error())
			return false, err
		}
		elb.SetTargets(c.Account, target, registeredAs(wanted))
		changed = true
	}
	did, err := c.open(binding, &bound, wanted)
	if err == nil {
		target.Unset("problem")
	} else {
		// The controller writes this as an event of the binding; the load balancer has its name all the same.
		target.Set("problem", err.Error())
	}
	return c.openGates(target, binding) || changed || did, nil
}

// boundTarget is a target of a binding.
type boundTarget struct {
	address   string // "address:port" or "instance:port"
	port      int
	networked *store.Object // the network interface that it is on, nil where that is gone
}

func registeredAs(targets []boundTarget) []string {
	addresses := []string{}
	for _, t := range targets {
		addresses = append(addresses, t.address)
	}
	return addresses
}

// targets returns the pods or nodes that serve the port of a binding's Service.
func (c *Controller) targets(binding *store.Object, bound *elbv2api.TargetGroupBinding) []boundTarget {
	o := c.Find(c.cluster, store.ServiceType, kube.Identity(kube.Namespace(binding), bound.Spec.ServiceRef.Name))
	if o == nil {
		return nil
	}
	service := kube.Live[corev1.Service](o)
	port, err := k8s.LookupServicePort(&service, bound.Spec.ServiceRef.Port)
	if err != nil {
		return nil
	}
	var targets []boundTarget
	add := func(id string, port int, eni *store.Object) {
		targets = append(targets, boundTarget{id + ":" + strconv.Itoa(port), port, eni})
	}
	if valueOf(bound.Spec.TargetType) == elbv2api.TargetTypeInstance {
		for _, node := range nodepkg.ReadyNodes(c.Account, c.cluster) {
			if selector := bound.Spec.NodeSelector; selector == nil || kube.HasLabels(node, selector.MatchLabels) {
				add(node.Text("instanceId"), int(port.NodePort), ec2.InterfaceOf(c.Account, node))
			}
		}
	} else {
		for _, pod := range c.gated(o, binding) {
			address := pod.Text("status.podIP")
			add(address, podPort(pod, port.TargetPort), elb.InterfaceHoldingIn(c.Account, address))
		}
	}
	slices.SortFunc(targets, func(a, b boundTarget) int { return strings.Compare(a.address, b.address) })
	return targets
}

// podPort returns a port of a pod by number or name.
func podPort(pod *store.Object, port intstr.IntOrString) int {
	if port.Type == intstr.Int {
		return port.IntValue()
	}
	for _, container := range store.ListOf(pod.At("spec.containers")) {
		for _, p := range store.ListOf(container["ports"]) {
			if p["name"] == port.StrVal {
				return store.Integer(p["containerPort"])
			}
		}
	}
	return 0
}

// GroupOf is the security group of an interface that the controller writes rules into: its only one, or the one with
// the cluster's tag.
func (c *Controller) GroupOf(eni *store.Object) (*store.Object, error) {
	groups := eni.Texts("securityGroups")
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

// unbind cleans up after a target group binding that was deleted: its targets and the nodes' rules go, then its
// finalizer.
func (c *Controller) unbind(binding *store.Object) (bool, error) {
	if err := c.Lacks(); err != nil {
		return false, err
	}
	if target := c.Get(store.TargetGroupType, binding.Text("spec.targetGroupARN")); target != nil && len(target.Texts("targets")) > 0 {
		if err := c.may("elasticloadbalancing:DeregisterTargets", target.ID, existing(target)); err != nil {
			return false, err
		}
		elb.SetTargets(c.Account, target, nil)
	}
	if _, err := c.require(binding, nil); err != nil {
		return false, err
	}
	// Taking the finalizer off is an update, which the controller's own webhooks review.
	t := kube.Served(c.Account, c.cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
	if t != nil {
		if err := store.First(kube.Mutate(c.Account, t, binding, admissionv1.Update), kube.Review(c.Account, t, binding, admissionv1.Update)); err != nil {
			return false, err
		}
	}
	c.leaveOpen(binding)
	kube.Release(c.Account, binding, BindingFinalizer)
	return true, nil
}

// Unbound returns what prevents the controller from removing its finalizer from a target group binding.
func Unbound(w *store.Account, binding *store.Object) error {
	_, err := ControllerOf(w, binding.Cluster).unbind(binding)
	return err
}
