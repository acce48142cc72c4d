package matrix

import (
	"eksnet/internal/charts"
	"eksnet/rehearsal/world"
)

// publish returns a function that publishes another version of a chart, and a copy of it in the operator's repository.
func publish(name, version string) func(*world.World, string) (before, after edits, err error) {
	return func(w *world.World, _ string) (before, after edits, err error) {
		chart := charts.Get(name)
		w.PublishChart(name, chart.Repository, version)
		w.PublishChart(name, "https://charts.example.com/mirror", chart.Version)
		return nil, nil, nil
	}
}

// metricsHelperChanges are the changes of the CNI metrics helper.
var metricsHelperChanges = []Row{
	{
		Key: "addons.cniMetricsHelper", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("addons", "{cniMetricsHelper: {}}")},
		Want: `
			create Policy local-cni-metrics
			create Release local-cni-metrics
			create Role local-cni-metrics
			create RolePolicyAttachment local-cni-metrics
			create ServiceAccount local-cni-metrics
			create eksnet:addons:CNIMetricsHelper local-cni-metrics
			create eksnet:addons:ServiceAccountRole local-cni-metrics`,
	},
	{
		Key: "addons.cniMetricsHelper", Change: "removed", Stack: devStack,
		Edits: edits{dropKey("addons.cniMetricsHelper")},
		Want: `
			delete Policy dev-cni-metrics
			delete Release dev-cni-metrics
			delete Role dev-cni-metrics
			delete RolePolicyAttachment dev-cni-metrics
			delete ServiceAccount dev-cni-metrics
			delete eksnet:addons:CNIMetricsHelper dev-cni-metrics
			delete eksnet:addons:ServiceAccountRole dev-cni-metrics`,
	},
	{
		Key: "addons.cniMetricsHelper.version", Change: "lowered", Stack: devStack, Own: publish(charts.CNIMetricsHelper, "1.22.4"),
		Edits: edits{setKey("addons.cniMetricsHelper.version", `"1.22.4"`)},
		Want:  `update Release dev-cni-metrics (version)`,
	},
	{
		Key: "addons.cniMetricsHelper.chart", Change: "another repository", Stack: devStack, Own: publish(charts.CNIMetricsHelper, "1.22.4"),
		Edits: edits{setKey("addons.cniMetricsHelper.chart", "https://charts.example.com/mirror")},
		Want:  `update Release dev-cni-metrics (repositoryOpts.repo)`,
	},
	{
		Key: "addons.cniMetricsHelper.image", Change: "a mirror", Stack: devStack,
		Edits: edits{setKey("addons.cniMetricsHelper.image", "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/cni-metrics-helper:v1.23.2")},
		Want:  `update Release dev-cni-metrics (values.image.override)`,
	},
}

