package account

import (
	"net/netip"
	"slices"
	"testing"
)

func TestANodeHasAddressesForAllPodsItMayRun(t *testing.T) {
	taken := map[string]bool{"10.0.0.10": true, "10.0.0.14": true}
	subnet := netip.MustParsePrefix("10.0.0.0/28")
	first := Node{MaxPods: 3, PodIPs: []string{"10.0.0.10"}}
	addPodAddresses(&first, subnet, taken)
	if want := []string{"10.0.0.10", "10.0.0.13", "10.0.0.12"}; !slices.Equal(first.PodIPs, want) {
		t.Errorf("%v, want %v: the last address is reserved, and another is taken", first.PodIPs, want)
	}
	second := Node{MaxPods: 1}
	addPodAddresses(&second, subnet, taken)
	if want := []string{"10.0.0.11"}; !slices.Equal(second.PodIPs, want) {
		t.Errorf("%v, want %v", second.PodIPs, want)
	}
	enough := Node{MaxPods: 1, PodIPs: []string{"10.0.0.4", "10.0.0.5"}}
	if addPodAddresses(&enough, subnet, taken); len(enough.PodIPs) != 2 {
		t.Errorf("%v", enough.PodIPs)
	}
}
