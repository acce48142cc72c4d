package config

import (
	"maps"
	"slices"
	"strings"
)

// tags follows AWS's limits (docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html): 50 tags a
// resource, of which eksnet adds up to ten of its own. Others is the number of tags that come from elsewhere.
func (v *validator) tags(at string, tags map[string]string, others int) {
	if len(tags) > 0 && len(tags)+others > 40 {
		v.Add(at, "%d tags, including those of the stack; at most 40 are accepted, because AWS allows 50 and eksnet adds its own", len(tags)+others)
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		path := In(at, key)
		switch value := tags[key]; {
		case reservedTag(key) != "":
			v.Add(path, "the prefix %s is reserved: %s; choose another key", reservedTag(key), owners[reservedTag(key)])
		case key == "" || !v.tagText(keyOf(at), key, 128) || !v.tagText(path, value, 256):
			v.Add(path, "%q: keys up to 128 and values up to 256 letters, digits, spaces and _.:/=+-@ are accepted", value)
		}
	}
}

// tagText reports whether a key or a value of a tag has only characters that AWS accepts, and not too many.
func (v *validator) tagText(path, text string, most int) bool {
	return !v.longerThan(path, len([]rune(text)), most) && v.matches(path, text, tagText)
}

// stackTags are those that go on everything: through IAM and through what controllers read again, as well as through
// AWS's own calls. A node group's tags go through AWS's calls alone.
func (v *validator) stackTags(at string, tags map[string]string, workloads map[string]Workload) {
	keys := slices.Sorted(maps.Keys(tags))
	for i, key := range keys {
		path, value := In(at, key), tags[key]
		if other := sameButForCase(key, keys[:i]); other != "" {
			v.Add(path, "differs from tag %q only in upper and lower case, and IAM refuses a role with both (Duplicate tag keys found); remove one of them", other)
		}
		v.chartTag(path, key, value)
		if name := classicOf(workloads); name != "" && strings.Contains(value, "=") {
			v.Add(path, "%q, but EKS's cloud controller, which tags the load balancer of workload %s (kind clb), truncates a value at its first =; use a value without =, or another kind", value, name)
		}
	}
}

// chartTag refuses what the load balancer controller does not get as it was typed. Its chart writes all tags into one
// argument, key=value and with commas between, without quotes in YAML, where ": ", a colon at the end and the
// separators of lines and paragraphs mean something else (github.com/aws/eks-charts/issues/1301); the controller takes
// a key to end at its first = (github.com/spf13/pflag, string_to_string.go). ELB wants no space at either end
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-tags.html).
func (v *validator) chartTag(path, key, value string) {
	switch text := key + "=" + value; {
	case strings.Contains(key, "="):
		v.Add(path, "the key contains =, where the load balancer controller ends the key; use a key without =")
	case strings.Contains(text, ": ") || strings.HasSuffix(text, ":"):
		v.Add(path, "%q: a colon before a space or at the end is read as YAML by the load balancer controller's chart, which does not quote tags; remove the space or the colon", value)
	case strings.ContainsAny(text, "\u2028\u2029"):
		v.Add(path, "%q contains a line or paragraph separator, which ends the value in the load balancer controller's chart; use a space", value)
	case key != strings.TrimSpace(key) || value != strings.TrimSpace(value):
		v.Add(path, "%q: Elastic Load Balancing accepts no space at the beginning or end of a tag's key or value; remove it", value)
	}
}

// sameButForCase is another key that differs in upper and lower case alone, "" for none.
func sameButForCase(key string, keys []string) string {
	for _, other := range keys {
		if strings.EqualFold(key, other) {
			return other
		}
	}
	return ""
}

// classicOf is the first workload with a Classic Load Balancer, "" for none.
func classicOf(workloads map[string]Workload) string {
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		if workloads[name].Kind == KindCLB {
			return name
		}
	}
	return ""
}

// tagsNotOnInstances refuses keys that no tag has, which would have no effect.
func (v *validator) tagsNotOnInstances(s *Stack) {
	keys := map[string]bool{}
	for key := range s.Tags {
		keys[key] = true
	}
	for _, group := range s.NodeGroups {
		for key := range group.Tags {
			keys[key] = true
		}
	}
	for i, key := range s.TagsNotOnInstances {
		at := At("tagsNotOnInstances", i)
		switch {
		case !keys[key]:
			v.Add(at, "no tag has the key %q; %s", key, accepted(key, slices.Sorted(maps.Keys(keys))))
		case v.repeated(at, s.TagsNotOnInstances, i):
			v.Add(at, "%q is listed twice; list each key once", key)
		}
	}
}

// owners are the reserved tag prefixes, by which AWS, controllers and operators identify resources, with the reason for
// each.
var owners = map[string]string{
	"aws:":                       "AWS sets such tags itself",
	"eksnet/":                    "it identifies the stack that a resource belongs to",
	"kubernetes.io/":             "controllers find subnets and security groups by it",
	"elbv2.k8s.aws/":             "the load balancer controller identifies its own resources by it",
	"cluster.k8s.amazonaws.com/": "the VPC CNI identifies its own resources by it",
}

// reservedTag returns the reserved prefix of a tag's key, "" for none.
func reservedTag(key string) string {
	for prefix := range owners {
		if strings.HasPrefix(strings.ToLower(key), prefix) {
			return prefix
		}
	}
	return ""
}
