package kube

import "eksnet/rehearsal/world/store"

// Workloads are the objects that run an add-on, by its name: type and name in kube-system.
var Workloads = map[string]struct{ Typ, Name string }{
	"vpc-cni":                {store.DaemonSetType, "aws-node"},
	"kube-proxy":             {store.DaemonSetType, "kube-proxy"},
	"coredns":                {store.DeploymentType, "coredns"},
	"eks-pod-identity-agent": {store.DaemonSetType, "eks-pod-identity-agent"},
}

// WorkloadOf returns the object that runs an add-on in a cluster, nil if it is not installed.
func WorkloadOf(w *store.Account, cluster, addon string) *store.Object {
	load, known := Workloads[addon]
	if !known {
		return nil
	}
	return w.Find(cluster, load.Typ, "kube-system/"+load.Name)
}
