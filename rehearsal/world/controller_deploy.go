package world

import (
	"slices"
	"strconv"
)

// describes are the reads without which the controller cannot begin.
var describes = []string{
	"ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:DescribeInstances",
	"ec2:DescribeNetworkInterfaces", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTags",
	"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeTargetHealth",
	"elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeTargetGroupAttributes",
	"elasticloadbalancing:DescribeListenerAttributes",
}

// deploy makes the account look like the model, step by step; it stops at the first step that is refused, and what was made
// before stays. It tells whether it changed anything.
func (c *controller) deploy(m *balancerModel) (bool, error) {
	if err := c.mayAll(describes...); err != nil {
		return false, err
	}
	changed := false
	step := func(did bool, err error) error {
		changed = changed || did
		return err
	}
	groups, did, err := c.ensureGroups(m)
	if err := step(did, err); err != nil {
		return changed, err
	}
	balancer, did, err := c.ensureBalancer(m, groups)
	if err := step(did, err); err != nil {
		return changed, err
	}
	for _, p := range m.targets {
		if err := step(c.ensureTargetGroup(m, p)); err != nil {
			return changed, err
		}
	}
	for i := range m.listeners {
		if err := step(c.ensureListener(m, balancer, &m.listeners[i])); err != nil {
			return changed, err
		}
	}
	for _, p := range m.targets {
		if err := step(c.ensureBinding(m.stack, p)); err != nil {
			return changed, err
		}
		if err := step(c.ensureTargets(p)); err != nil {
			return changed, err
		}
	}
	return changed, step(c.dropUnwanted(m))
}

// requested are the facts of a call that makes something with the controller's tags.
func (c *controller) requested(action string) facts {
	return facts{"aws:RequestTag/" + clusterTag: {c.arguments["cluster-name"]}, "ec2:CreateAction": {action}, "elasticloadbalancing:CreateAction": {action}}
}

// existing are the facts of a call on something that carries tags.
func existing(target *Object) facts {
	known := facts{}
	for key, value := range target.tags() {
		if s, ok := value.(string); ok {
			known["aws:ResourceTag/"+key] = []string{s}
		}
	}
	return known
}

// makes refuses a resource that the controller may not make or tag.
func (c *controller) makes(service, action, kind string) error {
	resource := c.arn(service, kind)
	return first(
		c.may(service+":"+action, resource, c.requested(action)),
		c.may(service+":"+tagging(service), resource, c.requested(action)),
	)
}

// tagging is the action that tags resources of a service.
func tagging(service string) string {
	if service == "ec2" {
		return "CreateTags"
	}
	return "AddTags"
}

// transport is the protocol of the packets that reach a listener.
func (l *listenerModel) transport() string {
	if l.protocol == "UDP" {
		return "udp"
	}
	return "tcp"
}

// ensureListener makes a listener with its rules, or changes the one that stands on its port.
func (c *controller) ensureListener(m *balancerModel, balancer *Object, l *listenerModel) (bool, error) {
	s := m.stack
	for _, standing := range c.made(listenerType, s) {
		if standing.number("port") == l.port {
			return c.changeListener(s, balancer, standing, l)
		}
	}
	if err := c.makes("elasticloadbalancing", "CreateListener", "listener/"+familyOf(balancer.text("loadBalancerType"))+"/"+balancer.text("name")+"/*/*"); err != nil {
		return false, err
	}
	listener, err := c.createListener(balancer, l.protocol, l.port, l.forward.arns(), l.certificates)
	if err != nil {
		return false, err
	}
	listener.set("tags", c.tagsFor(s, strconv.Itoa(l.port), m.tags))
	listener.set("redirect", l.redirect)
	listener.set("sslPolicy", l.policy)
	_, err = c.ensureListenerRules(s, balancer, listener, l.rules)
	return true, err
}

func (c *controller) changeListener(s stack, balancer, standing *Object, l *listenerModel) (bool, error) {
	forward := l.forward.arns()
	if standing.text("protocol") == l.protocol && same(standing.texts("targetGroupArns"), textsOf(forward)) &&
		same(standing.texts("certificates"), textsOf(l.certificates)) && standing.number("redirect") == l.redirect && standing.text("sslPolicy") == l.policy {
		return c.ensureListenerRules(s, balancer, standing, l.rules)
	}
	if err := first(
		c.may("elasticloadbalancing:ModifyListener", standing.ID, existing(standing)),
		c.checkCertificates(l.protocol, l.certificates),
	); err != nil {
		return false, err
	}
	standing.set("protocol", l.protocol)
	standing.set("targetGroupArns", anyOf(forward))
	standing.set("certificates", anyOf(l.certificates))
	standing.set("redirect", l.redirect)
	standing.set("sslPolicy", l.policy)
	_, err := c.ensureListenerRules(s, balancer, standing, l.rules)
	return true, err
}

// textsOf is a list of strings that is never nil, as lists of outputs are.
func textsOf(values []string) []string { return append([]string{}, values...) }

// dropUnwanted removes what a stack has no longer: listeners, bindings, target groups, one at a time.
func (c *controller) dropUnwanted(m *balancerModel) (bool, error) {
	wanted := func(arn string) bool {
		return slices.ContainsFunc(m.targets, func(p *targetModel) bool { return p.arn == arn })
	}
	for _, listener := range c.made(listenerType, m.stack) {
		if !slices.ContainsFunc(m.listeners, func(l listenerModel) bool { return l.port == listener.number("port") }) {
			err := c.dropListener(listener)
			return err == nil, err
		}
	}
	for _, binding := range c.bindings(m.stack) {
		if !wanted(binding.text("spec.targetGroupARN")) {
			c.markDeleted(binding)
			return c.unbind(binding)
		}
	}
	for _, target := range c.made(targetGroupType, m.stack) {
		if !wanted(target.ID) {
			err := c.dropTargetGroup(target)
			return err == nil, err
		}
	}
	return false, nil
}

func (c *controller) dropListener(o *Object) error {
	if err := c.may("elasticloadbalancing:DeleteListener", o.ID, existing(o)); err != nil {
		return err
	}
	c.deleteListener(o)
	return nil
}

func (c *controller) dropTargetGroup(o *Object) error {
	if err := c.may("elasticloadbalancing:DeleteTargetGroup", o.ID, existing(o)); err != nil {
		return err
	}
	return c.deleteTargetGroup(o)
}

// takeDown removes everything that the controller made for a stack, in its order. The listeners go with
// their load balancer, and the shared group stays for others.
func (c *controller) takeDown(s stack) (changed bool, err error) {
	for _, balancer := range c.made(loadBalancerType, s) {
		if err := c.dropBalancer(balancer); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, binding := range c.bindings(s) {
		c.markDeleted(binding)
		if _, err := c.unbind(binding); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, target := range c.made(targetGroupType, s) {
		if err := c.dropTargetGroup(target); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, group := range c.made(securityGroupType, s) {
		if err := c.dropGroup(group); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
