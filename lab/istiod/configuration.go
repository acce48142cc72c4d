package main

import (
	"maps"
	"slices"
	"sync"

	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// configuration is what a proxy has received from istiod.
type configuration struct {
	// changed is called after a change of listeners, nil for nothing.
	changed func([]*listener.Listener)

	mutex     sync.Mutex
	received  bool // listeners, of which there may be none
	listeners []*listener.Listener
	routes    map[string]*route.RouteConfiguration
	endpoints map[string][]string // addresses by cluster
	next      map[string]int      // the endpoint of the next request, by cluster
}

func (c *configuration) setListeners(all []*listener.Listener) {
	c.mutex.Lock()
	c.received, c.listeners = true, all
	c.mutex.Unlock()
	if c.changed != nil {
		c.changed(all)
	}
}

func (c *configuration) setRoutes(all []*route.RouteConfiguration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.routes == nil {
		c.routes = map[string]*route.RouteConfiguration{}
	}
	for _, r := range all {
		c.routes[r.Name] = r
	}
}

func (c *configuration) setEndpoints(all []*endpoint.ClusterLoadAssignment) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.endpoints == nil {
		c.endpoints, c.next = map[string][]string{}, map[string]int{}
	}
	for _, a := range all {
		c.endpoints[a.ClusterName] = addressesOf(a)
	}
}

// isReady reports whether istiod has sent the listeners, for which the agent waits too.
func (c *configuration) isReady() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.received
}

// named returns the names of the routes in the listeners of a gateway, and of the clusters in these routes, by type.
func (c *configuration) named() map[string][]string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var routes []string
	clusters := map[string]bool{}
	for _, l := range c.listeners {
		// Listeners that are not for HTTP have no routes.
		if manager, err := httpManager(l); err == nil && manager.GetRds() != nil {
			name := manager.GetRds().RouteConfigName
			routes = append(routes, name)
			for _, host := range c.routes[name].GetVirtualHosts() {
				for _, r := range host.Routes {
					for _, cluster := range clustersOf(r) {
						clusters[cluster.name] = true
					}
				}
			}
		}
	}
	slices.Sort(routes)
	return map[string][]string{routeType: slices.Compact(routes), endpointType: slices.Sorted(maps.Keys(clusters))}
}

// route returns the routes with a name, nil for none.
func (c *configuration) route(name string) *route.RouteConfiguration {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.routes[name]
}

// endpoint returns the endpoints of a cluster in turn, "" for none.
func (c *configuration) endpoint(cluster string) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	all := c.endpoints[cluster]
	if len(all) == 0 {
		return ""
	}
	c.next[cluster]++
	return all[c.next[cluster]%len(all)]
}
