package world

import "time"

// addonTimes are what the add-ons take to become active: vpc-cni and kube-proxy before there are nodes, CoreDNS after.
var addonTimes = map[string]time.Duration{"vpc-cni": 30 * time.Second, "coredns": 35 * time.Second, "kube-proxy": 20 * time.Second}

// gatewayEndpoint is what an endpoint takes that only adds routes to tables (6 s in each of ten pasted logs, 6 to 7 s to delete);
// one with interfaces takes as long as its kind says.
const gatewayEndpoint = 6 * time.Second

// Times are the medians of what AWS or Kubernetes take to make and to delete a resource, for the rehearsal's clock; zero for
// a type that the world does not know. Where resources of a type differ, their inputs tell which it is. What a call waits
// for beyond that stands in the world's waits.
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
		// The provider waits for the endpoints of every Service but these.
		if at(inputs, "spec.clusterIP") == "None" || at(inputs, "spec.type") == "ExternalName" {
			creation = time.Second
		}
	}
	return creation, deletion
}
