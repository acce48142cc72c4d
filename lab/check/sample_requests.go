package check

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"eksnet/lab/balancer"
	"eksnet/lab/rehearsed"
)

// request is a request to a load balancer.
type request struct{ host, path string }

// sampleRequests returns requests that match each condition of the rules of the load balancers of twins, and some that
// match none. For * in a pattern they have a text.
func (p *Snapshot) sampleRequests(pair [2]rehearsed.Workload) (all []request) {
	hosts, paths := map[string]bool{"other.example.org": true}, map[string]bool{"/": true, "/elsewhere": true}
	for _, w := range pair {
		for _, l := range p.Balancers[behind(w)].Listeners {
			for _, rule := range l.Rules {
				for _, host := range rule.Hosts {
					hosts[strings.ReplaceAll(host, "*", "any")] = true
				}
				for _, path := range rule.Paths {
					paths[strings.ReplaceAll(path, "*", "any")] = true
				}
			}
		}
	}
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			all = append(all, request{host, path})
		}
	}
	return all
}

// answer returns the action of a listener for a request: of the first rule that matches, or the default one.
func (l Listener) answer(r request) string {
	priority := func(text string) int { n, _ := strconv.Atoi(text); return n }
	byPriority := func(a, b string) int { return cmp.Compare(priority(a), priority(b)) }
	for _, at := range slices.SortedFunc(maps.Keys(l.Rules), byPriority) {
		rule := balancer.Rule{Hosts: l.Rules[at].Hosts, Paths: l.Rules[at].Paths}
		if rule.Matches(&http.Request{Host: r.host, URL: &url.URL{Path: r.path}}) {
			return l.Rules[at].Forward
		}
	}
	return l.Default
}
