package path

import "eksnet/config"

// goThroughGateway adds the hops of requests to a workload of kind mesh: the load balancer and the pods of the gateway,
// which open a connection with mutual TLS to the proxy of any pod of the workload.
func (p *Path) goThroughGateway(s *config.Stack) {
	gateway, err := Of(s, config.IstioGatewayName)
	if err != nil {
		return // config's problem: the stack has no mesh
	}
	p.Through = config.IstioGatewayName
	p.Clients, p.Balancer, p.Target, p.Health = gateway.Clients, gateway.Balancer, gateway.Target, gateway.Health
	p.Zones = Crossings{ToTarget: gateway.Zones.ToTarget, ToPod: len(s.Network.Zones) > 1}
	p.Source, p.SourceOfIPv4, p.ClientAddressIn = Proxies, "", ""
	if gateway.Source == Clients || gateway.ClientAddressIn != "" {
		p.ClientAddressIn = ForwardedForHeader
	}
}