// externalDNSChanges are the changes of ExternalDNS.
var externalDNSChanges = []Row{
	{
		Key: "addons.externalDns", Change: "added with a zone", Stack: LocalStack, Own: ownZone("", "example.com", false),
		Edits: edits{setKey("addons", "{externalDns: {}}"), setKey("dns", "{zones: [{domain: example.com}]}")},
		Want: `
			create Namespace local-external-dns
			create Policy local-external-dns
			create Policy local-external-dns-teardown
			create Release local-external-dns
			create Release local-external-dns-teardown
			create Role local-external-dns
			create Role local-external-dns-teardown
			create RolePolicyAttachment local-external-dns
			create RolePolicyAttachment local-external-dns-teardown
			create ServiceAccount local-external-dns
			create ServiceAccount local-external-dns-teardown
			create eksnet:addons:ExternalDNS local-external-dns
			create eksnet:addons:ExternalDNSTeardown local-external-dns-teardown
			create eksnet:addons:ServiceAccountRole local-external-dns
			create eksnet:addons:ServiceAccountRole local-external-dns-teardown
			create eksnet:dns:Zone local-example.com`,
	},
	{
		Key: "addons.externalDns", Change: "added without a zone", Stack: LocalStack,
		Edits:   edits{setKey("addons", "{externalDns: {}}")},
		Refused: "addons.externalDns: the stack has no hosted zones",
	},
	{
		Key: "addons.externalDns", Change: "removed", Stack: ipv6Stack,
		Edits: edits{dropKey("addons.externalDns")},
		Want: `
			delete Namespace dev6-external-dns
			delete Policy dev6-external-dns
			delete Policy dev6-external-dns-teardown
			delete Release dev6-external-dns
			delete Release dev6-external-dns-teardown
			delete Role dev6-external-dns
			delete Role dev6-external-dns-teardown
			delete RolePolicyAttachment dev6-external-dns
			delete RolePolicyAttachment dev6-external-dns-teardown
			delete ServiceAccount dev6-external-dns
			delete ServiceAccount dev6-external-dns-teardown
			delete eksnet:addons:ExternalDNS dev6-external-dns
			delete eksnet:addons:ExternalDNSTeardown dev6-external-dns-teardown
			delete eksnet:addons:ServiceAccountRole dev6-external-dns
			delete eksnet:addons:ServiceAccountRole dev6-external-dns-teardown
			update Ingress admin-alb (metadata.annotations["external-dns.alpha.kubernetes.io/controller"])`,
	},
	{
		Key: "addons.externalDns.zones", Change: "removed", Stack: ipv6Stack,
		Edits: edits{dropKey("addons.externalDns.zones")},
		Want: `
			update Policy dev6-external-dns (policy)
			update Policy dev6-external-dns-teardown (policy)
			update Release dev6-external-dns (values.domainFilters[1], values.extraArgs["zone-id-filter"][2])
			update Release dev6-external-dns-teardown (values.zones[2])`,
	},
	{
		Key: "addons.externalDns.zones", Change: "a domain of no zone", Stack: ipv6Stack,
		Edits:   edits{setKey("addons.externalDns.zones", "[example.org]")},
		Refused: `addons.externalDns.zones[0]: "example.org" is the domain of no zone in dns.zones (dev6.example.com, corp.example.com)`,
	},
	{
		Key: "addons.externalDns.sources", Change: "shortened", Stack: ipv6Stack,
		Edits: edits{setKey("addons.externalDns.sources", "[ingress]")},
		Want:  `update Release dev6-external-dns (values.sources[0], values.sources[1])`,
	},
	{
		Key: "addons.externalDns.version", Change: "lowered", Stack: ipv6Stack, Own: publish(charts.ExternalDNS, "1.21.0"),
		Edits: edits{setKey("addons.externalDns.version", `"1.21.0"`)},
		Want:  `update Release dev6-external-dns (version)`,
	},
	{
		Key: "addons.externalDns.chart", Change: "another repository", Stack: ipv6Stack, Own: publish(charts.ExternalDNS, "1.21.0"),
		Edits: edits{setKey("addons.externalDns.chart", "https://charts.example.com/mirror")},
		Want:  `update Release dev6-external-dns (repositoryOpts.repo)`,
	},
	{
		Key: "addons.externalDns.image", Change: "a mirror", Stack: ipv6Stack,
		Edits: edits{setKey("addons.externalDns.image", "111122223333.dkr.ecr.eu-north-1.amazonaws.com/external-dns:v0.21.0")},
		Want:  `update Release dev6-external-dns (values.image.repository)`,
	},
	{
		Key: "addons.externalDns.teardownImage", Change: "a mirror", Stack: ipv6Stack,
		Edits: edits{setKey("addons.externalDns.teardownImage", "111122223333.dkr.ecr.eu-north-1.amazonaws.com/aws-cli:2.34.56")},
		Want:  `update Release dev6-external-dns-teardown (values.image)`,
	},
	{
		Key: "addons.externalDns.teardownTimeout", Change: "raised", Stack: ipv6Stack,
		Edits: edits{setKey("addons.externalDns.teardownTimeout", "600")},
		Want:  `update Release dev6-external-dns-teardown (timeout, values.timeout)`,
	},
}
