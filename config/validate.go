package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// validate finds every mistake that one value alone, or with its neighbours, shows. What follows from values together
// (subnets that do not fit, ranges that overlap, nodes that could not join) is found by package plan.
func (s *Stack) validate() Problems {
	v := &validator{}
	v.account(s)
	v.network(s.Network, s.Region)
	v.cluster(s.Cluster)
	v.nodeGroups(s.NodeGroups)
	v.addons(s.Addons)
	v.workloads(s.Workloads)
	v.tags(s.Tags)
	return v.Problems
}

type validator struct{ Problems }

func (v *validator) account(s *Stack) {
	const file = "set it in the stack file, beside the eksnet: keys"
	switch {
	case s.Region == "":
		v.Add("aws:region", "missing; %s, such as ap-northeast-2", file)
	case !regionName.MatchString(s.Region):
		v.Add("aws:region", "%q is not a region, such as ap-northeast-2", s.Region)
	}
	if len(s.Accounts) == 0 {
		v.Add("aws:allowedAccountIds", `missing; %s: ["111122223333"] lets the stack build in that account alone`, file)
	}
	for i, id := range s.Accounts {
		if !accountID.MatchString(id) {
			v.Add(At("aws:allowedAccountIds", i), "%q is not an account id of twelve digits", id)
		}
	}
}

func (v *validator) network(n Network, region string) {
	v.cidr("network.cidr", n.CIDR)
	if len(n.Zones) < 2 || len(n.Zones) > 4 {
		v.Add("network.zones", "%d zones; EKS needs two at least and the address plan has room for four: list 2 to 4", len(n.Zones))
	}
	for i, zone := range n.Zones {
		letter, inRegion := strings.CutPrefix(zone, region)
		if !inRegion || len(letter) != 1 || letter < "a" || letter > "z" {
			v.Add(At("network.zones", i), "%q is not a zone of aws:region %s, such as %sa", zone, region, region)
		}
		if slices.Index(n.Zones, zone) < i {
			v.Add(At("network.zones", i), "%q is listed twice; list each zone once", zone)
		}
	}
	v.oneOf("network.nat", n.NAT, NATZone, NATSingle)
}

func (v *validator) cluster(c Cluster) {
	if c.Name == "" {
		v.Add("cluster.name", "missing; name the cluster, such as dev")
	} else if !clusterName.MatchString(c.Name) {
		v.Add("cluster.name", "%q is not accepted; up to 40 letters, digits, - and _ are, a letter or digit first (names of IAM roles are made of it)", c.Name)
	}
	v.oneOf("cluster.version", c.Version, Versions...)
	v.cidr("cluster.serviceCidr", c.ServiceCIDR)
	if c.Endpoint == nil {
		v.Add("cluster.endpoint", "missing; say who may reach the API, such as {public: true, publicCidrs: [203.0.113.0/24]}")
	} else {
		v.endpoint(*c.Endpoint)
	}
	for i, arn := range c.Admins {
		path := At("cluster.admins", i)
		if !principalARN.MatchString(arn) {
			v.Add(path, "%q is not the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/admin", arn)
		} else if slices.Index(c.Admins, arn) < i {
			v.Add(path, "%q is listed twice; list each principal once", arn)
		}
	}
	for i, typ := range c.Logs.Types {
		v.oneOf(At("cluster.logs.types", i), typ, LogTypes...)
		if slices.Index(c.Logs.Types, typ) < i {
			v.Add(At("cluster.logs.types", i), "%q is listed twice; list each type once", typ)
		}
	}
	if !slices.Contains(RetentionDays, c.Logs.RetentionDays) {
		v.Add("cluster.logs.retentionDays", "%d days; CloudWatch accepts %s", c.Logs.RetentionDays, numbers(RetentionDays))
	}
}

