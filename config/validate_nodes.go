package config

import (
	"maps"
	"math"
	"slices"
	"strings"
)

func (v *validator) nodeGroups(groups map[string]NodeGroup, stackTags int) {
	if len(groups) == 0 {
		v.Add("nodeGroups", "missing; CoreDNS and the load balancer controller need at least one node group")
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		path := In("nodeGroups", name)
		if !v.matches(keyOf("nodeGroups"), name, dnsLabel) || v.longerThan(keyOf("nodeGroups"), len(name), mostName) {
			v.Add(path, "the name may have up to 40 lowercase letters, digits and -")
		}
		v.nodeGroup(path, groups[name])
		v.tags(path+".tags", groups[name].Tags, stackTags)
	}
}

func (v *validator) nodeGroup(path string, g NodeGroup) {
	v.instances(path, g)
	v.oneOf(path+".capacity", g.Capacity, OnDemand, Spot)
	v.scaling(path+".scaling", g.Scaling)
	v.oneOf(path+".subnets", g.Subnets, PrivateSubnets, PublicSubnets)
	v.update(path+".update", g.Update)
	v.labels(path+".labels", g.Labels)
	v.taints(path+".taints", g.Taints)
	v.keyName(path+".keyName", g)
	v.between(path+".diskGiB", g.DiskGiB, 20, 16384, "GiB")
	v.kubelet(path+".kubelet", g.Kubelet)
	v.between(path+".maxPods", g.MaxPods, 0, 250, "pods")
}

// What EKS accepts in a call (docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html, labels and
// instanceTypes; API_Taint.html; docs.aws.amazon.com/eks/latest/userguide/node-taints-managed-node-groups.html).
const (
	longestLabel      = 63 // the key with its prefix, and the value
	mostTaints        = 50
	mostInstanceTypes = 20
)

func (v *validator) labels(path string, labels map[string]string) {
	v.acceptPattern(keyOf(path), anyLabelKey)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		switch value := labels[key]; {
		case !labelKey(key) || !v.matches(In(path, key), value, labelValue) || v.longerThan(In(path, key), len(value), longestLabel):
			v.Add(In(path, key), "%q is not a Kubernetes label; letters, digits, -, _ and . are accepted, at most 63", key+"="+value)
		case othersLabel(key):
			v.Add(In(path, key), "reserved label prefix: EKS refuses labels of eks.amazonaws.com, and the kubelet does not start with others of kubernetes.io and k8s.io; use a domain of your own, such as example.com/%s", key[strings.LastIndex(key, "/")+1:])
		case v.longerThan(keyOf(path), len(key), longestLabel):
			v.Add(In(path, key), "the key has %d characters; EKS accepts %d including the prefix: shorten it", len(key), longestLabel)
		case value == "":
			v.Add(In(path, key), "the value is empty, but EKS requires 1 to %d characters; write a value, such as \"true\"", longestLabel)
		}
	}
}

// othersLabel reports whether nodes may not set a label on themselves: the labels of Kubernetes except two prefixes
// (kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction), and EKS's.
func othersLabel(key string) bool {
	domain, _, prefixed := strings.Cut(key, "/")
	if !prefixed || domain == "node.kubernetes.io" || domain == "kubelet.kubernetes.io" {
		return false
	}
	return slices.ContainsFunc([]string{"kubernetes.io", "k8s.io", "eks.amazonaws.com"}, func(owned string) bool {
		return domain == owned || strings.HasSuffix(domain, "."+owned)
	})
}

