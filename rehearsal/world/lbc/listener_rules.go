package lbc

import (
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
)

// wantedRule returns the properties of a model's rule.
func wantedRule(listener *store.Object, r *elbv2.ListenerRule) (*elb.ListenerRule, error) {
	action, err := actionOf(r.Spec.Actions)
	wanted := &elb.ListenerRule{Listener: listener.ID, Priority: int(r.Spec.Priority), TargetGroups: action.forward, Weights: action.weights, RedirectPort: action.redirect}
	for _, condition := range r.Spec.Conditions {
		if condition.HostHeaderConfig != nil {
			wanted.Hosts = condition.HostHeaderConfig.Values
		}
		if condition.PathPatternConfig != nil {
			wanted.Paths = condition.PathPatternConfig.Values
		}
	}
	return wanted, err
}

// ruleOutputs returns the outputs of a rule.
func ruleOutputs(r *elb.ListenerRule) store.Properties {
	return store.Properties{"listenerArn": r.Listener, "priority": r.Priority, "hosts": store.AnyOf(r.Hosts), "paths": store.AnyOf(r.Paths),
		"targetGroupArns": store.AnyOf(r.TargetGroups), "weights": r.Weights, "redirect": r.RedirectPort}
}

// ensureListenerRules creates, modifies and deletes the rules of a listener, by priority.
func (c *Controller) ensureListenerRules(m *balancerModel, balancer, listener *store.Object, l *elbv2.Listener) (bool, error) {
	changed := false
	rules, existing := m.Rules(l), c.With(store.ListenerRuleType, "listenerArn", listener.ID)
	for _, r := range rules {
		wanted, err := wantedRule(listener, r)
		if err != nil {
			return changed, err
		}
		at := slices.IndexFunc(existing, func(o *store.Object) bool { return elb.ListenerRuleOf(o).Priority == wanted.Priority })
		if at < 0 {
			if err := c.createListenerRule(balancer, listener, wanted, elb.PropertiesOf(m.Tags(r, r.Spec.Tags))); err != nil {
				return changed, err
			}
			changed = true
			continue
		}
		o := existing[at]
		if isSameRule(elb.ListenerRuleOf(o), wanted) {
			continue
		}
		if err := c.checkAllowed("elasticloadbalancing:ModifyRule", o.ID, resourceFacts(o)); err != nil {
			return changed, err
		}
		for property, value := range ruleOutputs(wanted) {
			o.Set(property, value)
		}
		changed = true
	}
	for _, o := range existing {
		if elb.ListenerRuleOf(o).Priority <= len(rules) {
			continue
		}
		if err := c.checkAllowed("elasticloadbalancing:DeleteRule", o.ID, resourceFacts(o)); err != nil {
			return changed, err
		}
		c.Drop(o)
		changed = true
	}
	return changed, nil
}

// isSameRule reports whether two rules of a listener with one priority match the same requests and do the same.
func isSameRule(a, b *elb.ListenerRule) bool {
	return slices.Equal(a.Hosts, b.Hosts) && slices.Equal(a.Paths, b.Paths) && slices.Equal(a.TargetGroups, b.TargetGroups) && slices.Equal(a.Weights, b.Weights) &&
		a.RedirectPort == b.RedirectPort
}

// createListenerRule creates a rule of a listener if the controller's role allows it.
func (c *Controller) createListenerRule(balancer, listener *store.Object, wanted *elb.ListenerRule, tags map[string]any) error {
	if err := store.First(
		c.RuleFits(balancer),
		c.checkCreate("elasticloadbalancing", "CreateRule", "listener-rule/app/"+elb.LoadBalancerOf(balancer).Name+"/*/*/*"),
	); err != nil {
		return err
	}
	o := &store.Object{Type: store.ListenerRuleType, Owner: store.ControllerOwner, ID: strings.Replace(listener.ID, ":listener/", ":listener-rule/", 1) + "/" + c.NewID("")[1:17]}
	o.Show(ruleOutputs(wanted))
	o.Set("arn", o.ID)
	o.Set("tags", tags)
	c.Put(o)
	return nil
}

// RuleFits refuses a rule above the quota of a load balancer.
func (c *Controller) RuleFits(balancer *store.Object) error {
	rules := c.All(store.ListenerRuleType, func(r *store.Object) bool { return strings.HasPrefix(elb.ListenerRuleOf(r).Listener, balancer.ID+"/") })
	return elb.RuleQuota.When(len(rules) >= 100, balancer.ID)
}
