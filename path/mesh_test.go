package path_test

import (
	"testing"

	"eksnet/config"
	"eksnet/path"
)

func TestRequestsToTheMeshPassItsGatewayAndTheProxyOfThePod(t *testing.T) {
	for address, header := range map[string]string{"preserved": path.ForwardedForHeader, "proxyProtocol": path.ForwardedForHeader, "none": ""} {
		way := of(t, `{"kind": "mesh"}`, map[string]string{"eksnet:addons": `{"istio": {"gateway": {"clientAddress": "` + address + `"}}}`})
		if way.Through != config.IstioGatewayName || way.Balancer == nil || way.Target.Port != config.HTTPPort || way.Health.Port != 15021 {
			t.Errorf("%s: %+v", address, way)
		}
		if way.Source != path.Proxies || way.ClientAddressIn != header || way.Pod.Port != 8080 {
			t.Errorf("%s: the pod sees %s, and the client in %q", address, way.Source, way.ClientAddressIn)
		}
		if way.Zones.ToTarget || !way.Zones.ToPod {
			t.Errorf("%s: zones %+v", address, way.Zones)
		}
	}
}

func TestAProxyHidesTheClientOfALoadBalancerFromThePod(t *testing.T) {
	mesh := map[string]string{"eksnet:addons": `{"istio": {"mtls": "permissive"}}`}
	for typed, header := range map[string]string{
		`{"kind": "alb", "mesh": true}`:                                                 path.ForwardedForHeader,
		`{"kind": "nlb", "mesh": true, "preserveClientAddress": true}`:                  "",
		`{"kind": "clb", "mesh": true}`:                                                 "",
		`{"kind": "nlb", "target": "instance", "trafficPolicy": "Local", "mesh": true}`: "",
	} {
		if way := of(t, typed, mesh); !way.Proxied || way.Through != "" || way.Source != path.Proxies || way.ClientAddressIn != header {
			t.Errorf("%s: the pod sees %s, and the client in %q: %+v", typed, way.Source, way.ClientAddressIn, way)
		}
	}
	if way := of(t, `{"kind": "nlb", "protocol": "UDP", "mesh": true}`, mesh); way.Proxied || way.Source != path.Clients {
		t.Errorf("UDP: %+v", way)
	}
}

func TestTheProxyOfAPodInAnIPv6ClusterHasAnIPv6Address(t *testing.T) {
	way := of(t, `{"kind": "mesh"}`, map[string]string{
		"eksnet:addons":  `{"istio": {}}`,
		"eksnet:network": `{"zones": ["ap-northeast-2a", "ap-northeast-2b"], "ipFamily": "ipv6"}`,
	})
	if way.Source != path.ProxiesIPv6 || way.SourceOfIPv4 != "" {
		t.Errorf("the pod sees %s, and of IPv4 clients %q", way.Source, way.SourceOfIPv4)
	}
}
