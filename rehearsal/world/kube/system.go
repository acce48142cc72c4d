package kube

import (
	"slices"

	"eksnet/rehearsal/world/store"
)

var DNSRuns = store.NewRule("names are resolved while CoreDNS runs",
	`dial tcp: lookup %s: no pod of CoreDNS runs`,
	"https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html")

// Resolves reports whether pods of a cluster can resolve a name.
func Resolves(w *store.Account, cluster, name string) error {
	dns := WorkloadOf(w, cluster, "coredns")
	return DNSRuns.When(dns == nil || !slices.ContainsFunc(PodsOf(w, dns.Key()), PodReady), name)
}

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
