package config

import (
	"maps"
	"reflect"
	"slices"
	"testing"
)

func TestEveryTagOfKindsNamesKindsOfLoadBalancersInOneOrder(t *testing.T) {
	order := append(slices.Clone(BalancedKinds), KindMesh)
	for _, o := range workloadOptions {
		inOrder := slices.IsSortedFunc(o.kinds, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
		if len(o.kinds) == 0 || !inOrder || slices.ContainsFunc(o.kinds, func(kind string) bool { return !slices.Contains(order, kind) }) {
			t.Errorf("%s is of kinds %q; name some of %q, in that order", o.key, o.kinds, order)
		}
	}
}

func TestWhatAKindDoesInsteadIsOfKindsWithoutTheOption(t *testing.T) {
	for key, kinds := range insteadOf {
		i := slices.IndexFunc(workloadOptions, func(o option) bool { return o.key == key })
		if i < 0 {
			t.Errorf("%s has no tag kinds", key)
			continue
		}
		for kind := range maps.Keys(kinds) {
			if slices.Contains(workloadOptions[i].kinds, kind) {
				t.Errorf("%s says what %s does instead, which has it", key, kind)
			}
		}
	}
}

// A key without the tag is one of every kind: what the workload is and how many pods it has.
func TestEveryOtherKeyOfAWorkloadIsOfAllKinds(t *testing.T) {
	var untagged []string
	typ := reflect.TypeFor[Workload]()
	for i := range typ.NumField() {
		if _, tagged := typ.Field(i).Tag.Lookup("kinds"); !tagged {
			untagged = append(untagged, typ.Field(i).Tag.Get("json"))
		}
	}
	if want := []string{"kind", "app", "replicas", "image"}; !slices.Equal(untagged, want) {
		t.Errorf("%q have no tag kinds, want %q", untagged, want)
	}
}
