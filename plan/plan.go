// Package plan works out what follows from a stack file, as plain values, and refuses what AWS or the controllers would
// refuse later. It needs no network and does not depend on Pulumi.
package plan

import (
	"slices"

	"eksnet/config"
	"eksnet/plan/address"
	"eksnet/plan/capacity"
	"eksnet/plan/lint"
	"eksnet/plan/quota"
)

// Plan is what follows from a stack file.
type Plan struct {
	// Partition is AWS's partition of the region: aws, aws-cn or aws-us-gov.
	Partition Partition
	// Zones are the subnets of each zone, in the order of the stack file.
	Zones []address.Zone
	// Gateways are the zones that get a NAT gateway, none with nat none.
	Gateways []string
	// Endpoints are the services with an interface endpoint, sorted, auto resolved. S3 has a gateway endpoint in any
	// case and is not among them.
	Endpoints []string
	// PublicNodes reports whether a node group is in the public subnets.
	PublicNodes bool
	// Controller is what follows for the load balancer controller.
	Controller Controller
	// Groups are what nodes of each group can hold, by name.
	Groups []capacity.Group
	// Demand is how many addresses each subnet has and how many are needed.
	Demand []capacity.SubnetDemand
	// Addons are the versions of the EKS add-ons.
	Addons Addons
	// Quotas are AWS's limits that the stack uses a part of.
	Quotas []quota.Quota
	// Billed is what the stack pays by the hour.
	Billed []Billed
	// Lints are the lint findings on load balancers in the stack file. Refused ones are among the problems, the others
	// among the warnings.
	Lints []lint.Finding
	// Records are the names of load balancers in hosted zones, by zone and name.
	Records []Record
	// Warnings are what may not work, though nothing refuses it.
	Warnings []config.Warning
	// Notes are what applies to new resources, but not to existing ones.
	Notes []config.Warning
}

// New plans a stack. It passes over values that cannot be read, which are config's problems, so that both can be
// reported at once.
func New(s *config.Stack) (*Plan, config.Problems) {
	p := compute(s)
	problems := check(s, p)
	p.Warnings, p.Notes = advise(s, p), slices.Concat(noteReplacements(s), noteDelegations(s))
	return p, problems
}

// compute works out what follows from a stack file. What cannot be computed is left out; check says why.
func compute(s *config.Stack) *Plan {
	p := &Plan{Partition: partitionOf(s.Region), PublicNodes: s.HasPublicNodes()}
	p.Zones = address.ComputeZones(s)
	p.Gateways = computeGateways(s.Network)
	p.Endpoints = computeEndpoints(s, p.Partition)
	p.Controller = computeController(s, p.Partition)
	p.Addons = computeAddons(s, p.Partition)
	p.Groups = capacity.ComputeGroups(s)
	p.Demand = capacity.ComputeDemand(s, p.Zones, p.Gateways, len(p.Endpoints))
	p.Lints = lint.Find(s, p.Zones)
	p.Records = computeRecords(s)
	p.Quotas = quota.ComputeQuotas(s, len(p.Gateways), len(p.Endpoints), mostRecords(p.Records))
	p.Billed = computeBilled(s, p)
	return p
}

// check refuses what AWS, Kubernetes or the controllers would refuse later, and what could never work.
func check(s *config.Stack, p *Plan) config.Problems {
	var problems config.Problems
	address.CheckRanges(s, &problems)
	checkEndpoints(s, p.Partition, &problems)
	checkRegion(s.Region, &problems)
	address.CheckServiceRange(s, &problems)
	checkIPFamily(s, p.Partition, &problems)
	checkAPIEndpoint(s, &problems)
	checkIsolation(s, p, &problems)
	checkARNs(s, p.Partition, &problems)
	checkWAF(s, p.Controller, &problems)
	checkGroupNames(s, &problems)
	capacity.CheckUntaintedNodes(s, &problems)
	checkALBRules(s.Workloads, &problems)
	checkNetworkPolicies(s, &problems)
	checkSpeed(s, &problems)
	checkExternalSNAT(s, &problems)
	checkPodDiscovery(s, &problems)
	checkPodSecurityGroups(s, &problems)
	capacity.CheckInstanceTypes(s.NodeGroups, &problems)
	checkUpgradePolicy(s.Cluster, &problems)
	checkAddonVersions(s, &problems)
	capacity.CheckMaxPods(s, &problems)
	capacity.CheckReserved(s, p.Groups, &problems)
	capacity.CheckSubnets(s, p.Demand, &problems)
	capacity.CheckPods(s, p.Groups, &problems)
	checkRecords(s, &problems)
	lint.Check(p.Lints, &problems)
	return problems
}

// advise warns of what may not work, though nothing refuses it.
func advise(s *config.Stack, p *Plan) []config.Warning {
	return slices.Concat(
		adviseOnImages(s, p.Partition),
		adviseOnFrozenRegistry(s),
		adviseOnCreator(s),
		address.AdviseOnPublicRanges(s),
		adviseOnAccelerators(s.NodeGroups),
		adviseOnPrivateAPI(s),
		adviseOnKubeOpsView(s),
		adviseOnExternalDNS(s),
		adviseOnSpeed(s),
		adviseOnTLSPolicies(s),
		adviseOnSpot(s),
		capacity.AdviseOnWarmTargets(s, p.Groups),
		AdviseOnSupport(s.Cluster, supportDate),
		capacity.AdviseOnSubnets(s, p.Demand),
		adviseOnPodDiscovery(s, p.Demand),
		adviseOnPodSecurityGroups(s),
		capacity.AdviseOnPods(s, p.Groups),
		capacity.AdviseOnReserved(s, p.Groups),
		quota.AdviseOnShortages(p.Quotas),
		quota.AdviseOnUncounted(s),
		lint.Advise(p.Lints),
		adviseOnRecords(s, p.Records),
	)
}
