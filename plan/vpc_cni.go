package plan

import (
	"maps"
	"slices"

	"eksnet/config"
)

// policies refuses samples of NetworkPolicies that nothing would enforce: Kubernetes takes the object all the same, and everybody gets in
// (docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html).
func policies(s *config.Stack, problems *config.Problems) {
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		if s.Workloads[name].Kind == config.KindPolicy && !s.Addons.VPCCNI.NetworkPolicy {
			problems.Add(config.In("workloads", name)+".kind", "policy, but addons.vpcCni.networkPolicy is false and nothing would enforce it; set networkPolicy: true")
		}
	}
}

// wayOutOfPods refuses pods that leave the VPC by an internet gateway under their own address: they have no public one, so it drops
// what they send (docs.aws.amazon.com/eks/latest/userguide/external-snat.html).
func wayOutOfPods(s *config.Stack, problems *config.Problems) {
	const path = "addons.vpcCni.externalSnat"
	switch {
	case !s.Addons.VPCCNI.ExternalSNAT || !publicNodes(s.NodeGroups):
	case s.Network.PodCIDR == "":
		problems.Add(path, "true, but pods of node groups in public subnets have no public address, and the internet gateway drops what they send; set it to false, move the groups to private subnets, or give pods a range of their own by network.podCidr")
	case s.Network.NAT == config.NATNone:
		problems.Add(path, "true, but with network.nat none the pods' subnets have no way out, and pods on nodes in public subnets would have none either; set it to false, or network.nat to single or zone")
	}
}

// notes are what to know before a change of a stack that exists.
func notes(s *config.Stack) []Warning {
	var all []Warning
	add := func(path, text string) { all = append(all, Warning{path, text}) }
	if !s.Addons.VPCCNI.PrefixDelegation {
		add("addons.vpcCni.prefixDelegation", "a change affects new nodes only; replace existing ones")
	}
	if s.Network.PodCIDR != "" {
		add("network.podCidr", "a change affects new nodes only; replace existing ones, whose pods keep their old addresses")
	}
	if keys := instanceTags(s); len(keys) > 0 {
		add("tags", words(keys)+": on instances and volumes too, by launch templates: where one of them changes, EKS replaces every node, a few at a time; list keys that change often in eksnet:tagsNotOnInstances")
	}
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		if s.NodeGroups[name].MaxPods > 0 {
			add(config.In("nodeGroups", name)+".maxPods", "a change replaces the group's nodes, a few at a time")
		}
	}
	for path, w := range each(s.Workloads, config.KindNLB, config.KindALB) {
		if len(w.SecurityGroups) > 0 {
			add(path+".securityGroups", words(w.SecurityGroups)+" must be of the VPC that this stack makes (output vpcId): build it without them first, and make the groups in that VPC")
		}
	}
	return all
}

// instanceTags are the keys of the tags that instances and volumes get.
func instanceTags(s *config.Stack) []string {
	keys := slices.Collect(maps.Keys(s.Tags))
	for _, group := range s.NodeGroups {
		keys = slices.AppendSeq(keys, maps.Keys(group.Tags))
	}
	slices.Sort(keys)
	return slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return slices.Contains(s.TagsNotOnInstances, key) })
}
