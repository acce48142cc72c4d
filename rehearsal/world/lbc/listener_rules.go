package lbc

import (
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
)

// shownRule returns the outputs of a model's rule.
func shownRule(listener *store.Object, r *elbv2.ListenerRule) (store.Properties, error) {
	asked, err := actionOf(r.Spec.Actions)
	var host string
	var paths []string
	for _, condition := range r.Spec.Conditions {
		if condition.HostHeaderConfig != nil {
			host = condition.HostHeaderConfig.Values[0]
		}
		if condition.PathPatternConfig != nil {
			paths = condition.PathPatternConfig.Values
		}
	}
	return store.Properties{"listenerArn": listener.ID, "priority": float64(r.Spec.Priority), "host": host, "paths": store.AnyOf(paths), "targetGroupArns": store.AnyOf(asked.forward)}, err
}

// ensureListenerRules creates, modifies and deletes the rules of a listener, by priority.
func (c *Controller) ensureListenerRules(m *balancerModel, balancer, listener *store.Object, l *elbv2.Listener) (bool, error) {
	changed := false
	wanted, standing := m.Rules(l), c.With(store.ListenerRuleType, "listenerArn", listener.ID)
	for _, r := range wanted {
		shown, err := shownRule(listener, r)
		if err != nil {
			return changed, err
		}
		at := slices.IndexFunc(standing, func(o *store.Object) bool { return o.Number("priority") == int(r.Spec.Priority) })
		if at < 0 {
			if err := c.createListenerRule(balancer, listener, shown, elb.AnyMap(m.Tags(r, r.Spec.Tags))); err != nil {
				return changed, err
			}
			changed = true
			continue
		}
		o := standing[at]
		if o.Text("host") == shown["host"] && store.Same(o.At("paths"), shown["paths"]) && store.Same(o.At("targetGroupArns"), shown["targetGroupArns"]) {
			continue
		}
		if err := c.may("elasticloadbalancing:ModifyRule", o.ID, existing(o)); err != nil {
			return changed, err
		}
		for property, value := range shown {
			o.Set(property, value)
		}
		changed = true
	}
	for _, o := range standing {
		if o.Number("priority") <= len(wanted) {
			continue
		}
		if err := c.may("elasticloadbalancing:DeleteRule", o.ID, existing(o)); err != nil {
			return changed, err
		}
		c.Drop(o)
		changed = true
	}
	return changed, nil
}

func (c *Controller) createListenerRule(balancer, listener *store.Object, shown store.Properties, tags map[string]any) error {
	if err := store.First(
		c.RuleFits(balancer),
		c.makes("elasticloadbalancing", "CreateRule", "listener-rule/app/"+balancer.Text("name")+"/*/*/*"),
	); err != nil {
		return err
	}
	o := &store.Object{Type: store.ListenerRuleType, Owner: store.ControllerOwner, ID: strings.Replace(listener.ID, ":listener/", ":listener-rule/", 1) + "/" + c.NewID("")[1:17]}
	o.Show(shown)
	o.Set("arn", o.ID)
	o.Set("tags", tags)
	c.Put(o)
	return nil
}

// RuleFits refuses a rule above the quota of a load balancer.
func (c *Controller) RuleFits(balancer *store.Object) error {
	has := c.All(store.ListenerRuleType, func(r *store.Object) bool { return strings.HasPrefix(r.Text("listenerArn"), balancer.ID+"/") })
	return elb.RuleQuota.When(len(has) >= 100, balancer.ID)
}
