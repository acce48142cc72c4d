package world

import "slices"

var dnsRuns = rule("names are resolved while CoreDNS runs",
	`dial tcp: lookup %s: no pod of CoreDNS runs`,
	"https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html")

// resolves reports whether pods of a cluster can resolve a name.
func (w *World) resolves(cluster, name string) error {
	dns := w.workloadOf(cluster, "coredns")
	return dnsRuns.when(dns == nil || !slices.ContainsFunc(w.podsOf(dns.key()), podReady), name)
}
