package path_test

import (
	"slices"
	"testing"

	"eksnet/path"
)

var ipv6 = map[string]string{"eksnet:network": `{"zones": ["ap-northeast-2a", "ap-northeast-2b"], "ipFamily": "ipv6"}`}

// A load balancer keeps the address of a client only in the family of its targets, which is IPv6.
func TestOnlyIPv6ClientsKeepTheirAddressInAnIPv6Cluster(t *testing.T) {
	for workload, want := range map[string]struct {
		ofIPv6, ofIPv4 path.Address
		in             string
	}{
		`{"kind": "nlb"}`: {path.Balancers, path.Balancers, ""},
		`{"kind": "nlb", "preserveClientAddress": true}`:         {path.Clients, path.Balancers, ""},
		`{"kind": "nlb", "app": "nginx", "proxyProtocol": true}`: {path.Balancers, path.Balancers, path.ProxyProtocolV2},
		`{"kind": "alb"}`: {path.Balancers, path.Balancers, path.ForwardedForHeader},
	} {
		way := of(t, workload, ipv6)
		if way.Source != want.ofIPv6 || way.SourceOfIPv4 != want.ofIPv4 || way.ClientAddressIn != want.in {
			t.Errorf("%s: a pod sees %q of IPv6 clients, %q of IPv4 clients, and the client's in %q", workload, way.Source, way.SourceOfIPv4, way.ClientAddressIn)
		}
		if !way.Balancer.DualStack || !slices.Equal(way.Clients, []string{"0.0.0.0/0", "::/0"}) {
			t.Errorf("%s: dual-stack %t, clients %v", workload, way.Balancer.DualStack, way.Clients)
		}
	}
	if way := of(t, `{"kind": "nlb"}`, nil); way.SourceOfIPv4 != "" || way.Balancer.DualStack || way.Out.IPv4 != nil {
		t.Errorf("an IPv4 cluster has %+v", way)
	}
}

func TestPodsOfAnIPv6ClusterSendToIPv6FromTheirAddressAndToIPv4FromTheirNodes(t *testing.T) {
	for groups, internet := range map[string][]path.Address{
		`{"a": {"instanceTypes": ["m7g.large"], "scaling": {"desired": 1, "max": 1}}}`:                      {path.Gateways},
		`{"a": {"instanceTypes": ["m7g.large"], "scaling": {"desired": 1, "max": 1}, "subnets": "public"}}`: {path.NodesPublic},
	} {
		out := of(t, `{"kind": "netshoot"}`, map[string]string{"eksnet:network": ipv6["eksnet:network"], "eksnet:nodeGroups": groups}).Out
		if out.VPC != path.Pods || out.Networks != path.Pods || !slices.Equal(out.Internet, []path.Address{path.Pods}) || out.Translated {
			t.Errorf("to IPv6: %+v", out)
		}
		if to := out.IPv4; to.VPC != path.Nodes || to.Networks != path.Nodes || !slices.Equal(to.Internet, internet) || !to.Translated {
			t.Errorf("to IPv4: %+v, want %v to the internet", to, internet)
		}
	}
}
