package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"eksnet/internal/awsdata"
)

// values describes the accepted values of an attribute. For the schema they are some words, or match a pattern, which
// may be wider.
type values struct {
	accepted string
	words    []string
	pattern  string
	accepts  func(value string) bool
}

func words(known ...string) values {
	return values{list(known...), known, "", func(value string) bool { return slices.Contains(known, value) }}
}

// numbersFrom are those between two, and some words beside them.
func numbersFrom(least, most int, beside ...string) values {
	accepted := list(append(slices.Clone(beside), strconv.Itoa(least)+" to "+strconv.Itoa(most))...)
	return values{accepted, nil, `^(` + strings.Join(append(slices.Clone(beside), `-?[0-9]+`), "|") + `)$`, func(value string) bool {
		number, err := strconv.Atoi(value)
		return slices.Contains(beside, value) || err == nil && number >= least && number <= most && value == strconv.Itoa(number)
	}}
}

var (
	// anyText goes into an annotation of the form a=b,c=d, of which the controller takes the spaces around each part
	// away.
	anyText = values{"a string without , or = and without leading or trailing spaces", nil, `^[^,=]+$`, func(value string) bool {
		return value != "" && !strings.ContainsAny(value, ",=") && value == strings.TrimSpace(value)
	}}
	cookieName = values{"a string without , or = that does not begin with AWSALB, which is reserved for the load balancer", nil, anyText.pattern, func(value string) bool {
		return anyText.accepts(value) && !strings.HasPrefix(value, "AWSALB")
	}}
)

// balancerTypes are the types of load balancers that have attributes by name.
var balancerTypes = map[string]string{KindNLB: awsdata.NetworkLoadBalancer, KindALB: awsdata.ApplicationLoadBalancer}

// valuesOf returns what an attribute accepts.
func valuesOf(name string, a awsdata.Attribute) values {
	switch {
	case name == "stickiness.app_cookie.cookie_name":
		return cookieName
	case a.Most > 0:
		return numbersFrom(a.Least, a.Most, a.Words...)
	case len(a.Words) > 0:
		return words(a.Words...)
	default:
		return anyText
	}
}

// The attributes that have a key of their own.
var (
	balancerKeys = map[string]string{
		awsdata.LoadBalancerCrossZone: "crossZone",
		awsdata.AccessLogsEnabled:     "accessLogs", awsdata.AccessLogsBucket: "accessLogs", awsdata.AccessLogsPrefix: "accessLogs",
	}
	targetKeys = map[string]string{
		awsdata.DeregistrationTimeout: "deregistrationDelay",
		awsdata.PreserveClientIP:      "preserveClientAddress",
		awsdata.ProxyProtocolV2:       "proxyProtocol",
	}
)

// attributes refuses unknown attributes, those of another kind, and those that another key sets.
func (v *validator) attributes(path, kind string, typed map[string]string, known map[string]awsdata.Attributes, keys map[string]string) {
	ofKind := known[balancerTypes[BaseKind(kind)]]
	v.acceptAttributes(path, ofKind, keys)
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		at := In(path, name)
		attribute, found := ofKind[name]
		switch takes := valuesOf(name, attribute); {
		case keys[name] != "":
			v.attributeOfKey(at, kind, keys[name])
		case !found:
			v.Add(at, "unknown attribute of %s; %s", kind, accepted(name, namesWithoutKey(ofKind, keys)))
		case !takes.accepts(typed[name]):
			v.Add(at, "%q is not accepted; accepted: %s", typed[name], takes.accepted)
		}
	}
}

// acceptAttributes notes all attributes of a kind, each with its own path.
func (v *validator) acceptAttributes(path string, ofKind awsdata.Attributes, keys map[string]string) {
	for _, name := range namesWithoutKey(ofKind, keys) {
		v.accept(path+"."+name, func(c *Constraint) {
			takes := valuesOf(name, ofKind[name])
			for _, word := range takes.words {
				c.OneOf = addOnce(c.OneOf, word)
			}
			if takes.pattern != "" {
				c.Patterns = addOnce(c.Patterns, takes.pattern)
			}
		})
	}
}

func (v *validator) attributeOfKey(at, kind, key string) {
	if BaseKind(kind) == KindALB && key != "deregistrationDelay" && key != "accessLogs" {
		v.Add(at, "cannot be set for %s; remove it", kind)
		return
	}
	v.Add(at, "is set by its own key; remove it here and write %s", key)
}

// namesWithoutKey returns the names of attributes that have no key of their own.
func namesWithoutKey(attributes awsdata.Attributes, keys map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(attributes)), func(name string) bool { return keys[name] != "" })
}
