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
	p.goThroughProxy(s)
	p.ClientAddressIn = ""
	if gateway.Source == Clients || gateway.ClientAddressIn != "" {
		p.ClientAddressIn = ForwardedForHeader
	}
}

// goThroughProxy adds the proxy in a pod, which connects to the application itself. It passes UDP on unchanged: the
// rules of istio-init redirect TCP only (istio.io/istio, tools/istio-iptables/pkg/capture).
func (p *Path) goThroughProxy(s *config.Stack) {
	if p.Pod.Protocol == config.ProtocolUDP {
		return
	}
	p.Proxied, p.Source, p.SourceOfIPv4 = true, Proxies, ""
	if s.Network.IPv6() {
		p.Source = ProxiesIPv6
	}
}
