package world

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"
	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"
)

// The spec.networking of a TargetGroupBinding lists the sources of traffic and health checks. For each binding, the
// controller keeps the rules that this requires on the security groups of the targets, and writes the rules of all
// bindings together (pkg/networking/networking_manager.go).

// required is the fact with the rules that a binding requires, each with its security group.
const required = "requiredRules"

// requiredRule formats one of them for the index.
func requiredRule(group string, r groupRule) string {
	return fmt.Sprintf("%s %s %d %d %s", group, r.protocol, r.from, r.to, cmp.Or(r.source, r.cidr))
}

// ruleRequired parses what requiredRule formats.
func ruleRequired(text string) (group string, r groupRule) {
	part := strings.Fields(text)
	group, r.protocol = part[0], part[1]
	r.from, _ = strconv.Atoi(part[2])
	r.to, _ = strconv.Atoi(part[3])
	if strings.HasPrefix(part[4], "sg-") {
		r.source = part[4]
	} else {
		r.cidr = part[4]
	}
	return group, r
}

// groupsOfBinding lists the security groups on which a binding requires rules.
func groupsOfBinding(binding *Object) []string { return groupsOfRules(texts(binding.Facts[required])) }

func groupsOfRules(rules []string) []string {
	var groups []string
	for _, text := range rules {
		group, _ := ruleRequired(text)
		groups = append(groups, group)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// open allows traffic to a binding's targets in the security groups of their network interfaces.
func (c *controller) open(binding *Object, bound *elbv2api.TargetGroupBinding, targets []boundTarget) (bool, error) {
	if bound.Spec.Networking == nil {
		return c.require(binding, nil)
	}
	ports := map[string][]int{} // of targets, by security group
	for _, t := range targets {
		if t.networked == nil {
			continue
		}
		group, err := c.groupOf(t.networked)
		if err != nil {
			return false, err
		}
		if group != nil {
			ports[group.ID] = append(ports[group.ID], t.port)
		}
	}
	var rules []string
	for group, on := range ports {
		for _, ingress := range bound.Spec.Networking.Ingress {
			for _, r := range rulesOfIngress(ingress, on) {
				rules = append(rules, requiredRule(group, r))
			}
		}
	}
	slices.Sort(rules)
	return c.require(binding, slices.Compact(rules))
}

// rulesOfIngress returns the rules that allow peers on ports. A named port has the numbers of the targets; no port
// means all ports.
func rulesOfIngress(ingress elbv2api.NetworkingIngressRule, targets []int) (rules []groupRule) {
	for _, peer := range ingress.From {
		r := groupRule{protocol: "tcp"}
		if peer.SecurityGroup != nil {
			r.source = peer.SecurityGroup.GroupID
		}
		if peer.IPBlock != nil {
			r.cidr = peer.IPBlock.CIDR
		}
		for _, port := range ingress.Ports {
			r.protocol = strings.ToLower(string(valueOf(port.Protocol)))
			switch {
			case port.Port == nil:
				r.from, r.to = 0, 65535
				rules = append(rules, r)
			case port.Port.Type == intstr.Int:
				r.from, r.to = port.Port.IntValue(), port.Port.IntValue()
				rules = append(rules, r)
			default:
				for _, number := range targets {
					r.from, r.to = number, number
					rules = append(rules, r)
				}
			}
		}
	}
	return rules
}

// require writes the rules that a binding requires, together with those of all other bindings, to their security
// groups. It records them after they are written, so a rule that the controller is not allowed to write is a problem of
// the binding that requires it only.
func (c *controller) require(binding *Object, rules []string) (bool, error) {
	changed := false
	for _, id := range union(groupsOfBinding(binding), groupsOfRules(rules)) {
		group := c.get(securityGroupType, id)
		if group == nil {
			continue
		}
		did, err := c.ensureRules(group, c.requiredOn(id, binding, rules), describedBy)
		if changed = changed || did; err != nil {
			return changed, err
		}
	}
	binding.learn(required, rules)
	return changed, nil
}

// requiredOn returns the rules of all bindings on a security group, with new rules for one of the bindings. By default,
// it is one rule for each protocol and source group, from the first port to the last
// (computeRestrictedIngressPermissionsPerSG).
func (c *controller) requiredOn(group string, changing *Object, rules []string) []groupRule {
	all := slices.Clone(rules)
	for _, binding := range c.lookup(bindingType, required, group, groupsOfBinding) {
		if binding != changing {
			all = append(all, texts(binding.Facts[required])...)
		}
	}
	all = slices.DeleteFunc(all, func(text string) bool { return !strings.HasPrefix(text, group+" ") })
	slices.Sort(all)
	var wanted []groupRule
	restricted := !c.settings().DisableRestrictedSGRules
	for _, text := range slices.Compact(all) {
		_, r := ruleRequired(text)
		at := slices.IndexFunc(wanted, func(w groupRule) bool {
			return restricted && r.source != "" && w.protocol == r.protocol && w.source == r.source
		})
		if at < 0 {
			wanted = append(wanted, r)
			continue
		}
		wanted[at].from, wanted[at].to = min(wanted[at].from, r.from), max(wanted[at].to, r.to)
	}
	return wanted
}

// union returns the strings of two lists without duplicates.
func union(a, b []string) []string {
	return slices.Concat(a, slices.DeleteFunc(slices.Clone(b), func(text string) bool { return slices.Contains(a, text) }))
}
