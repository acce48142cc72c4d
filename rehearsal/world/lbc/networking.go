package lbc

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"
	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

// The spec.networking of a TargetGroupBinding lists the sources of traffic and health checks. For each binding, the
// controller keeps the rules that this requires in the security groups of the targets, and writes the rules of all
// bindings together (pkg/networking/networking_manager.go).

// requiredRules is the fact with the rules that a binding requires, each with its security group.
const requiredRules = "requiredRules"

// rulesOfBinding returns the rules that a binding requires.
func rulesOfBinding(binding *store.Object) []string { return store.Texts(binding.Facts[requiredRules]) }

// formatRule formats a required rule of a security group.
func formatRule(group string, r ec2.GroupRule) string {
	return fmt.Sprintf("%s %s %d %d %s", group, r.Protocol, r.From, r.To, cmp.Or(r.Source, r.CIDR))
}

// parseRule parses a rule in the format of formatRule.
func parseRule(text string) (group string, r ec2.GroupRule) {
	part := strings.Fields(text)
	group, r.Protocol = part[0], part[1]
	r.From, _ = strconv.Atoi(part[2])
	r.To, _ = strconv.Atoi(part[3])
	if strings.HasPrefix(part[4], "sg-") {
		r.Source = part[4]
	} else {
		r.CIDR = part[4]
	}
	return group, r
}

// groupsOfBinding returns the security groups in which a binding requires rules.
func groupsOfBinding(binding *store.Object) []string { return groupsOfRules(rulesOfBinding(binding)) }

// groupsOfRules returns the security groups of required rules.
func groupsOfRules(rules []string) []string {
	var groups []string
	for _, text := range rules {
		group, _ := parseRule(text)
		groups = append(groups, group)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// allowTraffic allows traffic to a binding's targets in the security groups of their network interfaces.
func (c *Controller) allowTraffic(binding *store.Object, bound *elbv2api.TargetGroupBinding, targets []boundTarget) (bool, error) {
	if bound.Spec.Networking == nil {
		return c.ensureRequiredRules(binding, nil)
	}
	ports := map[string][]int{} // of targets, by security group
	for _, t := range targets {
		if t.eni == nil {
			continue
		}
		group, err := c.GroupOf(t.eni)
		if err != nil {
			return false, err
		}
		if group != nil {
			ports[group.ID] = append(ports[group.ID], t.port)
		}
	}
	var rules []string
	for group, numbers := range ports {
		for _, ingress := range bound.Spec.Networking.Ingress {
			for _, r := range rulesOfIngress(ingress, numbers) {
				rules = append(rules, formatRule(group, r))
			}
		}
	}
	slices.Sort(rules)
	return c.ensureRequiredRules(binding, slices.Compact(rules))
}

// rulesOfIngress returns the rules that allow peers on ports. A named port has the numbers of the targets; no port
// means all ports.
func rulesOfIngress(ingress elbv2api.NetworkingIngressRule, targets []int) (rules []ec2.GroupRule) {
	for _, peer := range ingress.From {
		r := ec2.GroupRule{Protocol: "tcp"}
		if peer.SecurityGroup != nil {
			r.Source = peer.SecurityGroup.GroupID
		}
		if peer.IPBlock != nil {
			r.CIDR = peer.IPBlock.CIDR
		}
		for _, port := range ingress.Ports {
			r.Protocol = strings.ToLower(string(valueOf(port.Protocol)))
			switch {
			case port.Port == nil:
				r.From, r.To = 0, 65535
				rules = append(rules, r)
			case port.Port.Type == intstr.Int:
				r.From, r.To = port.Port.IntValue(), port.Port.IntValue()
				rules = append(rules, r)
			default:
				for _, number := range targets {
					r.From, r.To = number, number
					rules = append(rules, r)
				}
			}
		}
	}
	return rules
}

// ensureRequiredRules writes the rules that a binding requires, together with those of all other bindings, to their
// security groups. It records them after they are written, so a rule that the controller is not allowed to write is a
// problem of the binding that requires it only.
func (c *Controller) ensureRequiredRules(binding *store.Object, rules []string) (bool, error) {
	changed := false
	for _, id := range union(groupsOfBinding(binding), groupsOfRules(rules)) {
		group := c.Get(store.SecurityGroupType, id)
		if group == nil {
			continue
		}
		written, err := c.ensureRules(group, c.requiredRulesOn(id, binding, rules), DescribedBy)
		if changed = changed || written; err != nil {
			return changed, err
		}
	}
	binding.Learn(requiredRules, rules)
	return changed, nil
}

// requiredRulesOn returns the rules of all bindings in a security group, with new rules for one of the bindings. By
// default, it is one rule for each protocol and source group, from the first port to the last
// (computeRestrictedIngressPermissionsPerSG).
func (c *Controller) requiredRulesOn(group string, changing *store.Object, rules []string) []ec2.GroupRule {
	all := slices.Clone(rules)
	for _, binding := range c.Lookup(store.BindingType, requiredRules, group, groupsOfBinding) {
		if binding != changing {
			all = append(all, rulesOfBinding(binding)...)
		}
	}
	all = slices.DeleteFunc(all, func(text string) bool { return !strings.HasPrefix(text, group+" ") })
	slices.Sort(all)
	var wanted []ec2.GroupRule
	restricted := !c.Settings().DisableRestrictedSGRules
	for _, text := range slices.Compact(all) {
		_, r := parseRule(text)
		at := slices.IndexFunc(wanted, func(w ec2.GroupRule) bool {
			return restricted && r.Source != "" && w.Protocol == r.Protocol && w.Source == r.Source
		})
		if at < 0 {
			wanted = append(wanted, r)
			continue
		}
		wanted[at].From, wanted[at].To = min(wanted[at].From, r.From), max(wanted[at].To, r.To)
	}
	return wanted
}

// union returns the strings of two lists without duplicates.
func union(a, b []string) []string {
	return slices.Concat(a, slices.DeleteFunc(slices.Clone(b), func(text string) bool { return slices.Contains(a, text) }))
}
