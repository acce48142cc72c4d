package world

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
)

var groupTagged = rule("exactly one security group of a node's interface carries the cluster's tag",
	`expected exactly one securityGroup tagged with kubernetes.io/cluster/%s for eni %s, got: [%s] (clusterName: %[1]s)`,
	controllerSource+"pkg/networking/networking_manager.go")

// targetGroupOf returns the existing target group of a model's, nil if there is none or it must be replaced: type of
// target and protocol cannot change (pkg/deploy/elbv2/target_group_synthesizer.go).
func (c *controller) targetGroupOf(m *balancerModel, t *elbv2.TargetGroup) *Object {
	for _, standing := range c.made(targetGroupType, m.stack) {
		if standing.tags()[m.stack.prefix+"/resource"] == t.ID() && standing.text("targetType") == string(t.Spec.TargetType) &&
			standing.text("protocol") == string(t.Spec.Protocol) && standing.text("protocolVersion") == string(valueOf(t.Spec.ProtocolVersion)) {
			return standing
		}
	}
	return nil
}

// ensureTargetGroup makes a target group or changes the existing one. What the new one replaces goes once no listener
// forwards to it.
func (c *controller) ensureTargetGroup(m *balancerModel, t *elbv2.TargetGroup) (bool, error) {
	if standing := c.targetGroupOf(m, t); standing != nil {
		t.SetStatus(elbv2.TargetGroupStatus{TargetGroupARN: standing.ID})
		return c.changeTargetGroup(standing, t)
	}
	if err := c.makes("elasticloadbalancing", "CreateTargetGroup", "targetgroup/"+t.Spec.Name+"/*"); err != nil {
		return false, err
	}
	made, err := c.createTargetGroup(targetGroup{name: t.Spec.Name, owner: controllerOwner, vpc: c.vpc(), targetType: string(t.Spec.TargetType),
		protocol: string(t.Spec.Protocol), version: string(valueOf(t.Spec.ProtocolVersion)), port: int(valueOf(t.Spec.Port)),
		health: healthCheckOf(t), tags: anyMap(m.Tags(t, t.Spec.Tags))})
	if err != nil {
		return false, err
	}
	t.SetStatus(elbv2.TargetGroupStatus{TargetGroupARN: made.ID})
	return true, c.modifyTargetAttributes(made, targetAttributesOf(t))
}

