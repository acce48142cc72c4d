package main

import (
	"net"
	"strconv"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
)

// addressesOf returns the addresses of the healthy endpoints of a cluster.
func addressesOf(a *endpoint.ClusterLoadAssignment) (all []string) {
	for _, locality := range a.Endpoints {
		for _, e := range locality.LbEndpoints {
			at := e.GetEndpoint().GetAddress().GetSocketAddress()
			if at == nil || e.HealthStatus != core.HealthStatus_UNKNOWN && e.HealthStatus != core.HealthStatus_HEALTHY {
				continue
			}
			all = append(all, net.JoinHostPort(at.Address, strconv.Itoa(int(at.GetPortValue()))))
		}
	}
	return all
}
