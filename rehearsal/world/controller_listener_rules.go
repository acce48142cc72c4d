package world

import (
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"
)

// shownRule returns the outputs of a model's rule.
func shownRule(listener *Object, r *elbv2.ListenerRule) (Properties, error) {
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
	return Properties{"listenerArn": listener.ID, "priority": float64(r.Spec.Priority), "host": host, "paths": anyOf(paths), "targetGroupArns": anyOf(asked.forward)}, err
}

// ensureListenerRules creates, modifies and deletes the rules of a listener, by priority.
func (c *controller) ensureListenerRules(m *balancerModel, balancer, listener *Object, l *elbv2.Listener) (bool, error) {
	changed := false
	wanted, standing := m.Rules(l), c.with(listenerRuleType, "listenerArn", listener.ID)
	for _, r := range wanted {
		shown, err := shownRule(listener, r)
		if err != nil {
			return changed, err
		}
		at := slices.IndexFunc(standing, func(o *Object) bool { return o.number("priority") == int(r.Spec.Priority) })
		if at < 0 {
			if err := c.createListenerRule(balancer, listener, shown, anyMap(m.Tags(r, r.Spec.Tags))); err != nil {
				return changed, err
			}
			changed = true
			continue
		}
		o := standing[at]
		if o.text("host") == shown["host"] && same(o.at("paths"), shown["paths"]) && same(o.at("targetGroupArns"), shown["targetGroupArns"]) {
			continue
		}
		if err := c.may("elasticloadbalancing:ModifyRule", o.ID, existing(o)); err != nil {
			return changed, err
		}
		for property, value := range shown {
			o.set(property, value)
		}
		changed = true
	}
	for _, o := range standing {
		if o.number("priority") <= len(wanted) {
			continue
		}
		if err := c.may("elasticloadbalancing:DeleteRule", o.ID, existing(o)); err != nil {
			return changed, err
		}
		c.drop(o)
		changed = true
	}
	return changed, nil
}

func (c *controller) createListenerRule(balancer, listener *Object, shown Properties, tags map[string]any) error {
	if err := first(
		c.ruleFits(balancer),
		c.makes("elasticloadbalancing", "CreateRule", "listener-rule/app/"+balancer.text("name")+"/*/*/*"),
	); err != nil {
		return err
	}
	o := &Object{Type: listenerRuleType, Owner: controllerOwner, ID: strings.Replace(listener.ID, ":listener/", ":listener-rule/", 1) + "/" + c.newID("")[1:17]}
	o.show(shown)
	o.set("arn", o.ID)
	o.set("tags", tags)
	c.put(o)
	return nil
}

// ruleFits refuses a rule above the quota of a load balancer.
func (c *controller) ruleFits(balancer *Object) error {
	has := c.all(listenerRuleType, func(r *Object) bool { return strings.HasPrefix(r.text("listenerArn"), balancer.ID+"/") })
	return ruleQuota.when(len(has) >= 100, balancer.ID)
}
