package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/lab/rehearsed"
)

// differentTwins returns a line for each difference between what the controllers created for a Service or an Ingress
// and for the Gateway with the same keys.
func (p *Snapshot) differentTwins(s *rehearsed.Stack) (lines []string) {
	pairs, compared := twinsOf(s), map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		pair := pairs[name]
		requests := p.sampleRequests(pair)
		without, with := p.twinView(pair[0], pairs, 0, requests), p.twinView(pair[1], pairs, 1, requests)
		if compared[behind(pair[0])] { // the load balancer of a group
			without.Balancer, without.Answers, without.Groups = with.Balancer, with.Answers, with.Groups
		}
		compared[behind(pair[0])] = true
		compare(name, "without a Gateway", generic(without), generic(with), &lines)
	}
	return lines
}

// twinView is what exists for a workload, without the names that its twin does not have.
type twinView struct {
	Balancer Balancer `json:"load balancer"`
	// Answers holds the action of each listener, by port, for each of some requests: a Gateway may have other rules than
	// an Ingress that do the same.
	Answers map[string]map[string]string `json:"requests"`
	Target  Target                       `json:"target group"`
	Groups  []Group                      `json:"security groups"`
	Pods    []Pod                        `json:"pods with readiness gates"`
	// PodRules holds the rules of the security groups of the workload's pods, if they have their own.
	PodRules []string `json:"rules for pods"`
}

// twinView returns the view of one of the twins: that with the Service or Ingress if side is 0.
func (p *Snapshot) twinView(w rehearsed.Workload, pairs map[string][2]rehearsed.Workload, side int, requests []request) twinView {
	b := p.Balancers[behind(w)]
	v := twinView{Balancer: b, Answers: map[string]map[string]string{}, Target: p.Targets[p.groupOf(w)]}
	listeners := map[string]Listener{}
	for port, l := range b.Listeners {
		v.Answers[port] = map[string]string{}
		for _, r := range requests {
			v.Answers[port][r.String()] = l.answer(r)
		}
		l.Rules, l.Default, l.Tags = nil, "", withoutTracking(l.Tags)
		listeners[port] = l
	}
	v.Balancer.Name, v.Balancer.Listeners, v.Balancer.Tags = "", listeners, withoutTracking(b.Tags)
	v.Target.Name, v.Target.Tags, v.Target.Binding.Labels = "", withoutTracking(v.Target.Tags), nil
	for _, group := range b.Groups {
		g := p.Groups[group]
		g.Tags = withoutTracking(g.Tags)
		v.Groups = append(v.Groups, g)
	}
	for app, pod := range p.Pods {
		if app == podName(w.Name, map[string]string{"app.kubernetes.io/name": w.Name}) {
			v.Pods = append(v.Pods, Pod{Gates: map[string]string{"of the target group": strings.Join(slices.Sorted(maps.Values(pod.Gates)), " ")}, Ready: pod.Ready})
		}
	}
	for _, group := range p.Branches[podName(w.Name, map[string]string{"app.kubernetes.io/name": w.Name})] {
		v.PodRules = append(v.PodRules, p.Groups[group].Rules...)
	}
	return p.neutral(v, pairs, side)
}

// neutral replaces names of the workloads and of what is created for them by names that are the same for both twins.
func (p *Snapshot) neutral(v twinView, pairs map[string][2]rehearsed.Workload, side int) (result twinView) {
	var names []string
	replace := func(from, to string) {
		quoted, _ := json.Marshal(from)
		names = append(names, strings.Trim(string(quoted), `"`), to)
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(pairs))) { // a longer name before its beginning
		w := pairs[name][side]
		if group := p.groupOf(w); group != "" {
			replace(group, "target group of "+name)
		}
		for i, address := range w.ElasticIPs {
			replace(address, fmt.Sprintf("Elastic IP %d of %s", i, name))
		}
		replace(podName(w.Name, map[string]string{"app.kubernetes.io/name": w.Name})+":", "pod of "+name+":")
		for _, group := range p.Balancers[behind(w)].Groups {
			if p.Groups[group].Tags["elbv2.k8s.aws/resource"] == "" && strings.HasPrefix(group, "k8s-") {
				replace(group, "security group of the load balancer of "+name)
			}
		}
	}
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal([]byte(strings.NewReplacer(names...).Replace(string(text))), &result)
	}
	if err != nil {
		panic(err) // values are strings, booleans, lists and maps
	}
	return result
}

// trackingTags begin the tags with which the controller finds the resources of an object
// (sigs.k8s.io/aws-load-balancer-controller, pkg/deploy/tracking).
var trackingTags = []string{"service.k8s.aws/", "ingress.k8s.aws/", "gateway.k8s.aws.alb/", "gateway.k8s.aws.nlb/"}

func withoutTracking(tags map[string]string) map[string]string {
	tags = maps.Clone(tags)
	maps.DeleteFunc(tags, func(key, _ string) bool {
		return slices.ContainsFunc(trackingTags, func(begin string) bool { return strings.HasPrefix(key, begin) })
	})
	return tags
}

// String describes a request.
func (r request) String() string { return fmt.Sprintf("%s%s", r.host, r.path) }
