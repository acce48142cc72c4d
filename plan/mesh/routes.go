// Package mesh computes the routes of the gateway of a mesh from the workloads of kind mesh.
package mesh

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// Host is a host of the gateway with its routes, in their order: a gateway uses the first that matches.
type Host struct {
	// Name is a host name, or * for any.
	Name   string
	Routes []Route
}

// Route sends the requests below a path to a workload.
type Route struct {
	// Prefix is / or a path without / at the end.
	Prefix, Workload string
}

// Hosts returns the hosts of a stack by their names. The routes of all workloads with a host are in one place, because
// Istio merges those of several objects in no particular order
// (istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services).
func Hosts(s *config.Stack) []Host {
	routes := map[string][]Route{}
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		w := s.Workloads[name]
		if w.Kind != config.KindMesh {
			continue
		}
		for _, host := range w.MeshHosts() {
			for _, prefix := range w.Paths {
				routes[host] = append(routes[host], Route{prefix, name})
			}
		}
	}
	var hosts []Host
	for _, name := range slices.Sorted(maps.Keys(routes)) {
		slices.SortFunc(routes[name], bySpecificity)
		hosts = append(hosts, Host{name, routes[name]})
	}
	return hosts
}

// Workloads returns the names of the workloads behind the gateway with their hosts and paths, in the order of the
// names.
func Workloads(s *config.Stack) []Workload {
	var all []Workload
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		if w := s.Workloads[name]; w.Kind == config.KindMesh {
			all = append(all, Workload{name, w.Hosts, w.Paths})
		}
	}
	return all
}

// Workload is a workload behind the gateway. It serves any host if it has none.
type Workload struct {
	Name         string
	Hosts, Paths []string
}

// bySpecificity sorts longer paths before shorter ones.
func bySpecificity(a, b Route) int {
	if d := len(b.Prefix) - len(a.Prefix); d != 0 {
		return d
	}
	return strings.Compare(a.Prefix, b.Prefix)
}
