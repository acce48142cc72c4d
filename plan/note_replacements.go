package plan

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// noteReplacements returns what to know before changing a stack that exists.
func noteReplacements(s *config.Stack) []config.Warning {
	var all []config.Warning
	add := func(path, text string) { all = append(all, config.Warning{Path: path, Text: text}) }
	if !s.Addons.VPCCNI.PrefixDelegation {
		add("addons.vpcCni.prefixDelegation", "a change affects new nodes only; replace existing ones")
	}
	if s.Network.IPAMPool != "" {
		add("network.ipamPool", "a change has no effect on the VPC that exists, which keeps its allocation; a destroy waits up to 35 minutes until IPAM has released network.cidr")
	}
	switch {
	case s.Network.PodDiscovery():
		add("network.podSubnets", "a change affects new nodes only; replace existing ones, whose interfaces stay in their subnets")
	case s.Network.PodCIDR != "":
		add("network.podCidr", "a change affects new nodes only; replace existing ones, whose pods keep their old addresses")
	}
	if keys := instanceTags(s); len(keys) > 0 {
		add("tags", strings.Join(keys, ", ")+": also on instances and volumes, through launch templates: a change of such a tag replaces every node, a few at a time; list keys that change often in eksnet:tagsNotOnInstances")
	}
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		if s.NodeGroups[name].MaxPods > 0 {
			add(config.In("nodeGroups", name)+".maxPods", "a change replaces the group's nodes, a few at a time")
		}
		if s.NodeGroups[name].Kubelet.Written() {
			add(config.In("nodeGroups", name)+".kubelet", "a change replaces the group's nodes, a few at a time")
		}
		if s.NodeGroups[name].KeyName != "" {
			add(config.In("nodeGroups", name)+".keyName", "must exist in "+s.Region+" before the stack is created; a change replaces the group's nodes, a few at a time")
		}
	}
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		if len(w.SecurityGroups) > 0 {
			add(path+".securityGroups", strings.Join(w.SecurityGroups, ", ")+" must be in the VPC that this stack creates (output vpcId): create the stack without them first, then create the security groups in that VPC")
		}
	}
	return all
}

// instanceTags returns the keys of the tags that instances and volumes get.
func instanceTags(s *config.Stack) []string {
	keys := slices.Collect(maps.Keys(s.Tags))
	for _, group := range s.NodeGroups {
		keys = slices.AppendSeq(keys, maps.Keys(group.Tags))
	}
	slices.Sort(keys)
	return slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return slices.Contains(s.TagsNotOnInstances, key) })
}
