package world_test

import (
	"testing"
	"time"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestTimesDependOnTheInputs(t *testing.T) {
	for what, test := range map[string]struct {
		typ      string
		inputs   store.Properties
		creation time.Duration
	}{
		"the CNI's add-on":             {store.AddonType, store.Properties{"addonName": "vpc-cni"}, 30 * time.Second},
		"CoreDNS":                      {store.AddonType, store.Properties{"addonName": "coredns"}, 35 * time.Second},
		"a gateway endpoint":           {store.EndpointType, store.Properties{"vpcEndpointType": "Gateway"}, 6 * time.Second},
		"an interface endpoint":        {store.EndpointType, store.Properties{"vpcEndpointType": "Interface"}, 45 * time.Second},
		"a Service":                    {store.ServiceType, worldtest.Service("web", "ClusterIP"), 11 * time.Second},
		"a load balancer":              {store.ServiceType, worldtest.Service("web", "LoadBalancer"), 11 * time.Second},
		"a headless Service":           {store.ServiceType, worldtest.Edited(worldtest.Service("web", "ClusterIP"), "spec.clusterIP", "None"), time.Second},
		"an ExternalName Service":      {store.ServiceType, worldtest.Service("web", "ExternalName"), time.Second},
		"a type that is not simulated": {"aws:s3/bucket:Bucket", nil, 0},
	} {
		if creation, _ := world.Times(test.typ, test.inputs); creation != test.creation {
			t.Errorf("%s takes %s and not %s", what, creation, test.creation)
		}
	}
}
