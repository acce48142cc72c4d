package world

import (
	"strings"
)

var (
	elasticFree = rule("elastic addresses of a load balancer exist and are free",
		`operation error Elastic Load Balancing v2: CreateLoadBalancer, api error AllocationIdNotFound: The allocation IDs '%s' are not available for use`,
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-network-load-balancer.html")
	certificateNamed = rule("a listener's certificates are named by ARN",
		`operation error Elastic Load Balancing v2: CreateListener, api error ValidationError: Certificate ARN '%s' is not valid`,
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html")
)

// balancerOf is the load balancer that the controller made for a stack, nil where none stands.
func (c *controller) balancerOf(s stack) *Object {
	for _, standing := range c.made(loadBalancerType, s) {
		return standing
	}
	return nil
}

// ensureBalancer makes a stack's load balancer or changes the one that stands; with another scheme or name it is
// another load balancer, and the first one goes (pkg/deploy/elbv2/load_balancer_synthesizer.go).
func (c *controller) ensureBalancer(m *balancerModel, groups []string) (*Object, bool, error) {
	if standing := c.balancerOf(m.stack); standing != nil {
		if standing.text("name") == m.name && standing.text("scheme") == m.scheme {
			did, err := c.changeBalancer(standing, m, groups)
			return standing, did, err
		}
		if err := c.dropBalancer(standing); err != nil {
			return nil, false, err
		}
	}
	for _, id := range m.elastic {
		address := c.get(eipType, id)
		if err := elasticFree.when(address == nil || address.text("networkInterface") != "", id); err != nil {
			return nil, false, err
		}
	}
	if err := c.makes("elasticloadbalancing", "CreateLoadBalancer", "loadbalancer/"+familyOf(m.kind)+"/"+m.name+"/*"); err != nil {
		return nil, false, err
	}
	made, err := c.createLoadBalancer(loadBalancer{name: m.name, kind: m.kind, scheme: m.scheme, owner: controllerOwner, vpc: c.vpc(),
		subnets: ids(m.subnets), groups: groups, addresses: m.elastic, attributes: anyMap(m.attributes), tags: c.tagsFor(m.stack, "LoadBalancer", m.tags)})
	if err != nil {
		return nil, false, err
	}
	made.Outputs["ipAddressType"] = m.addressType
	return made, true, c.may("elasticloadbalancing:ModifyLoadBalancerAttributes", made.ID, existing(made))
}

// anyMap is a JSON object of strings.
func anyMap(values map[string]string) map[string]any {
	found := make(map[string]any, len(values))
	for key, value := range values {
		found[key] = value
	}
	return found
}

// changeBalancer brings groups and attributes of a standing load balancer up to date. An attribute that a Service no longer
// names keeps its value.
func (c *controller) changeBalancer(standing *Object, m *balancerModel, groups []string) (bool, error) {
	changed := false
	if !same(standing.texts("securityGroups"), textsOf(groups)) {
		if err := first(
			c.may("elasticloadbalancing:SetSecurityGroups", standing.ID, existing(standing)),
			c.setSecurityGroups(standing, groups),
		); err != nil {
			return false, err
		}
		changed = true
	}
	merged := clone(mapOf(standing.Outputs["attributes"]))
	for key, value := range m.attributes {
		merged[key] = value
	}
	if same(merged, standing.Outputs["attributes"]) {
		return changed, nil
	}
	if err := c.may("elasticloadbalancing:ModifyLoadBalancerAttributes", standing.ID, existing(standing)); err != nil {
		return changed, err
	}
	standing.Outputs["attributes"] = merged
	return true, nil
}

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

// listen makes a listener.
func (c *controller) listen(balancer *Object, l *listenerModel, tags map[string]any) (*Object, error) {
	for _, certificate := range l.certificates {
		if err := certificateNamed.when(!strings.HasPrefix(certificate, "arn:"), certificate); err != nil {
			return nil, err
		}
	}
	listener, err := c.createListener(balancer, l.protocol, l.port, l.forward.arns())
	if err == nil {
		listener.Outputs["tags"], listener.Outputs["certificates"] = tags, anyOf(l.certificates)
	}
	return listener, err
}
