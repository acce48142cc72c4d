package ccm

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
)

// groupPrefix is the beginning of the name of a Classic Load Balancer's security group.
const groupPrefix = "k8s-elb-"

// ensureClassicGroup creates the load balancer's own security group, with the rules of its ports, or updates its rules.
func ensureClassicGroup(w *store.Account, o *store.Object, s *corev1.Service, name string) (*store.Object, bool, error) {
	group, changed := store.FirstOf(w.With(store.SecurityGroupType, "name", groupPrefix+name)), false
	if group == nil {
		group, changed = ec2.MakeSecurityGroup(w, groupPrefix+name, eks.VPCOfCluster(w, o.Cluster), store.CloudOwner, classicTags(o, s, nil)), true
		group.Set("description", fmt.Sprintf("Security group for Kubernetes ELB %s (%s)", name, o.ID))
	}
	ranges := s.Spec.LoadBalancerSourceRanges
	if len(ranges) == 0 {
		ranges = []string{"0.0.0.0/0"}
	}
	wanted, kept := classicRules(s), []ec2.GroupRule{}
	for _, rule := range w.With(store.GroupRuleType, "securityGroupId", group.ID, func(r *store.Object) bool { return r.Owner == store.CloudOwner }) {
		p := ec2.SecurityGroupRuleOf(rule)
		r := ec2.GroupRule{Protocol: p.Protocol, From: p.From, To: p.To}
		if slices.Contains(wanted, r) && slices.Equal(p.CIDRs, ranges) {
			kept = append(kept, r)
			continue
		}
		w.Drop(rule)
		changed = true
	}
	for _, r := range wanted {
		if slices.Contains(kept, r) {
			continue
		}
		if err := allowRanges(w, group, r, ranges); err != nil {
			return nil, changed, err
		}
		changed = true
	}
	return group, changed, nil
}

// classicRules returns the rules of a load balancer's own security group: the Service's ports, and the ICMP messages of
// path MTU discovery (pkg/providers/v1/aws.go EnsureLoadBalancer).
func classicRules(s *corev1.Service) []ec2.GroupRule {
	rules := []ec2.GroupRule{{Protocol: "icmp", From: 3, To: 4}}
	for _, port := range s.Spec.Ports {
		rules = append(rules, ec2.GroupRule{Protocol: "tcp", From: int(port.Port), To: int(port.Port)})
	}
	return rules
}

// allowRanges allows some ranges in the load balancer's security group.
func allowRanges(w *store.Account, group *store.Object, r ec2.GroupRule, ranges []string) error {
	o := &store.Object{Type: store.GroupRuleType, Owner: store.CloudOwner, Inputs: store.Properties{"type": "ingress", "securityGroupId": group.ID, "protocol": r.Protocol,
		"fromPort": float64(r.From), "toPort": float64(r.To), "cidrBlocks": store.AnyOf(ranges)}}
	if err := ec2.CreateSecurityGroupRule(&store.Call{Account: w}, o); err != nil {
		return err
	}
	w.Put(o)
	return nil
}

// allowToNodes allows the load balancer to reach the nodes: their security group allows all traffic from the load
// balancer's.
func allowToNodes(w *store.Account, o, balancer *store.Object, nodes []*store.Object) (bool, error) {
	changed, source := false, elb.LoadBalancerOf(balancer).SecurityGroups[0]
	for _, node := range nodes {
		group, err := classicNodeGroup(w, o.Cluster, node)
		if err != nil || group == nil {
			return changed, err
		}
		if len(w.With(store.GroupRuleType, "securityGroupId", group.ID, store.HasProperty("sourceSecurityGroupId", source))) > 0 {
			continue
		}
		if err := CheckAllowed(w, o.Cluster, "ec2:AuthorizeSecurityGroupIngress"); err != nil {
			return changed, err
		}
		r := &store.Object{Type: store.GroupRuleType, Owner: store.CloudOwner, Inputs: store.Properties{"type": "ingress", "securityGroupId": group.ID, "protocol": "-1",
			"fromPort": float64(0), "toPort": float64(0), "sourceSecurityGroupId": source}}
		if err := ec2.CreateSecurityGroupRule(&store.Call{Account: w}, r); err != nil {
			return changed, err
		}
		w.Put(r)
		changed = true
	}
	return changed, nil
}

// classicNodeGroup returns the security group of a node that the cloud controller changes: the one with the cluster's
// tag, or its only one.
func classicNodeGroup(w *store.Account, cluster string, node *store.Object) (*store.Object, error) {
	eni := ec2.PrimaryInterface(w, node)
	if eni == nil {
		return nil, nil
	}
	p := ec2.InterfaceOf(eni)
	tagged := slices.DeleteFunc(slices.Clone(p.Groups), func(id string) bool {
		group := w.Get(store.SecurityGroupType, id)
		return group == nil || group.Tags()["kubernetes.io/cluster/"+cluster] == nil
	})
	if err := CloudGroupTagged.When(len(tagged) > 1, p.Instance, strings.Join(tagged, " ")); err != nil {
		return nil, err
	}
	if len(tagged) > 0 {
		return w.Get(store.SecurityGroupType, tagged[0]), nil
	}
	return w.Get(store.SecurityGroupType, p.Groups[0]), nil
}
