package resolver

import (
	"net/netip"
	"slices"
	"testing"

	"eksnet/lab/rehearsed"
)

const balancer = "k8s-shop-1.elb.eu-north-1.amazonaws.com"

func resolveTestBalancer(host string) ([]netip.Addr, bool) {
	if host != balancer {
		return nil, false
	}
	return []netip.Addr{netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("2001:db8::7")}, true
}

// testNames returns the names of a public zone, and of private zones of vpc-1 and vpc-2, in a place.
func testNames(vpc string) *Names {
	alias := &rehearsed.Alias{Host: balancer}
	return NewNames([]rehearsed.HostedZone{{ID: "Z1", Domain: "example.com"}, {ID: "Z2", Domain: "corp.example.com", VPCs: []string{"vpc-9", "vpc-1"}},
		{ID: "Z3", Domain: "com", VPCs: []string{"vpc-2"}}},
		[]rehearsed.Record{
			{Zone: "Z1", Name: "shop.example.com", Type: "A", Alias: alias}, {Zone: "Z1", Name: "shop.example.com", Type: "AAAA", Alias: alias},
			{Zone: "Z1", Name: "old.example.com", Type: "A", Alias: alias},
			{Zone: "Z1", Name: "www.example.com", Type: "CNAME", Values: []string{"shop.example.com."}},
			{Zone: "Z1", Name: "*.apps.example.com", Type: "A", Values: []string{"192.0.2.5", "192.0.2.6"}},
			{Zone: "Z1", Name: "one.apps.example.com", Type: "TXT", Values: []string{`"heritage"`}},
			{Zone: "Z1", Name: "admin.corp.example.com", Type: "A", Values: []string{"192.0.2.9"}},
			{Zone: "Z2", Name: "admin.corp.example.com", Type: "A", Values: []string{"10.0.0.9"}}}, vpc)
}

func TestNamesAreThoseOfTheZonesThatAClientUses(t *testing.T) {
	const outside = ""
	for _, c := range []struct {
		vpc, name string
		addresses []string
		known     bool
	}{
		{outside, balancer, []string{"203.0.113.7", "2001:db8::7"}, true},
		{outside, "shop.example.com", []string{"203.0.113.7", "2001:db8::7"}, true},
		{outside, "old.example.com", []string{"203.0.113.7"}, true},
		{outside, "www.example.com", []string{"203.0.113.7", "2001:db8::7"}, true},
		{outside, "two.apps.example.com", []string{"192.0.2.5", "192.0.2.6"}, true},
		{outside, "a.b.apps.example.com", []string{"192.0.2.5", "192.0.2.6"}, true},
		{outside, "one.apps.example.com", nil, true},
		{outside, "none.example.com", nil, false},
		{outside, "example.org", nil, false},
		{outside, "admin.corp.example.com", []string{"192.0.2.9"}, true},
		{"vpc-1", "admin.corp.example.com", []string{"10.0.0.9"}, true},
		{"vpc-1", "other.corp.example.com", nil, false},
		{"vpc-1", "shop.example.com", []string{"203.0.113.7", "2001:db8::7"}, true},
		{"vpc-2", "shop.example.com", nil, false}, // the private zone contains it
	} {
		found, known := testNames(c.vpc).Lookup(c.name, resolveTestBalancer)
		var addresses []string
		for _, a := range found {
			addresses = append(addresses, a.String())
		}
		if !slices.Equal(addresses, c.addresses) || known != c.known {
			t.Errorf("%s in %q: %v, known %v", c.name, c.vpc, addresses, known)
		}
	}
}

func TestACircleOfNamesHasNoAddress(t *testing.T) {
	n := NewNames([]rehearsed.HostedZone{{ID: "Z1", Domain: "example.com"}},
		[]rehearsed.Record{{Zone: "Z1", Name: "a.example.com", Type: "CNAME", Values: []string{"a.example.com"}}}, "")
	if found, known := n.Lookup("a.example.com", resolveTestBalancer); len(found) > 0 || !known {
		t.Errorf("%v, %v", found, known)
	}
}

func TestAllNamesAreThoseOfOnePlace(t *testing.T) {
	want := []string{"old.example.com", "one.apps.example.com", "shop.example.com", "www.example.com"}
	if got := testNames("vpc-1").All(); !slices.Equal(got, append([]string{"admin.corp.example.com"}, want...)) {
		t.Errorf("in the VPC %v", got)
	}
	if got := testNames("vpc-2").All(); len(got) != 0 {
		t.Errorf("in the VPC with a private zone for all of com: %v", got)
	}
}
