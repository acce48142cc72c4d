package balancer_test

import (
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan/balancer"
)

func TestTheMostExactRuleOfAnALBComesFirst(t *testing.T) {
	exact := []config.Workload{
		{Hosts: []string{"shop.example.com"}, Paths: []string{"/" + strings.Repeat("a", 125)}},
		{Hosts: []string{"shop.example.com"}, Paths: []string{"/cart/items"}},
		{Hosts: []string{"shop.example.com"}, Paths: []string{"/cart"}},
		{Hosts: []string{"shop.example.com"}, Paths: []string{"/"}},
		{Hosts: []string{"*.example.com"}, Paths: []string{"/cart"}},
		{Hosts: []string{"*.example.com"}, Paths: []string{"/"}},
		{Paths: []string{"/cart"}},
		{Paths: []string{"/"}},
	}
	for i, w := range exact {
		order := balancer.DefaultGroupOrder(w)
		if order < 1 || order > 1000 {
			t.Errorf("%+v has place %d, where the controller takes 1 to 1000", w, order)
		}
		if i > 0 && order <= balancer.DefaultGroupOrder(exact[i-1]) {
			t.Errorf("%+v comes before %+v", w, exact[i-1])
		}
	}
}

func TestMembersOfAGroupAreInTheZonesThatOneOfThemNames(t *testing.T) {
	s := &config.Stack{Network: config.Network{Zones: []string{"a", "b", "c"}}, Workloads: map[string]config.Workload{
		"cart": {Kind: config.KindALB, Group: "shop"}, "shop": {Kind: config.KindALB, Group: "shop", Zones: []string{"b", "a"}},
		"web": {Kind: config.KindALB}, "echo": {Kind: config.KindCLB},
	}}
	for workload, want := range map[string]string{"cart": "b a", "shop": "b a", "web": "a b c", "echo": "a b c"} {
		if got := strings.Join(balancer.ZonesOf(s, workload), " "); got != want {
			t.Errorf("%s is in %s, want %s", workload, got, want)
		}
	}
}
