package config

import (
	"encoding/json"
	"reflect"
	"slices"
)

// option is a key of a workload that some kinds take and others do not.
type option struct {
	key   string
	given any
	kinds []string
	// instead says of a load balancer that does not take it what it does; of those that are not in it, that they read no requests.
	instead map[string]string
}

var anyBalancer = []string{KindCLB, KindNLB, KindALB}

// optionsOf are a workload's keys, but for those that all kinds take.
func optionsOf(w Workload) []option {
	const (
		noNodes  = "opens connections of its own, so that no policy of nodes keeps the client's address"
		inHeader = "tells the client's address in the header X-Forwarded-For"
		noNames  = "has no attributes by name"
	)
	onlyCLB, clbNLB := []string{KindCLB}, []string{KindCLB, KindNLB}
	return []option{
		{"scheme", w.Scheme, anyBalancer, nil},
		{"target", w.Target, anyBalancer, nil},
		{"protocol", w.Protocol, onlyNLB, map[string]string{KindCLB: "listens for TCP alone", KindALB: "listens for HTTP, and for HTTPS with a certificate"}},
		{"trafficPolicy", w.TrafficPolicy, clbNLB, map[string]string{KindALB: noNodes}},
		{"proxyProtocol", w.ProxyProtocol, clbNLB, map[string]string{KindALB: inHeader}},
		{"preserveClientAddress", w.PreserveClientAddress, onlyNLB, map[string]string{KindALB: inHeader, KindCLB: "opens connections of its own, and tells the client's address by proxyProtocol alone"}},
		{"crossZone", w.CrossZone, clbNLB, map[string]string{KindALB: "always sends to all zones"}},
		{"sourceRanges", w.SourceRanges, anyBalancer, nil},
		{"zones", w.Zones, nlbALB, map[string]string{KindCLB: "stands in all zones"}},
		{"securityGroups", w.SecurityGroups, nlbALB, map[string]string{KindCLB: "wears the group that EKS's cloud controller makes"}},
		{"elasticIps", w.ElasticIPs, onlyNLB, map[string]string{KindCLB: "takes addresses of AWS's choice", KindALB: "takes addresses of AWS's choice"}},
		{"attributes", w.Attributes, nlbALB, map[string]string{KindCLB: noNames}},
		{"certificate", w.Certificate, nlbALB, map[string]string{KindCLB: "passes TLS on as it comes"}},
		{"redirect", w.Redirect, onlyALB, nil},
		{"group", w.Group, onlyALB, nil},
		{"order", w.Order, onlyALB, nil},
		{"hosts", w.Hosts, onlyALB, nil},
		{"paths", w.Paths, onlyALB, nil},
		{"defaultBackend", w.DefaultBackend, onlyALB, nil},
		{"health", w.Health, nlbALB, map[string]string{KindCLB: "is told how to check by EKS's cloud controller"}},
		{"deregistrationDelay", w.DeregistrationDelay, nlbALB, map[string]string{KindCLB: "has draining for that"}},
		{"draining", w.Draining, onlyCLB, map[string]string{KindNLB: "has deregistrationDelay for that", KindALB: "has deregistrationDelay for that"}},
		{"targetGroupAttributes", w.TargetGroupAttributes, nlbALB, map[string]string{KindCLB: noNames}},
		{"readinessGate", w.ReadinessGate, nlbALB, map[string]string{KindCLB: "sends to nodes, and pods learn nothing of it"}},
		{"preStop", w.PreStop, anyBalancer, nil},
		{"gracePeriod", w.GracePeriod, anyBalancer, nil},
		{"minAvailable", w.MinAvailable, anyBalancer, nil},
		{"autoscale", w.Autoscale, anyBalancer, nil},
	}
}

// options refuses what a workload's kind does not take.
func (v *validator) options(path string, w Workload) {
	for _, o := range optionsOf(w) {
		if reflect.ValueOf(o.given).IsZero() || slices.Contains(o.kinds, w.Kind) {
			continue
		}
		why := "has no load balancer"
		if w.Balanced() {
			if why = o.instead[w.Kind]; why == "" {
				why = "passes connections on and reads no requests"
			}
		}
		shown, _ := json.Marshal(o.given)
		v.Add(path+"."+o.key, "%s, but %s %s; remove it or write kind: %s", shorten(string(shown)), w.Kind, why, list(o.kinds...))
	}
}
