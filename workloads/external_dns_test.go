package workloads

import (
	"testing"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// Otherwise ExternalDNS would create the records of an Ingress while the stack waits for its address, and Route 53
// would refuse those of the stack.
func TestExternalDNSPassesOverIngressesWithRecordsOfTheStack(t *testing.T) {
	spec := config.Workload{Kind: config.KindALB, Hosts: []string{"shop.example.com"}}
	if value := (&ALBArgs{Spec: spec, ExternalDNS: true}).annotations()[awsdata.ExternalDNSController]; value == "" || value == "dns-controller" {
		t.Errorf("the annotation is %q", value)
	}
	for _, other := range []*ALBArgs{{Spec: spec}, {Spec: config.Workload{Kind: config.KindALB}, ExternalDNS: true}} {
		if value, set := other.annotations()[awsdata.ExternalDNSController]; set {
			t.Errorf("without ExternalDNS or hosts the annotation is %q", value)
		}
	}
}
