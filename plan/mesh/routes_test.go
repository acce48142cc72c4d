package mesh_test

import (
	"reflect"
	"testing"

	"eksnet/config"
	"eksnet/plan/mesh"
)

func TestLongerPathsComeFirstAndEachHostHasItsRoutesInOnePlace(t *testing.T) {
	s := &config.Stack{Workloads: map[string]config.Workload{
		"shop":   {Kind: config.KindMesh, Hosts: []string{"shop.example.com", "*.example.org"}, Paths: []string{"/"}},
		"cart":   {Kind: config.KindMesh, Hosts: []string{"shop.example.com"}, Paths: []string{"/cart", "/a"}},
		"hello":  {Kind: config.KindMesh, Paths: []string{"/"}},
		"beside": {Kind: config.KindALB, Hosts: []string{"shop.example.com"}, Paths: []string{"/beside"}},
	}}
	want := []mesh.Host{
		{Name: "*", Routes: []mesh.Route{{Prefix: "/", Workload: "hello"}}},
		{Name: "*.example.org", Routes: []mesh.Route{{Prefix: "/", Workload: "shop"}}},
		{Name: "shop.example.com", Routes: []mesh.Route{{Prefix: "/cart", Workload: "cart"}, {Prefix: "/a", Workload: "cart"}, {Prefix: "/", Workload: "shop"}}},
	}
	if got := mesh.Hosts(s); !reflect.DeepEqual(got, want) {
		t.Errorf("the routes are %+v", got)
	}
}
