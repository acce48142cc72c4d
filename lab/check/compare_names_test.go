package check

import (
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

func TestNamesAreComparedWithThePlan(t *testing.T) {
	alias := func(zone, name, typ, host string) rehearsed.Record {
		return rehearsed.Record{Zone: zone, Name: name, Type: typ, Alias: &rehearsed.Alias{Host: host}}
	}
	s := namedStack()
	s.Plan = &rehearsed.Plan{Workloads: []rehearsed.Workload{{Name: "shop", AddressOf: "Service shop/shop-nlb"}},
		Records: []rehearsed.PlannedName{{Host: "shop.example.com", Zone: config.HostedZone{Domain: "example.com"}, Types: []string{"A", "AAAA"}, Workload: "shop"},
			{Host: "shop.example.com", Zone: config.HostedZone{Domain: "example.com", Private: true}, Types: []string{"A"}, Workload: "shop"}}}
	good := []rehearsed.Record{alias("Z1", "shop.example.com", "A", "shop-1"), alias("Z1", "shop.example.com", "AAAA", "shop-1"), alias("Z2", "shop.example.com", "A", "shop-1"),
		{Zone: "Z1", Name: "mail.example.com", Type: "A", Values: []string{"192.0.2.1"}}}
	changed := func(i int, r rehearsed.Record) []rehearsed.Record {
		return append(append(append([]rehearsed.Record{}, good[:i]...), r), good[i+1:]...)
	}
	for words, records := range map[string][]rehearsed.Record{
		"": good,
		`record shop.example.com AAAA in hosted zone Z1: planned for the load balancer of Service shop/shop-nlb, "shop-1", observed "shop-2"`: changed(1, alias("Z1", "shop.example.com", "AAAA", "shop-2")),
		`record shop.example.com A in hosted zone Z2: planned for the load balancer of Service shop/shop-nlb, "shop-1", observed ""`:          changed(2, alias("Z3", "shop.example.com", "A", "shop-1")),
		`record web.example.com A in hosted zone Z1: not planned, observed "web-1"`:                                                           append(good[:4:4], alias("Z1", "web.example.com", "A", "web-1")),
	} {
		got := strings.Join(unplannedNames(s, s.HostedZones, records, map[string]string{"Service shop/shop-nlb": "shop-1"}), "\n")
		if words == "" && got != "" || !strings.Contains(got, words) {
			t.Errorf("%q, want %q", got, words)
		}
	}
	if got := unplannedNames(s, nil, nil, nil); len(got) != 2 || !strings.Contains(got[0], "which do not exist") {
		t.Errorf("without zones %q", got)
	}
}
