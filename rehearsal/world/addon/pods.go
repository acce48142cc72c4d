package addon

import (
	"eksnet/rehearsal/world/store"
)

// setReplicas changes the number of pods of an add-on's Deployment to the one of its configuration. With autoscaling,
// EKS keeps the number in a range, by the number of nodes and cores; a small cluster needs the minimum
// (https://docs.aws.amazon.com/eks/latest/userguide/coredns-autoscaling.html).
func setReplicas(load *store.Object, configuration store.Properties) {
	replicas, given := configuration["replicaCount"].(float64)
	if more, is := configuration["replicas"].(float64); is {
		replicas, given = more, true
	}
	scaling := store.MapOf(configuration["autoScaling"])
	if scaling["enabled"] == true {
		least, most := fewestPods, mostPods
		if n, is := scaling["minReplicas"].(float64); is {
			least = n
		}
		if n, is := scaling["maxReplicas"].(float64); is {
			most = n
		}
		existing, _ := store.MapOf(load.Outputs["spec"])["replicas"].(float64)
		replicas, given = min(max(existing, least), most), true
	}
	if given {
		setSpec(load, "replicas", replicas)
	}
}

// The limits of the range of CoreDNS pods (aws eks describe-addon-configuration --addon-name coredns).
const (
	fewestPods = 2.0
	mostPods   = 1000.0
)

// setSpread changes how the pods of an add-on's Deployment are spread to what its configuration has. Without the key
// they have no constraints.
func setSpread(load *store.Object, configuration store.Properties) {
	const key = "topologySpreadConstraints"
	if load.Type != store.DeploymentType {
		return
	}
	spread, given := configuration[key].([]any)
	load.Own()
	for _, side := range []store.Properties{load.Inputs, load.Outputs} {
		pod := store.MapOf(store.MapOf(store.MapOf(side["spec"])["template"])["spec"])
		if delete(pod, key); given {
			pod[key] = spread
		}
	}
	load.Written()
}

func setSpec(load *store.Object, key string, value any) {
	load.Own()
	store.MapOf(load.Inputs["spec"])[key], store.MapOf(load.Outputs["spec"])[key] = value, value
	load.Written()
}