func (v *validator) endpoint(e Endpoint) {
	const path = "cluster.endpoint"
	switch {
	case !e.Private && !e.Public:
		v.Add(path, "neither private nor public; switch one on, or nobody reaches the API")
	case e.Public && len(e.PublicCIDRs) == 0:
		v.Add(path+".publicCidrs", `missing while public is true; list who may reach the API, such as ["203.0.113.0/24"]`)
	case !e.Public && len(e.PublicCIDRs) > 0:
		v.Add(path+".publicCidrs", "%d ranges while public is false; set public: true or remove them", len(e.PublicCIDRs))
	}
	for i, cidr := range e.PublicCIDRs {
		v.cidr(At(path+".publicCidrs", i), cidr)
		if slices.Index(e.PublicCIDRs, cidr) < i {
			v.Add(At(path+".publicCidrs", i), "%q is listed twice; list each range once", cidr)
		}
	}
}

func (v *validator) nodeGroups(groups map[string]NodeGroup) {
	if len(groups) == 0 {
		v.Add("nodeGroups", "missing; CoreDNS and the load balancer controller need one group at least")
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		path := In("nodeGroups", name)
		if !dnsLabel.MatchString(name) || len(name) > 40 {
			v.Add(path, "the name may hold up to 40 small letters, digits and -")
		}
		v.nodeGroup(path, groups[name])
	}
}

