package cluster

import (
	"testing"

	"eksnet/lab/rehearsed"
)

func TestRecordsHaveTheLoadBalancersOfTheLab(t *testing.T) {
	ingress := func(name, host string) *rehearsed.Object {
		return &rehearsed.Object{Type: rehearsed.Ingress, Outputs: map[string]any{"metadata": map[string]any{"namespace": name, "name": name},
			"status": map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"hostname": host}}}}}}
	}
	alias := func(host string) *rehearsed.Alias {
		return &rehearsed.Alias{Host: host, Zone: "Z23", EvaluateHealth: true}
	}
	stack := &rehearsed.Stack{World: &rehearsed.World{Objects: []*rehearsed.Object{ingress("shop", "shop-rehearsed"), ingress("web", "web-rehearsed")}},
		Records: []rehearsed.Record{{Name: "shop.example.com", Alias: alias("shop-rehearsed")}, {Name: "web.example.com", Alias: alias("web-rehearsed")},
			{Name: "example.com", Type: "TXT", Values: []string{"v=spf1 -all"}}, {Name: "gone.example.com", Alias: alias("gone-rehearsed")}}}
	l := &Lab{Options: Options{Stack: stack}}
	got := l.stackWithRecords([]Address{{Kind: "Ingress", Namespace: "shop", Name: "shop", Host: "shop-lab"}, {Kind: "Ingress", Namespace: "web", Name: "web"},
		{Kind: "Service", Namespace: "web", Name: "web", Host: "other-lab"}}).Records
	if len(got) != 2 || got[0].Name != "shop.example.com" || *got[0].Alias != *alias("shop-lab") || got[1].Name != "example.com" {
		t.Errorf("records %+v", got)
	}
	if stack.Records[0].Alias.Host != "shop-rehearsed" {
		t.Error("the rehearsed stack has changed")
	}
}
