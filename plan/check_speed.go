package plan

import (
	"fmt"

	"eksnet/config"
	"eksnet/plan/capacity"
)

// checkSpeed refuses measurements of speed in a cluster in which all pods of the stack run on one node: nothing crosses
// a network there. A cluster without a node for them is refused anyway.
func checkSpeed(s *config.Stack, problems *config.Problems) {
	if nodes, known := capacity.CountUntaintedNodes(s); !known || nodes != 1 {
		return
	}
	for path := range config.WorkloadsOfKind(s.Workloads, config.KindSpeed) {
		problems.Add(path+".kind", "speed measures between nodes and zones, and the node groups start one untainted node; give a node group without taints desired 2 or more")
	}
}

// adviseOnSpeed warns of places that are not measured, because node groups or clients are too few for them. EC2 Auto
// Scaling spreads the nodes of a group evenly over the zones, and nothing does so for the nodes of several groups
// (docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html#AutoScalingBehavior.InstanceUsage).
func adviseOnSpeed(s *config.Stack) []config.Warning {
	var all []config.Warning
	zones := len(s.Network.Zones)
	nodes, known := capacity.CountUntaintedNodes(s)
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.KindSpeed) {
		warn := func(key, format string, arguments ...any) {
			all = append(all, config.Warning{Path: path + key, Text: fmt.Sprintf(format, arguments...)})
		}
		switch {
		case w.Replicas < 2:
			warn(".replicas", "%s is on the node of the server, so nothing is measured between nodes; write %d, one more than there are zones", config.Count(w.Replicas, "client", "clients"), config.SpeedClients(s.Network.Zones))
		case w.Replicas <= zones:
			warn(".replicas", "%s in %d zones may leave the zone of the server with one client, on its node, so the speed in a zone is not measured; write %d", config.Count(w.Replicas, "client", "clients"), zones, config.SpeedClients(s.Network.Zones))
		}
		if !known || nodes < 2 {
			continue
		}
		if !capacity.SpansZones(s) {
			warn(".kind", "each node group without taints starts one node, and they may all be in one zone, where the speed between zones cannot be measured; give one of them desired 2 or more")
		}
		if nodes <= zones {
			warn(".kind", "%s in %d zones may be one in each, so the speed in a zone is not measured; start %d", config.Count(nodes, "untainted node", "untainted nodes"), zones, zones+1)
		}
	}
	return all
}