func (v *validator) nodeGroup(path string, g NodeGroup) {
	v.instances(path, g)
	v.oneOf(path+".capacity", g.Capacity, OnDemand, Spot)
	v.scaling(path+".scaling", g.Scaling)
	for _, key := range slices.Sorted(maps.Keys(g.Labels)) {
		if !labelKey(key) || !labelValue.MatchString(g.Labels[key]) || len(g.Labels[key]) > 63 {
			v.Add(In(path+".labels", key), "%q is not a Kubernetes label; letters, digits, -, _ and . are accepted, 63 at most", key+"="+g.Labels[key])
		}
	}
	for i, taint := range g.Taints {
		at := At(path+".taints", i)
		if !labelKey(taint.Key) || !labelValue.MatchString(taint.Value) || len(taint.Value) > 63 {
			v.Add(at, "%q is not a Kubernetes taint; letters, digits, -, _ and . are accepted, 63 at most", taint.Key+"="+taint.Value)
		}
		v.oneOf(at+".effect", taint.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute")
	}
	v.between(path+".diskGiB", g.DiskGiB, 20, 16384, "GiB")
	v.between(path+".maxPods", g.MaxPods, 0, 250, "pods")
}

func (v *validator) instances(path string, g NodeGroup) {
	if len(g.InstanceTypes) == 0 {
		v.Add(path+".instanceTypes", "missing; list one or more, such as [m7g.large]")
		return
	}
	v.oneOf(path+".ami", g.AMI, AL2023x86, AL2023arm)
	for i, typ := range g.InstanceTypes {
		at := At(path+".instanceTypes", i)
		switch {
		case !instanceType.MatchString(typ):
			v.Add(at, "%q is not an instance type, such as m7g.large", typ)
		case slices.Index(g.InstanceTypes, typ) < i:
			v.Add(at, "%q is listed twice; list each type once", typ)
		case amiFor(typ) != g.AMI && slices.Contains([]string{AL2023x86, AL2023arm}, g.AMI):
			v.Add(at, "%s does not run %s; use types of one architecture and its image (%s)", typ, g.AMI, amiFor(typ))
		}
	}
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

func (v *validator) addons(a Addons) {
	versions := map[string]string{
		"addons.vpcCni.version": a.VPCCNI.Version, "addons.kubeProxy.version": a.KubeProxy.Version, "addons.coreDns.version": a.CoreDNS.Version,
	}
	for _, path := range slices.Sorted(maps.Keys(versions)) {
		if version := versions[path]; version != "" && !addonVersion.MatchString(version) {
			v.Add(path, "%q is not an add-on version, such as v1.20.4-eksbuild.1 (aws eks describe-addon-versions lists them)", version)
		}
	}
	lbc := a.LoadBalancerController
	if !chartVersion.MatchString(lbc.Version) {
		v.Add("addons.loadBalancerController.version", "%q is not a chart version, such as 3.2.2", lbc.Version)
	}
	v.between("addons.loadBalancerController.replicas", lbc.Replicas, 1, 10, "replicas")
}

func (v *validator) workloads(workloads map[string]Workload) {
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		path, w := In("workloads", name), workloads[name]
		if !dnsLabel.MatchString(name) || len(name) > 40 {
			v.Add(path, "the name may hold up to 40 small letters, digits and -")
		}
		if reserved := []string{"default", "kube-system", "kube-public", "kube-node-lease"}; slices.Contains(reserved, name) {
			v.Add(path, "the workload gets a namespace of its name, and %s is Kubernetes' own; choose another name", name)
		}
		v.oneOf(path+".kind", w.Kind, KindNLB)
		v.oneOf(path+".scheme", w.Scheme, InternetFacing, Internal)
		v.between(path+".replicas", w.Replicas, 1, 100, "replicas")
		if !imageName.MatchString(w.Image) {
			v.Add(path+".image", "%q is not an image with a tag or digest, such as registry.k8s.io/e2e-test-images/agnhost:2.53", w.Image)
		}
	}
}

// tags follows AWS's limits (docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html): 50 tags a resource, of which
// the stack adds up to ten of its own.
func (v *validator) tags(tags map[string]string) {
	if len(tags) > 40 {
		v.Add("tags", "%d tags; 40 at most are accepted, AWS allows 50 and the stack adds its own", len(tags))
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		path := In("tags", key)
		switch value := tags[key]; {
		case reserved(key) != "":
			v.Add(path, "the prefix %s is not yours: %s; choose another key", reserved(key), owners[reserved(key)])
		case key == "" || len([]rune(key)) > 128 || len([]rune(value)) > 256 || !tagText.MatchString(key) || !tagText.MatchString(value):
			v.Add(path, "%q: keys up to 128 and values up to 256 letters, digits, spaces and _.:/=+-@ are accepted", value)
		}
	}
}

// owners of prefixes that tell AWS, controllers and people what a resource is for: the same tag on everything would mislead them.
var owners = map[string]string{
	"aws:":                       "AWS sets such tags itself",
	"eksnet/":                    "it tells which stack a resource belongs to",
	"kubernetes.io/":             "controllers find subnets and security groups by it",
	"elbv2.k8s.aws/":             "the load balancer controller knows by it what it made",
	"cluster.k8s.amazonaws.com/": "the CNI knows by it what it made",
}

// reserved is the prefix of a tag's key that is somebody's own, "" for none.
func reserved(key string) string {
	for prefix := range owners {
		if strings.HasPrefix(strings.ToLower(key), prefix) {
			return prefix
		}
	}
	return ""
}

func (v *validator) oneOf(path, value string, accepted ...string) {
	switch {
	case value == "":
		v.Add(path, "missing; accepted: %s", list(accepted...))
	case !slices.Contains(accepted, value):
		v.Add(path, "%q is not accepted; accepted: %s", value, list(accepted...))
	}
}

func (v *validator) between(path string, value, least, most int, unit string) {
	if value < least || value > most {
		v.Add(path, "%d %s; %d to %d are accepted", value, unit, least, most)
	}
}

func (v *validator) cidr(path, text string) {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		v.Add(path, "%q is not an IPv4 range, such as 10.0.0.0/16", text)
	case !prefix.Addr().Is4():
		v.Add(path, "%q is an IPv6 range; an IPv4 range is expected, such as 10.0.0.0/16", text)
	case prefix != prefix.Masked():
		v.Add(path, "%q has address bits beyond its length; write %s", text, prefix.Masked())
	}
}

func numbers(values []int) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = fmt.Sprint(value)
	}
	return list(texts...)
}
