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
