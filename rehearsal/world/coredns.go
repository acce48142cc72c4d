package world

import "slices"

var dnsRuns = rule("names resolve while CoreDNS runs",
	`dial tcp: lookup %s: no pod of CoreDNS runs`,
	"https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html")

// resolves tells whether pods of a cluster can resolve a name.
func (w *World) resolves(cluster, name string) error {
	dns := w.workloadOf(cluster, "coredns")
	return dnsRuns.when(dns == nil || !slices.ContainsFunc(w.podsOf(dns.key()), podReady), name)
}
