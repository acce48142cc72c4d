package lbc

import (
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// balancerOf is the load balancer that the controller made for a stack, nil if there is none.
func (c *Controller) balancerOf(s Stack) *store.Object {
	for _, standing := range c.made(store.LoadBalancerType, s) {
		return standing
	}
	return nil
}

// balancerSpec reads a model's load balancer, whose security groups exist.
func (c *Controller) balancerSpec(m *balancerModel) (elb.LoadBalancerSpec, error) {
	b := m.balancer()
	spec := elb.LoadBalancerSpec{Name: b.Spec.Name, Kind: string(b.Spec.Type), Scheme: string(b.Spec.Scheme), Owner: store.ControllerOwner, VPC: c.vpc(),
		Tags: elb.AnyMap(m.Tags(b, b.Spec.Tags))}
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

// ensureBalancer makes a stack's load balancer or changes the existing one. With another scheme it is another load
// balancer, and the first one goes before; another name changes nothing
// (pkg/deploy/elbv2/load_balancer_synthesizer.go).
func (c *Controller) ensureBalancer(m *balancerModel) (*store.Object, bool, error) {
	spec, err := c.balancerSpec(m)
	if err != nil {
		return nil, false, err
	}
	if standing := c.balancerOf(m.stack); standing != nil {
		if standing.Text("scheme") == spec.Scheme {
			did, err := c.changeBalancer(standing, m.balancer(), spec)
			return standing, did, err
		}
		if err := c.dropBalancer(standing); err != nil {
			return nil, false, err
		}
	}
	if err := c.makes("elasticloadbalancing", "CreateLoadBalancer", "loadbalancer/"+elb.FamilyOf(spec.Kind)+"/"+spec.Name+"/*"); err != nil {
		return nil, false, err
	}
	made, err := elb.CreateLoadBalancer(c.Account, spec)
	if err != nil {
		return nil, false, err
	}
	made.Set("ipAddressType", string(m.balancer().Spec.IPAddressType))
	return made, true, c.changeBalancerAttributes(made, balancerAttributesOf(m.balancer()))
}

// changeBalancer brings a standing load balancer up to date: its groups, subnets and attributes.
func (c *Controller) changeBalancer(standing *store.Object, b *elbv2.LoadBalancer, spec elb.LoadBalancerSpec) (bool, error) {
	changed, attributes, addressType := false, balancerAttributesOf(b), string(b.Spec.IPAddressType)
	for _, step := range []struct {
		action string
		same   bool
		do     func() error
	}{
		{"SetSecurityGroups", store.Same(store.SortedTexts(standing.Texts("securityGroups")), store.SortedTexts(spec.Groups)), func() error { return elb.SetSecurityGroups(c.Account, standing, spec.Groups) }},
		{"SetSubnets", store.Same(store.SortedTexts(standing.Texts("subnets")), store.SortedTexts(spec.Subnets)), func() error { return elb.SetSubnets(c.Account, standing, spec.Subnets, spec.Addresses) }},
		{"SetIpAddressType", standing.Text("ipAddressType") == addressType, func() error { standing.Set("ipAddressType", addressType); return nil }},
		{"ModifyLoadBalancerAttributes", store.Same(elb.Merged(standing.Outputs["attributes"], attributes), standing.Outputs["attributes"]), func() error { return elb.SetBalancerAttributes(c.Account, standing, attributes) }},
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
func (c *Controller) changeBalancerAttributes(made *store.Object, attributes map[string]string) error {
	if err := c.may("elasticloadbalancing:ModifyLoadBalancerAttributes", made.ID, existing(made)); err != nil {
		return err
	}
	return elb.SetBalancerAttributes(c.Account, made, attributes)
}

// dropBalancer deletes a load balancer if the controller may. Deletion protection that no annotation asks for any more
// is lifted first (pkg/deploy/elbv2/load_balancer_synthesizer.go).
func (c *Controller) dropBalancer(o *store.Object) error {
	attributes := store.MapOf(o.Outputs["attributes"])
	if attributes["deletion_protection.enabled"] == "true" {
		if err := c.may("elasticloadbalancing:ModifyLoadBalancerAttributes", o.ID, existing(o)); err != nil {
			return err
		}
		attributes["deletion_protection.enabled"] = "false"
	}
	if err := c.may("elasticloadbalancing:DeleteLoadBalancer", o.ID, existing(o)); err != nil {
		return err
	}
	return elb.DeleteLoadBalancer(c.Account, o)
}
