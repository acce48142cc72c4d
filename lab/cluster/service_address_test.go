package cluster

import (
	"net/netip"
	"testing"

	"eksnet/lab/rehearsed"
)

func TestServicesOfTheClusterHaveTheirUsualAddresses(t *testing.T) {
	s := &rehearsed.Stack{Cluster: rehearsed.Cluster{ServiceCIDR: "10.100.0.0/16"}}
	for number, want := range map[uint32]string{kubernetesService: "10.100.0.1", dnsService: "10.100.0.10"} {
		if got, err := serviceAddress(s, number); err != nil || got != want {
			t.Errorf("address %d is %s (%v), want %s", number, got, err, want)
		}
	}
	if _, err := serviceAddress(&rehearsed.Stack{}, dnsService); err == nil {
		t.Error("a stack without a range of Services has an address of a Service")
	}
}

func TestTheLastAddressOfARange(t *testing.T) {
	for text, want := range map[string]string{"10.0.32.0/20": "10.0.47.255", "10.0.0.0/28": "10.0.0.15"} {
		if got := lastAddress(netip.MustParsePrefix(text)).String(); got != want {
			t.Errorf("the last address of %s is %s, want %s", text, got, want)
		}
	}
}
