package lbc

import (
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
)

// ensureWebACL associates the web ACL of a model with its load balancer, or removes it where the model has none in its
// place. Without an association in the model the controller does not change it
// (pkg/deploy/wafv2/web_acl_association_synthesizer.go).
func (c *Controller) ensureWebACL(m *balancerModel, balancer *store.Object) (bool, error) {
	if len(m.WebACLs) == 0 || !c.arguments.isOn("enable-wafv2", true) {
		return false, nil
	}
	if err := store.First(c.checkAddOnEndpoint("wafv2", "--enable-wafv2"), c.checkAllAllowed("wafv2:GetWebACLForResource")); err != nil {
		return false, err
	}
	wanted, existing := m.WebACLs[0].Spec.WebACLARN, elb.LoadBalancerOf(balancer).WebACL
	switch {
	case wanted == existing:
		return false, nil
	case wanted == "":
		if err := c.checkAllAllowed("wafv2:DisassociateWebACL"); err != nil {
			return false, err
		}
		elb.DisassociateWebACL(balancer)
		return true, nil
	}
	if err := store.First(c.checkAllAllowed("wafv2:AssociateWebACL"), c.checkAllowed("elasticloadbalancing:SetWebAcl", balancer.ID, resourceFacts(balancer))); err != nil {
		return false, err
	}
	err := elb.AssociateWebACL(c.Account, balancer, wanted)
	return err == nil, err
}
