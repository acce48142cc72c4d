package world

import (
	"slices"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/lbc"
)

// balancerOf is the load balancer that the controller made for a stack, nil if there is none.
func (c *controller) balancerOf(s stack) *Object {
	for _, standing := range c.made(loadBalancerType, s) {
		return standing
	}
	return nil
}

// balancerSpec reads a model's load balancer, whose security groups exist.
func (c *controller) balancerSpec(m *balancerModel) (loadBalancer, error) {
	b := m.balancer()
	spec := loadBalancer{name: b.Spec.Name, kind: string(b.Spec.Type), scheme: string(b.Spec.Scheme), owner: controllerOwner, vpc: c.vpc(),
		tags: anyMap(m.Tags(b, b.Spec.Tags))}
	for _, subnet := range b.Spec.SubnetMappings {
		spec.subnets = append(spec.subnets, subnet.SubnetID)
		if subnet.AllocationID != nil {
			spec.addresses = append(spec.addresses, *subnet.AllocationID)
		}
	}
	for _, token := range b.Spec.SecurityGroups {
		group, err := lbc.Resolve(token)
		if err != nil {
			return spec, err
		}
		spec.groups = append(spec.groups, group)
	}
	return spec, nil
}

// balancerAttributesOf returns the attributes that a model sets; others keep their values.
func balancerAttributesOf(b *elbv2.LoadBalancer) map[string]string {
	attributes := map[string]string{}
	for _, a := range b.Spec.LoadBalancerAttributes {
		attributes[a.Key] = a.Value
	}
	return attributes
}

// ensureBalancer makes a stack's load balancer or changes the existing one. With another scheme it is another load
// balancer, and the first one goes before; another name changes nothing
// (pkg/deploy/elbv2/load_balancer_synthesizer.go).
func (c *controller) ensureBalancer(m *balancerModel) (*Object, bool, error) {
	spec, err := c.balancerSpec(m)
	if err != nil {
		return nil, false, err
	}
	if standing := c.balancerOf(m.stack); standing != nil {
		if standing.text("scheme") == spec.scheme {
			did, err := c.changeBalancer(standing, m.balancer(), spec)
			return standing, did, err
		}
		if err := c.dropBalancer(standing); err != nil {
			return nil, false, err
		}
	}
	if err := c.makes("elasticloadbalancing", "CreateLoadBalancer", "loadbalancer/"+familyOf(spec.kind)+"/"+spec.name+"/*"); err != nil {
		return nil, false, err
	}
	made, err := c.createLoadBalancer(spec)
	if err != nil {
		return nil, false, err
	}
	made.set("ipAddressType", string(m.balancer().Spec.IPAddressType))
	return made, true, c.changeBalancerAttributes(made, balancerAttributesOf(m.balancer()))
}

// changeBalancer brings a standing load balancer up to date: its groups, subnets and attributes.
func (c *controller) changeBalancer(standing *Object, b *elbv2.LoadBalancer, spec loadBalancer) (bool, error) {
	changed, attributes, addressType := false, balancerAttributesOf(b), string(b.Spec.IPAddressType)
	for _, step := range []struct {
		action string
		same   bool
		do     func() error
	}{
		{"SetSecurityGroups", same(sortedTexts(standing.texts("securityGroups")), sortedTexts(spec.groups)), func() error { return c.setSecurityGroups(standing, spec.groups) }},
		{"SetSubnets", same(sortedTexts(standing.texts("subnets")), sortedTexts(spec.subnets)), func() error { return c.setSubnets(standing, spec.subnets, spec.addresses) }},
		{"SetIpAddressType", standing.text("ipAddressType") == addressType, func() error { standing.set("ipAddressType", addressType); return nil }},
		{"ModifyLoadBalancerAttributes", same(merged(standing.Outputs["attributes"], attributes), standing.Outputs["attributes"]), func() error { return c.setBalancerAttributes(standing, attributes) }},
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
func (c *controller) changeBalancerAttributes(made *Object, attributes map[string]string) error {
	if err := c.may("elasticloadbalancing:ModifyLoadBalancerAttributes", made.ID, existing(made)); err != nil {
		return err
	}
	return c.setBalancerAttributes(made, attributes)
}

// sortedTexts returns texts in a fixed order, where AWS has none.
func sortedTexts(values []string) []string { return slices.Sorted(slices.Values(textsOf(values))) }

// dropBalancer deletes a load balancer if the controller may. Deletion protection that no annotation asks for any more
// is lifted first (pkg/deploy/elbv2/load_balancer_synthesizer.go).
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
