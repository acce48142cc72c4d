package config

import (
	"net/netip"
	"slices"
	"strings"
)

// mostRules is how many rules an ALB takes
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
const mostRules = 100

// requests checks what decides which requests a workload gets, which only an ALB reads.
func (v *validator) requests(path string, w Workload) {
	v.groupName(path+".group", w.Group)
	if w.Order != nil && w.Kind == KindALB {
		v.order(path+".order", *w.Order, w.Group)
	}
	v.filled(path+".hosts", w.Hosts, "shop.example.com", "any host")
	v.filled(path+".paths", w.Paths, "/shop", "all")
	for i, host := range w.Hosts {
		v.host(At(path+".hosts", i), host, w.Hosts[:i])
	}
	for i, prefix := range w.Paths {
		v.prefix(At(path+".paths", i), prefix, w.Paths[:i], w.App)
	}
	if rules := max(1, len(w.Hosts)) * len(w.Paths); rules > mostRules && !w.IsGateway() {
		v.Add(path+".paths", "%s with %s each are %d rules, but an ALB supports %d; list fewer", Count(max(1, len(w.Hosts)), "host", "hosts"), Count(len(w.Paths), "path", "paths"), rules, mostRules)
	}
}

func (v *validator) groupName(path, group string) {
	if group != "" && !v.matches(path, group, groupName) {
		v.Add(path, "%q is not the name of a group; up to 63 lowercase letters, digits, - and . are accepted, starting and ending with a letter or digit", group)
	}
}

func (v *validator) order(path string, order int, group string) {
	if group == "" {
		v.Add(path, "%d, but the workload has an ALB of its own, so there are no other rules to order; add group, or remove it", order)
		return
	}
	v.between(path, order, -1000, 1000, "is not a valid order")
}

func (v *validator) host(path, host string, before []string) {
	switch {
	case !v.matches(path, host, hostName) || v.longerThan(path, len(host), 128):
		v.Add(path, "%q is not a valid host name, such as shop.example.com or *.example.com, without scheme and port", host)
	case isAddress(host):
		v.Add(path, "%q is an IP address, but Kubernetes accepts only names as hosts of an Ingress; write a name, such as shop.example.com", host)
	case slices.Contains(before, host):
		v.Add(path, "%q is listed twice; list each host once", host)
	}
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// prefix follows what Kubernetes takes as one and what fits into an ALB's condition, 128 characters of which the
// controller adds two (docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html).
func (v *validator) prefix(path, prefix string, before []string, app string) {
	dots := func(segment string) bool { return segment == "." || segment == ".." }
	switch {
	case slices.Contains(before, prefix):
		v.Add(path, "%q is listed twice; list each path once", prefix)
	case prefix == "/":
	case !v.matches(path, prefix, urlPath) || v.longerThan(path, len(prefix), 126) || slices.ContainsFunc(strings.Split(prefix, "/"), dots):
		v.Add(path, "%q is not a valid path prefix; / or up to 126 characters such as /shop are accepted, without a / at the end and without wildcards", prefix)
	case app == App2048:
		v.Add(path, "%q, but game-2048 serves only /; set hosts instead", prefix)
	}
}
