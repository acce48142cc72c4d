package cluster

import (
	"testing"

	"eksnet/lab/rehearsed"
)

func TestServicesOfTheClusterHaveTheirUsualAddresses(t *testing.T) {
	for services, want := range map[string][]string{"10.100.0.0/16": {"10.100.0.1", "10.100.0.10"}, "fd12:3456:789a::/108": {"fd12:3456:789a::1", "fd12:3456:789a::a"}} {
		s := &rehearsed.Stack{Cluster: rehearsed.Cluster{ServiceCIDR: services}}
		for i, number := range []int{kubernetesService, dnsService} {
			if got, err := serviceAddress(s, number); err != nil || got != want[i] {
				t.Errorf("address %d of %s is %s (%v), want %s", number, services, got, err, want[i])
			}
		}
	}
	if _, err := serviceAddress(&rehearsed.Stack{}, dnsService); err == nil {
		t.Error("a stack without a range of Services has an address of a Service")
	}
}
