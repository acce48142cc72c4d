package world

import "slices"

// balancerOf is the load balancer that the controller made for a stack, nil where none stands.
func (c *controller) balancerOf(s stack) *Object {
	for _, standing := range c.made(loadBalancerType, s) {
		return standing
	}
	return nil
}

// ensureBalancer makes a stack's load balancer or changes the one that stands. With another scheme it is another load balancer, and the
// first one goes before; another name changes nothing (pkg/deploy/elbv2/load_balancer_synthesizer.go).
func (c *controller) ensureBalancer(m *balancerModel, groups []string) (*Object, bool, error) {
	if standing := c.balancerOf(m.stack); standing != nil {
		if standing.text("scheme") == m.scheme {
			did, err := c.changeBalancer(standing, m, groups)
			return standing, did, err
		}
		if err := c.dropBalancer(standing); err != nil {
			return nil, false, err
		}
	}
	if err := c.makes("elasticloadbalancing", "CreateLoadBalancer", "loadbalancer/"+familyOf(m.kind)+"/"+m.name+"/*"); err != nil {
		return nil, false, err
	}
	made, err := c.createLoadBalancer(loadBalancer{name: m.name, kind: m.kind, scheme: m.scheme, owner: controllerOwner, vpc: c.vpc(),
		subnets: ids(m.subnets), groups: groups, addresses: m.elastic, tags: c.tagsFor(m.stack, "LoadBalancer", m.tags)})
	if err != nil {
		return nil, false, err
	}
	made.set("ipAddressType", m.addressType)
	return made, true, c.changeBalancerAttributes(made, m)
}

// changeBalancer brings a standing load balancer up to date: its groups, subnets and attributes.
func (c *controller) changeBalancer(standing *Object, m *balancerModel, groups []string) (bool, error) {
	changed := false
	for _, step := range []struct {
		action string
		same   bool
		do     func() error
	}{
		{"SetSecurityGroups", same(sortedTexts(standing.texts("securityGroups")), sortedTexts(groups)), func() error { return c.setSecurityGroups(standing, groups) }},
		{"SetSubnets", same(sortedTexts(standing.texts("subnets")), sortedTexts(ids(m.subnets))), func() error { return c.setSubnets(standing, ids(m.subnets), m.elastic) }},
		{"SetIpAddressType", standing.text("ipAddressType") == m.addressType, func() error { standing.set("ipAddressType", m.addressType); return nil }},
		{"ModifyLoadBalancerAttributes", same(merged(standing.Outputs["attributes"], m.attributes), standing.Outputs["attributes"]), func() error { return c.setBalancerAttributes(standing, m.attributes) }},
	} {
		if step.same {
			continue
		}
		if err := c.may("elasticloadbalancing:"+step.action, standing.ID, existing(standing)); err != nil {
			return changed, err
		}
		if err := step.do(); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// changeBalancerAttributes sets the attributes of a load balancer that was just made.
func (c *controller) changeBalancerAttributes(made *Object, m *balancerModel) error {
	if err := c.may("elasticloadbalancing:ModifyLoadBalancerAttributes", made.ID, existing(made)); err != nil {
		return err
	}
	return c.setBalancerAttributes(made, m.attributes)
}

// sortedTexts are texts whose order tells nothing.
func sortedTexts(values []string) []string { return slices.Sorted(slices.Values(textsOf(values))) }

// dropBalancer deletes a load balancer if the controller may. Deletion protection that no annotation asks for any more is
// lifted first (pkg/deploy/elbv2/load_balancer_synthesizer.go).
func (c *controller) dropBalancer(o *Object) error {
	attributes := mapOf(o.Outputs["attributes"])
	if attributes["deletion_protection.enabled"] == "true" {
		if err := c.may("elasticloadbalancing:ModifyLoadBalancerAttributes", o.ID, existing(o)); err != nil {
			return err
		}
		attributes["deletion_protection.enabled"] = "false"
	}
	if err := c.may("elasticloadbalancing:DeleteLoadBalancer", o.ID, existing(o)); err != nil {
		return err
	}
	return c.deleteLoadBalancer(o)
}
