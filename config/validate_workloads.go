package config

import (
	"maps"
	"slices"
	"strings"
)

// workloads have names of at most 40 letters, so that Services and Ingresses, which add their kind, stay within the 63 of a DNS
// label; a Service's begins with a letter (kubernetes.io/docs/concepts/overview/working-with-objects/names).
func (v *validator) workloads(workloads map[string]Workload) {
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		path, w := In("workloads", name), workloads[name]
		if !workloadName.MatchString(name) || len(name) > 40 {
			v.Add(path, "the name may hold up to 40 small letters, digits and -, a letter first")
		}
		if reserved := []string{"default", "kube-system", "kube-public", "kube-node-lease"}; slices.Contains(reserved, name) {
			v.Add(path, "the workload gets a namespace of its name, and %s is Kubernetes' own; choose another name", name)
		}
		v.oneOf(path+".kind", w.Kind, KindCLB, KindNLB, KindALB, KindPolicy)
		v.oneOf(path+".app", w.App, AppEcho, App2048)
		if w.Kind == KindPolicy {
			v.policy(path, w)
		} else {
			v.oneOf(path+".scheme", w.Scheme, InternetFacing, Internal)
			v.target(path+".target", w)
			v.rule(path, w)
		}
		v.between(path+".replicas", w.Replicas, 1, 100, "replicas")
		v.image(path+".image", w)
	}
}

// policy refuses what a workload without a load balancer does not have, and an application whose pods cannot ask.
func (v *validator) policy(path string, w Workload) {
	for _, key := range []struct{ name, value string }{
		{"scheme", w.Scheme}, {"target", w.Target}, {"group", w.Group}, {"host", w.Host}, {"path", w.Path},
	} {
		if key.value != "" {
			v.Add(path+"."+key.name, "%q, but policy has no load balancer; remove it or write kind: alb", key.value)
		}
	}
	if w.App == App2048 {
		v.Add(path+".app", "game-2048, but the clients of policy are of the server's image, and that of game-2048 has nothing to ask with; write echo")
	}
}

func (v *validator) target(path string, w Workload) {
	if w.Kind == KindCLB && w.Target == TargetIP {
		v.Add(path, "ip, but a Classic Load Balancer knows instances alone; write instance, or kind nlb or alb")
		return
	}
	v.oneOf(path, w.Target, TargetIP, TargetInstance)
}

// rule checks what decides which requests a workload gets, which only an ALB reads.
func (v *validator) rule(path string, w Workload) {
	if w.Kind == KindCLB || w.Kind == KindNLB {
		v.without(path+".group", w.Group, w.Kind)
		v.without(path+".host", w.Host, w.Kind)
		v.without(path+".path", w.Path, w.Kind)
		return
	}
	if w.Group != "" && !groupName.MatchString(w.Group) {
		v.Add(path+".group", "%q is not the name of an ALB group; up to 63 small letters, digits, - and . are accepted, a letter or digit first and last", w.Group)
	}
	if w.Host != "" && (!hostName.MatchString(w.Host) || len(w.Host) > 128) {
		v.Add(path+".host", "%q is not a host that requests ask for, such as shop.example.com or *.example.com, without scheme and port", w.Host)
	}
	v.path(path+".path", w)
}

func (v *validator) without(path, value, kind string) {
	if value != "" {
		v.Add(path, "%q, but %s passes connections on and reads no requests; remove it or write kind: alb", value, kind)
	}
}

// path follows what Kubernetes takes as a prefix and what fits into an ALB's condition, 128 characters of which the controller
// adds two (docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html).
func (v *validator) path(path string, w Workload) {
	dots := func(segment string) bool { return segment == "." || segment == ".." }
	switch {
	case w.Path == "" || w.Path == "/":
	case !urlPath.MatchString(w.Path) || len(w.Path) > 126 || slices.ContainsFunc(strings.Split(w.Path, "/"), dots):
		v.Add(path, "%q is not where a workload begins; / or up to 126 characters such as /shop are accepted, without a / at the end and without wildcards", w.Path)
	case w.App == App2048:
		v.Add(path, "%q, but game-2048 answers at / alone; give it a host of its own instead", w.Path)
	}
}

func (v *validator) image(path string, w Workload) {
	if w.Image == "" {
		return // the application's own, which has none where app is a mistake
	}
	if !imageName.MatchString(w.Image) || repository.MatchString(w.Image) {
		v.Add(path, "%q is not an image with a tag or digest, such as %s", w.Image, EchoImage)
	}
}
