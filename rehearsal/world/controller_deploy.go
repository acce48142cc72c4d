package world

import (
	"slices"
	"strconv"
)

// What the controller tags its resources with (pkg/deploy/tracking/provider.go).
const (
	clusterTag  = "elbv2.k8s.aws/cluster"
	resourceTag = "elbv2.k8s.aws/resource"
	stackTag    = "service.k8s.aws/stack"
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
func (c *controller) deploy(o *Object, m *balancerModel) (bool, error) {
	if err := c.mayAll(describes...); err != nil {
		return false, err
	}
	changed := false
	step := func(did bool, err error) error {
		changed = changed || did
		return err
	}
	groups, did, err := c.ensureGroups(o, m)
	if err := step(did, err); err != nil {
		return changed, err
	}
	balancer, did, err := c.ensureBalancer(o, m, groups)
	if err := step(did, err); err != nil {
		return changed, err
	}
	for i := range m.ports {
		target, did, err := c.ensureTargetGroup(o, m, &m.ports[i])
		if err := step(did, err); err != nil {
			return changed, err
		}
		if err := step(c.ensureListener(o, balancer, target, &m.ports[i])); err != nil {
			return changed, err
		}
		if err := step(c.ensureBinding(o, target, &m.ports[i])); err != nil {
			return changed, err
		}
		if err := step(c.ensureTargets(o, target, &m.ports[i])); err != nil {
			return changed, err
		}
	}
	return changed, step(c.dropUnwanted(o, m))
}

// tagsFor are the tags of a resource that the controller makes for an object.
func (c *controller) tagsFor(o *Object, resource string, more map[string]string) map[string]any {
	tags := map[string]any{clusterTag: c.arguments["cluster-name"], stackTag: o.ID, "service.k8s.aws/resource": resource}
	for key, value := range more {
		tags[key] = value
	}
	return tags
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

// stack are the things of a type that the controller made for an object.
func (c *controller) stack(typ string, o *Object) []*Object {
	return c.all(typ, func(made *Object) bool {
		return made.Owner == controllerOwner && made.tags()[clusterTag] == c.arguments["cluster-name"] && made.tags()[stackTag] == o.ID
	})
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

// ensureListener makes a port's listener, or points a standing one at its target group.
func (c *controller) ensureListener(o, balancer, target *Object, p *portModel) (bool, error) {
	forward := []string{target.ID}
	for _, standing := range c.stack(listenerType, o) {
		if standing.number("port") != int(p.port.Port) {
			continue
		}
		if standing.text("protocol") == p.protocol && same(standing.texts("targetGroupArns"), forward) && same(standing.texts("certificates"), textsOf(p.certificates)) {
			return false, nil
		}
		if err := c.may("elasticloadbalancing:ModifyListener", standing.ID, existing(standing)); err != nil {
			return false, err
		}
		standing.Outputs["protocol"], standing.Outputs["targetGroupArns"], standing.Outputs["certificates"] = p.protocol, anyOf(forward), anyOf(p.certificates)
		return true, nil
	}
	if err := c.makes("elasticloadbalancing", "CreateListener", "listener/net/"+balancer.text("name")+"/*/*"); err != nil {
		return false, err
	}
	err := c.listen(balancer, target, p, c.tagsFor(o, strconv.Itoa(int(p.port.Port)), nil))
	return err == nil, err
}

// textsOf is a list of strings that is never nil, as lists of outputs are.
func textsOf(values []string) []string { return append([]string{}, values...) }

// dropUnwanted removes listeners and target groups of ports that the Service has no longer.
func (c *controller) dropUnwanted(o *Object, m *balancerModel) (bool, error) {
	wanted := func(standing *Object) bool {
		return slices.ContainsFunc(m.ports, func(p portModel) bool { return c.targetGroupName(m.service, &p) == standing.text("name") })
	}
	for _, listener := range c.stack(listenerType, o) {
		if !slices.ContainsFunc(m.ports, func(p portModel) bool { return int(p.port.Port) == listener.number("port") }) {
			err := c.dropListener(listener)
			return err == nil, err
		}
	}
	for _, binding := range c.in(o.Cluster, bindingType, inNamespace(o.namespace()), boundTo(o)) {
		if target := c.get(targetGroupType, binding.text("spec.targetGroupARN")); target == nil || !wanted(target) {
			c.markDeleted(binding)
			return c.unbind(binding)
		}
	}
	for _, target := range c.stack(targetGroupType, o) {
		if !wanted(target) {
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
	c.drop(o)
	return nil
}

func (c *controller) dropTargetGroup(o *Object) error {
	if err := c.may("elasticloadbalancing:DeleteTargetGroup", o.ID, existing(o)); err != nil {
		return err
	}
	return c.deleteTargetGroup(o)
}

// takeDown removes everything that the controller made for an object, in its order. The listeners go with
// their load balancer, and the shared group stays for others.
func (c *controller) takeDown(o *Object) (changed bool, err error) {
	for _, balancer := range c.stack(loadBalancerType, o) {
		if err := c.dropBalancer(balancer); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, binding := range c.in(o.Cluster, bindingType, inNamespace(o.namespace()), boundTo(o)) {
		c.markDeleted(binding)
		if _, err := c.unbind(binding); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, target := range c.stack(targetGroupType, o) {
		if err := c.dropTargetGroup(target); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, group := range c.stack(securityGroupType, o) {
		if err := c.dropGroup(group); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