// taints follows EKS, and Kubernetes where it makes the node (k8s.io/kubernetes, pkg/apis/core/validation,
// validateNodeTaints).
func (v *validator) taints(path string, taints []Taint) {
	if v.exceeds(path, len(taints), mostTaints) {
		v.Add(path, "%d taints; EKS accepts at most %d", len(taints), mostTaints)
	}
	for i, taint := range taints {
		at := At(path, i)
		v.acceptPattern(at+".key", anyLabelKey)
		again := func(t Taint) bool { return t.Key == taint.Key && t.Effect == taint.Effect }
		switch {
		case !labelKey(taint.Key) || !v.matches(at+".value", taint.Value, labelValue) || v.longerThan(at+".value", len(taint.Value), longestLabel):
			v.Add(at, "%q is not a Kubernetes taint; letters, digits, -, _ and . are accepted, at most 63", taint.Key+"="+taint.Value)
		case v.longerThan(at+".key", len(taint.Key), longestLabel):
			v.Add(at, "the key %s has %d characters; EKS accepts %d including the prefix: shorten it", taint.Key, len(taint.Key), longestLabel)
		case slices.ContainsFunc(taints[:i], again):
			v.Add(at, "%s with %s is listed twice, and Kubernetes refuses a node whose taints are not unique by key and effect; keep one of them", taint.Key, taint.Effect)
		}
		v.oneOf(at+".effect", taint.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute")
	}
}

// update follows EKS's NodegroupUpdateConfig: a number or a percentage, each from 1 to 100.
func (v *validator) update(path string, u Update) {
	v.between(path+".maxUnavailable", u.MaxUnavailable, 0, 100, "nodes")
	v.between(path+".maxUnavailablePercentage", u.MaxUnavailablePercentage, 0, 100, "percent")
	if u.MaxUnavailable > 0 && u.MaxUnavailablePercentage > 0 {
		v.Add(path, "maxUnavailable %d and maxUnavailablePercentage %d; keep one of them", u.MaxUnavailable, u.MaxUnavailablePercentage)
	}
}

func (v *validator) instances(path string, g NodeGroup) {
	if len(g.InstanceTypes) == 0 {
		v.Add(path+".instanceTypes", "missing; list one or more, such as [m7g.large]")
		return
	}
	if v.exceeds(path+".instanceTypes", len(g.InstanceTypes), mostInstanceTypes) {
		v.Add(path+".instanceTypes", "%d types; EKS accepts at most %d: list fewer, or add another node group", len(g.InstanceTypes), mostInstanceTypes)
	}
	v.ami(path+".ami", g.AMI)
	for i, typ := range g.InstanceTypes {
		at := At(path+".instanceTypes", i)
		switch {
		case !v.matches(at, typ, instanceType):
			v.Add(at, "%q is not an instance type, such as m7g.large", typ)
		case v.repeated(at, g.InstanceTypes, i):
			v.Add(at, "%q is listed twice; list each type once", typ)
		case otherArchitecture(g.AMI) != "" && Arm(g.AMI) != Arm(amiFor(typ)):
			v.Add(at, "%s does not run %s; use types of one architecture and its AMI (%s)", typ, g.AMI, otherArchitecture(g.AMI))
		default:
			v.generation(at, typ, g.AMI)
		}
	}
}

// paravirtual are families that run no image of EKS, which are all for hardware virtualization
// (docs.aws.amazon.com/linux/al2023/ug/ec2.html; docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html,
// PV).
var paravirtual = []string{"c1", "m1", "m2", "t1"}

// generation refuses types that are too old for the group's image.
func (v *validator) generation(path, typ, ami string) {
	switch family, _, _ := strings.Cut(typ, "."); {
	case slices.Contains(paravirtual, family):
		v.Add(path, "%s runs only paravirtual AMIs, and EKS has none; use a current type, such as m7i.large or t3.medium", typ)
	case family == "a1" && !Bottlerocket(ami):
		// github.com/amazonlinux/amazon-linux-2023/issues/50: a kernel panic at the start.
		v.Add(path, "%s cannot run AL2023, which requires Graviton2 or later; use a current type, such as m7g.large or t4g.medium, or ami: %s", typ, BottlerocketArm)
	}
}

func (v *validator) scaling(path string, s Scaling) {
	const most = math.MaxInt32
	if v.outside(path+".min", s.Min, 0, most) || v.outside(path+".desired", s.Desired, 0, most) || v.outside(path+".max", s.Max, 1, most) {
		v.Add(path, "min %d, desired %d, max %d; min and desired must be 0 or more, and max 1 or more", s.Min, s.Desired, s.Max)
		return
	}
	switch {
	case s.Min > s.Max:
		v.Add(path, "min %d is greater than max %d; lower min or raise max", s.Min, s.Max)
	case s.Desired < s.Min || s.Desired > s.Max:
		v.Add(path, "desired %d is not between min %d and max %d", s.Desired, s.Min, s.Max)
	}
}
