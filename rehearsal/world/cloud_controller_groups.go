package world

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// ensureClassicGroup creates the load balancer's own security group, with the rules of its ports.
func (w *World) ensureClassicGroup(o *Object, s *corev1.Service, name string) (*Object, bool, error) {
	group, changed := firstOf(w.with(securityGroupType, "name", "k8s-elb-"+name)), false
	if group == nil {
		group, changed = w.makeGroup("k8s-elb-"+name, w.vpcOfCluster(o.Cluster), cloudOwner, classicTags(o, s, nil)), true
		group.set("description", fmt.Sprintf("Security group for Kubernetes ELB %s (%s)", name, o.ID))
	}
	ranges := s.Spec.LoadBalancerSourceRanges
	if len(ranges) == 0 {
		ranges = []string{"0.0.0.0/0"}
	}
	wanted, kept := classicRules(s), []groupRule{}
	for _, o := range w.with(groupRuleType, "securityGroupId", group.ID, func(r *Object) bool { return r.Owner == cloudOwner }) {
		r := groupRule{protocol: o.text("protocol"), from: o.number("fromPort"), to: o.number("toPort")}
		if slices.Contains(wanted, r) && same(o.texts("cidrBlocks"), ranges) {
			kept = append(kept, r)
			continue
		}
		w.drop(o)
		changed = true
	}
	for _, r := range wanted {
		if slices.Contains(kept, r) {
			continue
		}
		if err := w.letIn(group, r, ranges); err != nil {
			return nil, changed, err
		}
		changed = true
	}
	return group, changed, nil
}

// classicRules returns the rules of a load balancer's own security group: the Service's ports, and the ICMP messages of
// path MTU discovery (pkg/providers/v1/aws.go EnsureLoadBalancer).
func classicRules(s *corev1.Service) []groupRule {
	rules := []groupRule{{protocol: "icmp", from: 3, to: 4}}
	for _, port := range s.Spec.Ports {
		rules = append(rules, groupRule{protocol: "tcp", from: int(port.Port), to: int(port.Port)})
	}
	return rules
}

// letIn allows some ranges in the load balancer's security group.
func (w *World) letIn(group *Object, r groupRule, ranges []string) error {
	o := &Object{Type: groupRuleType, Owner: cloudOwner, Inputs: Properties{"type": "ingress", "securityGroupId": group.ID, "protocol": r.protocol,
		"fromPort": float64(r.from), "toPort": float64(r.to), "cidrBlocks": anyOf(ranges)}}
	if err := createGroupRule(&call{World: w}, o); err != nil {
		return err
	}
	w.put(o)
	return nil
}

// openToClassic allows the load balancer to reach the nodes: their security group allows all traffic from the load
// balancer's.
func (w *World) openToClassic(o, balancer *Object, nodes []*Object) (bool, error) {
	changed := false
	for _, node := range nodes {
		group, err := w.classicNodeGroup(o.Cluster, node)
		if err != nil || group == nil {
			return changed, err
		}
		source := balancer.texts("securityGroups")[0]
		if len(w.with(groupRuleType, "securityGroupId", group.ID, where("sourceSecurityGroupId", source))) > 0 {
			continue
		}
		if err := w.cloudMay(o.Cluster, "ec2:AuthorizeSecurityGroupIngress"); err != nil {
			return changed, err
		}
		r := &Object{Type: groupRuleType, Owner: cloudOwner, Inputs: Properties{"type": "ingress", "securityGroupId": group.ID, "protocol": "-1",
			"fromPort": float64(0), "toPort": float64(0), "sourceSecurityGroupId": source}}
		if err := createGroupRule(&call{World: w}, r); err != nil {
			return changed, err
		}
		w.put(r)
		changed = true
	}
	return changed, nil
}

// classicNodeGroup returns the security group of a node that the cloud controller changes: the one with the cluster's
// tag, or its only one.
func (w *World) classicNodeGroup(cluster string, node *Object) (*Object, error) {
	eni := w.interfaceOf(node)
	if eni == nil {
		return nil, nil
	}
	groups := eni.texts("securityGroups")
	tagged := slices.DeleteFunc(slices.Clone(groups), func(id string) bool {
		group := w.get(securityGroupType, id)
		return group == nil || group.tags()["kubernetes.io/cluster/"+cluster] == nil
	})
	if err := cloudGroupTagged.when(len(tagged) > 1, eni.text("instance"), strings.Join(tagged, " ")); err != nil {
		return nil, err
	}
	if len(tagged) > 0 {
		return w.get(securityGroupType, tagged[0]), nil
	}
	return w.get(securityGroupType, groups[0]), nil
}
