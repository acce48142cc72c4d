package lbc

import (
	"slices"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// balancerOf returns the load balancer that the controller created for a stack, nil if there is none.
func (c *Controller) balancerOf(s Stack) *store.Object {
	return store.FirstOf(c.createdFor(store.LoadBalancerType, s))
}

// balancerSpec returns the parameters of a model's load balancer, whose security groups exist.
func (c *Controller) balancerSpec(m *balancerModel) (elb.LoadBalancerSpec, error) {
	b := m.balancer()
	spec := elb.LoadBalancerSpec{Name: b.Spec.Name, Kind: string(b.Spec.Type), Scheme: string(b.Spec.Scheme), Owner: store.ControllerOwner, VPC: c.vpc(),
		AddressType: string(b.Spec.IPAddressType), Tags: elb.PropertiesOf(m.Tags(b, b.Spec.Tags))}
	for _, subnet := range b.Spec.SubnetMappings {
		spec.Subnets = append(spec.Subnets, subnet.SubnetID)
		if subnet.AllocationID != nil {
			spec.Addresses = append(spec.Addresses, *subnet.AllocationID)
		}
	}
	for _, token := range b.Spec.SecurityGroups {
		group, err := builders.Resolve(token)
		if err != nil {
			return spec, err
		}
		spec.Groups = append(spec.Groups, group)
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

// ensureBalancer creates a stack's load balancer or updates the existing one. Another scheme requires another load
// balancer, and the existing one is deleted first; another name changes nothing
// (pkg/deploy/elbv2/load_balancer_synthesizer.go).
func (c *Controller) ensureBalancer(m *balancerModel) (*store.Object, bool, error) {
	spec, err := c.balancerSpec(m)
	if err != nil {
		return nil, false, err
	}
	if existing := c.balancerOf(m.stack); existing != nil {
		if elb.LoadBalancerOf(existing).Scheme == spec.Scheme {
			changed, err := c.updateBalancer(existing, m.balancer(), spec)
			return existing, changed, err
		}
		if err := c.deleteBalancer(existing); err != nil {
			return nil, false, err
		}
	}
	if err := c.checkCreate("elasticloadbalancing", "CreateLoadBalancer", "loadbalancer/"+elb.FamilyOf(spec.Kind)+"/"+spec.Name+"/*"); err != nil {
		return nil, false, err
	}
	created, err := elb.CreateLoadBalancer(c.Account, spec)
	if err != nil {
		return nil, false, err
	}
	return created, true, c.setBalancerAttributes(created, balancerAttributesOf(m.balancer()))
}

// updateBalancer updates the security groups, subnets and attributes of an existing load balancer.
func (c *Controller) updateBalancer(existing *store.Object, b *elbv2.LoadBalancer, spec elb.LoadBalancerSpec) (bool, error) {
	before, attributes, addressType := elb.LoadBalancerOf(existing), balancerAttributesOf(b), string(b.Spec.IPAddressType)
	changed := false
	for _, step := range []struct {
		action string
		needed bool
		do     func() error
	}{
		{"SetSecurityGroups", !sameElements(before.SecurityGroups, spec.Groups), func() error { return elb.SetSecurityGroups(c.Account, existing, spec.Groups) }},
		{"SetSubnets", !sameElements(before.Subnets, spec.Subnets), func() error { return elb.SetSubnets(c.Account, existing, spec.Subnets, spec.Addresses) }},
		{"SetIpAddressType", before.AddressType != addressType, func() error { return elb.SetAddressType(c.Account, existing, addressType) }},
		{"ModifyLoadBalancerAttributes", elb.ChangesAttributes(before.Attributes, attributes), func() error { return elb.SetBalancerAttributes(c.Account, existing, attributes) }},
	} {
		if !step.needed {
			continue
		}
		if err := c.checkAllowed("elasticloadbalancing:"+step.action, existing.ID, resourceFacts(existing)); err != nil {
			return changed, err
		}
		if err := step.do(); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// sameElements reports whether two lists have the same elements, in any order.
func sameElements(a, b []string) bool {
	return slices.Equal(store.SortedTexts(a), store.SortedTexts(b))
}

// setBalancerAttributes sets attributes of a load balancer if the controller's role allows it.
func (c *Controller) setBalancerAttributes(o *store.Object, attributes map[string]string) error {
	if err := c.checkAllowed("elasticloadbalancing:ModifyLoadBalancerAttributes", o.ID, resourceFacts(o)); err != nil {
		return err
	}
	return elb.SetBalancerAttributes(c.Account, o, attributes)
}

// deleteBalancer deletes a load balancer if the controller's role allows it. It first disables deletion protection,
// which no annotation requests any more (pkg/deploy/elbv2/load_balancer_synthesizer.go).
func (c *Controller) deleteBalancer(o *store.Object) error {
	if elb.LoadBalancerOf(o).IsProtected() {
		if err := c.setBalancerAttributes(o, map[string]string{elb.DeletionProtection: "false"}); err != nil {
			return err
		}
	}
	if err := c.checkAllowed("elasticloadbalancing:DeleteLoadBalancer", o.ID, resourceFacts(o)); err != nil {
		return err
	}
	return elb.DeleteLoadBalancer(c.Account, o)
}