// healthCheckOf returns the health check of a model's target group.
func healthCheckOf(t *elbv2.TargetGroup) healthCheck {
	h := t.Spec.HealthCheckConfig
	check := healthCheck{Protocol: string(h.Protocol), Port: h.Port.String(), Path: valueOf(h.Path), Interval: int(valueOf(h.IntervalSeconds)),
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
func (c *controller) changeTargetGroup(standing *Object, t *elbv2.TargetGroup) (bool, error) {
	changed, health, attributes := false, healthCheckOf(t), targetAttributesOf(t)
	if healthOf(standing) != health {
		if err := c.may("elasticloadbalancing:ModifyTargetGroup", standing.ID, existing(standing)); err != nil {
			return false, err
		}
		if err := c.modifyTargetGroup(standing, health); err != nil {
			return false, err
		}
		changed = true
	}
	if same(merged(standing.Outputs["attributes"], attributes), standing.Outputs["attributes"]) {
		return changed, nil
	}
	err := c.modifyTargetAttributes(standing, attributes)
	return changed || err == nil, err
}

// modifyTargetAttributes sets attributes of a target group if the controller may.
func (c *controller) modifyTargetAttributes(o *Object, attributes map[string]string) error {
	if err := c.may("elasticloadbalancing:ModifyTargetGroupAttributes", o.ID, existing(o)); err != nil {
		return err
	}
	return c.setTargetAttributes(o, attributes)
}

// ensureBinding makes the target group binding, which says whose pods or nodes a target group has, or brings its spec
// up to date. It passes the controller's own webhooks, as every object does.
func (c *controller) ensureBinding(m *balancerModel, t *elbv2.TargetGroup) (bool, error) {
	wanted, err := m.Binding(t)
	if err != nil {
		return false, err
	}
	if wanted.Spec.MultiClusterTargetGroup {
		return false, unmodelled("target groups of more than one cluster, requested by %s", m.stack.title())
	}
	spec, err := asProperties(wanted.Spec)
	if err != nil {
		return false, err
	}
	if standing := c.boundTo(t.Status.TargetGroupARN); standing != nil {
		return standing.change("spec", spec), nil
	}
	binding := &Object{Type: bindingType, Cluster: c.cluster, Owner: controllerOwner, Inputs: Properties{
		"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding", "spec": spec,
		"metadata": map[string]any{"namespace": wanted.Namespace, "name": wanted.Name, "labels": anyMap(wanted.Labels), "finalizers": []any{bindingFinalizer}},
	}}
	served := c.served(c.cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
	if err := controllerDefinitions.when(served == nil); err != nil || served == nil {
		return false, err
	}
	if err := c.accept(served, binding); err != nil {
		return false, err
	}
	c.put(binding)
	return true, nil
}

// ensureTargets registers what serves the port now and deregisters what no longer does, and opens the nodes' security
// groups to the load balancer.
func (c *controller) ensureTargets(arn string) (bool, error) {
	target, binding := c.get(targetGroupType, arn), c.boundTo(arn)
	if binding == nil {
		return false, nil
	}
	bound := live[elbv2api.TargetGroupBinding](binding)
	wanted := c.targets(binding, &bound)
	changed := false
	if standing := target.texts("targets"); !same(standing, registeredAs(wanted)) {
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
			target.set("problem", err.Error())
			return false, err
		}
		c.setTargets(target, registeredAs(wanted))
		changed = true
	}
	did, err := c.open(binding, &bound, wanted)
	if err == nil {
		target.unset("problem")
	} else {
		// The controller writes this as an event of the binding; the load balancer has its name all the same.
		target.set("problem", err.Error())
	}
	return c.openGates(target, binding) || changed || did, nil
}

// Unreachable lists the target groups, and the classic load balancers, that have nothing to send to, or nothing that
// they can reach or that is healthy; targets in zones where their load balancer has no subnet; and the pods that do not
// wait for their targets where they should.
func (w *World) Unreachable() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, target := range w.all(targetGroupType) {
		switch problem := target.text("problem"); {
		case problem != "":
			lines = append(lines, target.text("name")+": "+problem)
		case len(target.texts("targets")) == 0:
			lines = append(lines, target.text("name")+": no targets")
		case w.failing(target) != "":
			lines = append(lines, target.text("name")+": no healthy target: "+healthOf(target).String()+": "+w.failing(target))
		}
	}
	for _, balancer := range w.all(classicType) {
		if len(balancer.texts("instances")) == 0 {
			lines = append(lines, balancer.text("name")+": no instances")
		} else if why := w.classicFailing(balancer); why != "" {
			lines = append(lines, balancer.text("name")+": no healthy instance: "+balancer.text("healthCheck.target")+": "+why)
		}
	}
	return slices.Concat(lines, w.outsideZones(), w.ungated())
}

// boundTarget is a target of a binding.
type boundTarget struct {
	address   string // "address:port" or "instance:port"
	port      int
	networked *Object // the network interface that it is on, nil where that is gone
}

func registeredAs(targets []boundTarget) []string {
	addresses := []string{}
	for _, t := range targets {
		addresses = append(addresses, t.address)
	}
	return addresses
}

// targets returns the pods or nodes that serve the port of a binding's Service.
func (c *controller) targets(binding *Object, bound *elbv2api.TargetGroupBinding) []boundTarget {
	o := c.find(c.cluster, serviceType, identity(binding.namespace(), bound.Spec.ServiceRef.Name))
	if o == nil {
		return nil
	}
	service := live[corev1.Service](o)
	port, err := k8s.LookupServicePort(&service, bound.Spec.ServiceRef.Port)
	if err != nil {
		return nil
	}
	var targets []boundTarget
	add := func(id string, port int, eni *Object) {
		targets = append(targets, boundTarget{id + ":" + strconv.Itoa(port), port, eni})
	}
	if valueOf(bound.Spec.TargetType) == elbv2api.TargetTypeInstance {
		for _, node := range c.readyNodes(c.cluster) {
			if selector := bound.Spec.NodeSelector; selector == nil || hasLabels(node, selector.MatchLabels) {
				add(node.text("instanceId"), int(port.NodePort), c.interfaceOf(node))
			}
		}
	} else {
		for _, pod := range c.gated(o, binding) {
			address := pod.text("status.podIP")
			add(address, podPort(pod, port.TargetPort), c.interfaceHoldingIn(address))
		}
	}
	slices.SortFunc(targets, func(a, b boundTarget) int { return strings.Compare(a.address, b.address) })
	return targets
}

// podPort returns a port of a pod by number or name.
func podPort(pod *Object, port intstr.IntOrString) int {
	if port.Type == intstr.Int {
		return port.IntValue()
	}
	for _, container := range listOf(pod.at("spec.containers")) {
		for _, p := range listOf(container["ports"]) {
			if p["name"] == port.StrVal {
				return integer(p["containerPort"])
			}
		}
	}
	return 0
}

// groupOf is the security group of an interface that the controller writes rules into: its only one, or the one with
// the cluster's tag.
func (c *controller) groupOf(eni *Object) (*Object, error) {
	groups := eni.texts("securityGroups")
	if len(groups) == 1 {
		return c.get(securityGroupType, groups[0]), nil
	}
	var tagged []string
	for _, id := range groups {
		if group := c.get(securityGroupType, id); group != nil && group.tags()["kubernetes.io/cluster/"+c.arguments["cluster-name"]] != nil {
			tagged = append(tagged, id)
		}
	}
	if err := groupTagged.when(len(tagged) != 1, c.arguments["cluster-name"], eni.ID, strings.Join(tagged, " ")); err != nil || len(tagged) == 0 {
		return nil, err
	}
	return c.get(securityGroupType, tagged[0]), nil
}

// unbind cleans up after a target group binding that was deleted: its targets and the nodes' rules go, then its
// finalizer.
func (c *controller) unbind(binding *Object) (bool, error) {
	if err := c.lacks(); err != nil {
		return false, err
	}
	if target := c.get(targetGroupType, binding.text("spec.targetGroupARN")); target != nil && len(target.texts("targets")) > 0 {
		if err := c.may("elasticloadbalancing:DeregisterTargets", target.ID, existing(target)); err != nil {
			return false, err
		}
		c.setTargets(target, nil)
	}
	if _, err := c.require(binding, nil); err != nil {
		return false, err
	}
	// Taking the finalizer off is an update, which the controller's own webhooks review.
	t := c.served(c.cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
	if t != nil {
		if err := first(c.mutate(t, binding, admissionv1.Update), c.review(t, binding, admissionv1.Update)); err != nil {
			return false, err
		}
	}
	c.leaveOpen(binding)
	c.release(binding, bindingFinalizer)
	return true, nil
}

// unbound returns what prevents the controller from removing its finalizer from a target group binding.
func (w *World) unbound(binding *Object) error {
	_, err := w.controllerOf(binding.Cluster).unbind(binding)
	return err
}
