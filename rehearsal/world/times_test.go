package world

import (
	"testing"
	"time"
)

func TestTimesDependOnTheInputs(t *testing.T) {
	for what, test := range map[string]struct {
		typ      string
		inputs   Properties
		creation time.Duration
	}{
		"the CNI's add-on":             {addonType, Properties{"addonName": "vpc-cni"}, 30 * time.Second},
		"CoreDNS":                      {addonType, Properties{"addonName": "coredns"}, 35 * time.Second},
		"a gateway endpoint":           {endpointType, Properties{"vpcEndpointType": "Gateway"}, 6 * time.Second},
		"an interface endpoint":        {endpointType, Properties{"vpcEndpointType": "Interface"}, 45 * time.Second},
		"a Service":                    {serviceType, service("web", "ClusterIP"), 11 * time.Second},
		"a load balancer":              {serviceType, service("web", "LoadBalancer"), 11 * time.Second},
		"a headless Service":           {serviceType, edited(service("web", "ClusterIP"), "spec.clusterIP", "None"), time.Second},
		"an ExternalName Service":      {serviceType, service("web", "ExternalName"), time.Second},
		"a type that is not simulated": {"aws:s3/bucket:Bucket", nil, 0},
	} {
		if creation, _ := Times(test.typ, test.inputs); creation != test.creation {
			t.Errorf("%s takes %s and not %s", what, creation, test.creation)
		}
	}
}
