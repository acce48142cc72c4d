package speed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
)

// Missing is a place that cannot be measured.
type Missing struct {
	Place  Place  `json:"place"`
	Reason string `json:"reason"`
}

// pairs are the server and a client in each place.
type pairs struct {
	server  Pod
	clients map[Place]Pod
	missing []Missing
}

// placeOf returns where a client is, relative to the server.
func placeOf(client, server Pod) Place {
	switch {
	case client.Node == server.Node:
		return SameNode
	case client.Zone == server.Zone:
		return SameZone
	default:
		return OtherZone
	}
}

// choosePairs returns the server and the first client of each place, by name. Pods may have moved since they were
// created, so places follow from their nodes and not from their names.
func choosePairs(workload string, zones []string, pods []Pod) (*pairs, error) {
	pods = slices.SortedFunc(slices.Values(pods), func(a, b Pod) int { return cmp.Compare(a.Name, b.Name) })
	for _, p := range pods {
		if p.Node != "" && !slices.Contains(zones, p.Zone) {
			return nil, fmt.Errorf("node %s of pod %s is in zone %q, which is not in network.zones (%s): the kubeconfig is that of another cluster; select one with -kubeconfig or -context", p.Node, p.Name, p.Zone, strings.Join(zones, ", "))
		}
	}
	server, err := readyPod(pods, workload, config.SpeedServer(workload))
	if err != nil {
		return nil, err
	}
	if _, err := readyPod(pods, workload, workload); err != nil {
		return nil, err
	}
	found := &pairs{server: server, clients: map[Place]Pod{}}
	for _, p := range pods {
		if p.App != workload || !p.Ready {
			continue
		}
		if place := placeOf(p, server); found.clients[place].Name == "" {
			found.clients[place] = p
		}
	}
	for _, place := range Places {
		if found.clients[place].Name == "" {
			found.missing = append(found.missing, Missing{place, missingReason(place, workload, server)})
		}
	}
	return found, nil
}

// readyPod returns the first ready pod of a Deployment.
func readyPod(pods []Pod, workload, deployment string) (Pod, error) {
	count := 0
	for _, p := range pods {
		switch {
		case p.App != deployment:
		case p.Ready:
			return p, nil
		default:
			count++
		}
	}
	return Pod{}, fmt.Errorf("no pod of Deployment %s/%s is ready (it has %s); create the workload with pulumi up, or see why: kubectl describe pods -n %[1]s",
		workload, deployment, config.Count(count, "pod", "pods"))
}

// missingReason says why there is no client in a place, and what to do.
func missingReason(place Place, workload string, server Pod) string {
	restart := fmt.Sprintf("to place the pods anew: kubectl rollout restart deployment -n %s", workload)
	switch place {
	case SameNode:
		return fmt.Sprintf("no client is on the node of the server, %s; %s", server.Node, restart)
	case SameZone:
		return fmt.Sprintf("no client is on another node in %s, the zone of the server; start two nodes there, then %s", server.Zone, restart)
	default:
		return fmt.Sprintf("no client is in another zone than %s; start nodes in a second zone, then %s", server.Zone, restart)
	}
}
