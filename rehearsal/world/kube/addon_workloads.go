package kube

import "eksnet/rehearsal/world/store"

// Workloads are the objects that run an add-on, by its name: type and name in kube-system.
var Workloads = map[string]struct{ Typ, Name string }{
	"vpc-cni":        {store.DaemonSetType, "aws-node"},
	"kube-proxy":     {store.DaemonSetType, "kube-proxy"},
	"coredns":        {store.DeploymentType, "coredns"},
	MetricsServer:    {store.DeploymentType, MetricsServer},
	PodIdentityAgent: {store.DaemonSetType, "eks-pod-identity-agent"},
}

// WorkloadOf returns the object that runs an add-on in a cluster, nil if it is not installed.
func WorkloadOf(w *store.Account, cluster, addon string) *store.Object {
	load, known := Workloads[addon]
	if !known {
		return nil
	}
	return w.Find(cluster, load.Typ, "kube-system/"+load.Name)
}

// PodIdentityAgent is the name of the add-on of the EKS Pod Identity Agent, and of its DaemonSet.
const PodIdentityAgent = "eks-pod-identity-agent"

// MetricsServer is the name of the add-on metrics-server, and of its Deployment and Service.
const MetricsServer = "metrics-server"

// MetricsPort is the port of metrics-server's pods as EKS's add-on configures them: another one than the kubelet's
// (https://docs.aws.amazon.com/eks/latest/userguide/metrics-server.html).
const MetricsPort = 10251
