package config

import (
	"maps"
	"slices"
	"strings"
)

// tags follows AWS's limits (docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html): 50 tags a resource, of which
// eksnet adds up to ten of its own. Others is the number of tags that come from elsewhere.
func (v *validator) tags(at string, tags map[string]string, others int) {
	if len(tags) > 0 && len(tags)+others > 40 {
		v.Add(at, "%d tags, with those of the stack; 40 at most are accepted, AWS allows 50 and eksnet adds its own", len(tags)+others)
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		path := In(at, key)
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
