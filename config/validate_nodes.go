package config

import (
	"maps"
	"slices"
	"strings"
)

func (v *validator) nodeGroups(groups map[string]NodeGroup, stackTags int) {
	if len(groups) == 0 {
		v.Add("nodeGroups", "missing; CoreDNS and the load balancer controller need one group at least")
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		path := In("nodeGroups", name)
		if !dnsLabel.MatchString(name) || len(name) > 40 {
			v.Add(path, "the name may hold up to 40 small letters, digits and -")
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
	v.between(path+".diskGiB", g.DiskGiB, 20, 16384, "GiB")
	v.between(path+".maxPods", g.MaxPods, 0, 250, "pods")
}

func (v *validator) labels(path string, labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		switch value := labels[key]; {
		case !labelKey(key) || !labelValue.MatchString(value) || len(value) > 63:
			v.Add(In(path, key), "%q is not a Kubernetes label; letters, digits, -, _ and . are accepted, 63 at most", key+"="+value)
		case othersLabel(key):
			v.Add(In(path, key), "the prefix is not yours: EKS refuses labels of eks.amazonaws.com, and nodes with others of kubernetes.io and k8s.io never join; use a domain of your own, such as example.com/%s", key[strings.LastIndex(key, "/")+1:])
		}
	}
}

// othersLabel tells whether a label is one that nodes may not give themselves: Kubernetes' own but for two prefixes
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

func (v *validator) taints(path string, taints []Taint) {
	for i, taint := range taints {
		at := At(path, i)
		if !labelKey(taint.Key) || !labelValue.MatchString(taint.Value) || len(taint.Value) > 63 {
			v.Add(at, "%q is not a Kubernetes taint; letters, digits, -, _ and . are accepted, 63 at most", taint.Key+"="+taint.Value)
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
	v.oneOf(path+".ami", g.AMI, AL2023x86, AL2023arm, BottlerocketX86, BottlerocketArm)
	for i, typ := range g.InstanceTypes {
		at := At(path+".instanceTypes", i)
		switch {
		case !instanceType.MatchString(typ):
			v.Add(at, "%q is not an instance type, such as m7g.large", typ)
		case slices.Index(g.InstanceTypes, typ) < i:
			v.Add(at, "%q is listed twice; list each type once", typ)
		case other(g.AMI) != "" && Arm(g.AMI) != Arm(amiFor(typ)):
			v.Add(at, "%s does not run %s; use types of one architecture and its image (%s)", typ, g.AMI, other(g.AMI))
		}
	}
}

// other is the AMI of the same system for the other architecture.
func other(ami string) string {
	return map[string]string{
		AL2023x86: AL2023arm, AL2023arm: AL2023x86, BottlerocketX86: BottlerocketArm, BottlerocketArm: BottlerocketX86,
	}[ami]
}

func (v *validator) scaling(path string, s Scaling) {
	if s.Min < 0 || s.Desired < 0 || s.Max < 1 {
		v.Add(path, "min %d, desired %d, max %d; min and desired from 0, max from 1 are accepted", s.Min, s.Desired, s.Max)
		return
	}
	switch {
	case s.Min > s.Max:
		v.Add(path, "min %d is greater than max %d; lower min or raise max", s.Min, s.Max)
	case s.Desired < s.Min || s.Desired > s.Max:
		v.Add(path, "desired %d is not between min %d and max %d", s.Desired, s.Min, s.Max)
	}
}
