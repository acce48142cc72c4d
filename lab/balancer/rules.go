package balancer

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// selectAction returns the action of the first rule that matches a request, or the default action.
func (l *Listener) selectAction(r *http.Request) Action {
	for _, rule := range l.Rules {
		if rule.Matches(r) {
			return rule.Action
		}
	}
	return l.Default
}

// Matches reports whether a request matches all conditions. Hosts, headers and the query are not case-sensitive, paths
// and methods are (docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html).
func (rule *Rule) Matches(r *http.Request) bool {
	return matchesAny(rule.Hosts, func(pattern string) bool { return matchesFolded(pattern, hostName(r)) }) &&
		matchesAny(rule.Paths, func(pattern string) bool { return matchesPattern(pattern, r.URL.EscapedPath()) }) &&
		matchesAny(rule.Methods, func(method string) bool { return method == r.Method }) &&
		matchesAny(rule.Sources, func(source netip.Prefix) bool { return source.Contains(clientAddress(r)) }) &&
		rule.matchesHeaders(r) &&
		matchesAny(rule.Query, func(q QueryCondition) bool { return q.matches(r) })
}

// matchesAny reports whether one of the values of a condition matches. A condition without values is not set.
func matchesAny[T any](values []T, matches func(T) bool) bool {
	return len(values) == 0 || slices.ContainsFunc(values, matches)
}

func (rule *Rule) matchesHeaders(r *http.Request) bool {
	for name, patterns := range rule.Headers {
		if !matchesAny(patterns, func(pattern string) bool {
			return slices.ContainsFunc(r.Header.Values(name), func(v string) bool { return matchesFolded(pattern, v) })
		}) {
			return false
		}
	}
	return true
}

func (q QueryCondition) matches(r *http.Request) bool {
	for key, values := range r.URL.Query() {
		if q.Key != "" && !matchesFolded(q.Key, key) {
			continue
		}
		if slices.ContainsFunc(values, func(v string) bool { return matchesFolded(q.Value, v) }) {
			return true
		}
	}
	return false
}

// hostName returns the host of a request without its port.
func hostName(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		return host
	}
	return r.Host
}

func clientAddress(r *http.Request) netip.Addr {
	client, _ := netip.ParseAddrPort(r.RemoteAddr)
	return client.Addr().Unmap()
}

func matchesFolded(pattern, text string) bool {
	return matchesPattern(strings.ToLower(pattern), strings.ToLower(text))
}

// matchesPattern reports whether a text matches a pattern, in which * is any number of characters and ? exactly one. It
// returns to the last * where a character does not match.
func matchesPattern(pattern, text string) bool {
	star, after := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, after = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			after++
			p, t = star+1, after
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
