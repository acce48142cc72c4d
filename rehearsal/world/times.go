package world

import "time"

// addonTimes are the times in which the add-ons become active: vpc-cni and kube-proxy before there are nodes, CoreDNS
// after.
var addonTimes = map[string]time.Duration{"vpc-cni": 30 * time.Second, "coredns": 35 * time.Second, "kube-proxy": 20 * time.Second}

// gatewayEndpoint is the time for an endpoint that only adds routes to tables (6 s in each of ten published logs, 6 to
// 7 s to delete); one with interfaces takes as long as its kind declares.
const gatewayEndpoint = 6 * time.Second

// Times returns the median times in which AWS or Kubernetes create and delete a resource, for the rehearsal's clock;
// zero for a type that is not simulated. Where resources of a type differ, their inputs decide. Further waits of a call
// are in waits.go.
func Times(typ string, inputs Properties) (creation, deletion time.Duration) {
	k := kinds[typ]
	if k == nil {
		return 0, 0
	}
	creation, deletion = k.creation, k.deletion
	switch typ {
	case addonType:
		if name, _ := inputs["addonName"].(string); addonTimes[name] != 0 {
			creation = addonTimes[name]
		}
	case endpointType:
		if kind, _ := inputs["vpcEndpointType"].(string); kind == "Gateway" {
			creation, deletion = gatewayEndpoint, gatewayEndpoint
		}
	case serviceType:
		// The provider waits for the endpoints of every Service except these.
		if at(inputs, "spec.clusterIP") == "None" || at(inputs, "spec.type") == "ExternalName" {
			creation = time.Second
		}
	}
	return creation, deletion
}
