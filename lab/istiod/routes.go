package main

import (
	"errors"
	"fmt"
	"net"
	"strings"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	manager "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
)

// httpManager returns the filter for HTTP of a listener without TLS, and an error for another listener.
func httpManager(l *listener.Listener) (*manager.HttpConnectionManager, error) {
	for _, chain := range l.FilterChains {
		for _, filter := range chain.Filters {
			found := &manager.HttpConnectionManager{}
			if filter.GetTypedConfig().UnmarshalTo(found) != nil {
				continue
			}
			if chain.TransportSocket != nil {
				return nil, fmt.Errorf("listener %s ends TLS, which the lab's proxy does not support", l.Name)
			}
			return found, nil
		}
	}
	return nil, fmt.Errorf("listener %s is not for HTTP, which is all that the lab's gateway supports", l.Name)
}

// errNoRoute is the error of a request that no route matches.
var errNoRoute = errors.New("no route")

// clusterFor returns the cluster for a request: of the first route that matches the path in the virtual host that
// matches the host best. Routes with conditions or actions that the lab's proxy does not support are errors.
func clusterFor(routes *route.RouteConfiguration, host, path string) (string, error) {
	virtual := virtualHost(routes, host)
	for _, r := range virtual.GetRoutes() {
		matches, err := matchesPath(r.Match, path)
		if err != nil {
			return "", err
		}
		if !matches {
			continue
		}
		all := clustersOf(r)
		if len(all) != 1 {
			return "", fmt.Errorf("route %q has %d clusters or another action: the lab's proxy supports routes to one cluster", r.Name, len(all))
		}
		return all[0].name, nil
	}
	return "", errNoRoute
}

// virtualHost returns the virtual host for a host: by its name, then by the longest suffix, then the one for any host
// (envoyproxy.io/docs/envoy/latest/api-docs/config/route/v3/route_components.proto, VirtualHost.domains).
func virtualHost(routes *route.RouteConfiguration, host string) (best *route.VirtualHost) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(host)
	longest := -1
	for _, v := range routes.GetVirtualHosts() {
		for _, domain := range v.Domains {
			domain = strings.ToLower(domain)
			if domain == host {
				return v
			}
			suffix, isSuffix := strings.CutPrefix(domain, "*")
			if isSuffix && len(suffix) > longest && len(host) > len(suffix) && strings.HasSuffix(host, suffix) {
				best, longest = v, len(suffix)
			}
		}
	}
	return best
}

// matchesPath reports whether a route matches a path.
func matchesPath(m *route.RouteMatch, path string) (bool, error) {
	if len(m.Headers) > 0 || len(m.QueryParameters) > 0 || m.RuntimeFraction != nil || m.TlsContext != nil {
		return false, errors.New("a route has conditions for other parts of a request than host and path, which the lab's proxy does not support")
	}
	if m.CaseSensitive != nil && !m.CaseSensitive.Value {
		return false, errors.New("a route ignores the case of paths, which the lab's proxy does not support")
	}
	switch by := m.PathSpecifier.(type) {
	case *route.RouteMatch_Prefix:
		return strings.HasPrefix(path, by.Prefix), nil
	case *route.RouteMatch_Path:
		return path == by.Path, nil
	case *route.RouteMatch_PathSeparatedPrefix:
		return path == by.PathSeparatedPrefix || strings.HasPrefix(path, by.PathSeparatedPrefix+"/"), nil
	}
	return false, fmt.Errorf("a route matches paths by %T, which the lab's proxy does not support", m.PathSpecifier)
}

// weightedCluster is a cluster of a route with its share of the requests.
type weightedCluster struct {
	name   string
	weight uint32
}

// clustersOf returns the clusters of a route, none for a route with another action.
func clustersOf(r *route.Route) (all []weightedCluster) {
	if name := r.GetRoute().GetCluster(); name != "" {
		return []weightedCluster{{name: name, weight: 100}}
	}
	for _, c := range r.GetRoute().GetWeightedClusters().GetClusters() {
		all = append(all, weightedCluster{name: c.Name, weight: c.GetWeight().GetValue()})
	}
	return all
}
