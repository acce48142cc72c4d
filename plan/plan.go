// Package plan works out what follows from a stack file, as plain values, and refuses what AWS or the controllers would
// refuse later. It needs no network and knows nothing of Pulumi.
package plan

import (
	"slices"

	"eksnet/config"
)

// Plan is what follows from a stack file.
type Plan struct {
	// Partition is AWS's partition of the region: aws, aws-cn or aws-us-gov.
	Partition Partition
	// Zones are the subnets of each zone, in the order of the stack file.
	Zones []Zone
	// Gateways are the zones that get a NAT gateway, none with nat none.
	Gateways []string
	// Endpoints are the services with an interface endpoint, sorted, auto resolved. S3 has a gateway endpoint in any case and is
	// not among them.
	Endpoints []string
	// PublicNodes tells that some node group is in the public subnets.
	PublicNodes bool
	// Controller is what follows for the load balancer controller.
	Controller Controller
	// Groups are what nodes of each group can hold, by name.
	Groups []GroupCapacity
	// Demand is how many addresses each subnet has and how many are needed.
	Demand []SubnetDemand
	// Addons are the versions of the EKS add-ons.
	Addons Addons
	// Quotas are AWS's limits that the stack uses a part of.
	Quotas []Quota
	// Billed is what the stack pays by the hour.
	Billed []Billed
	// Lints are the traps of load balancers in the stack file. Refused ones are among the problems, the others among the warnings.
	Lints []Lint
	// Warnings are what may not work, though nothing refuses it.
	Warnings []Warning
	// Notes are what works, but not on what stands already.
	Notes []Warning
}

// Warning is something that may not work as the operator expects.
type Warning struct {
	// Path is where it stands, as in config.Problem.
	Path string
	// Text says what may happen and what to do.
	Text string
}

func (w Warning) String() string { return w.Path + ": " + w.Text }

// New plans a stack. It passes over values that cannot be read, which are config's problems, so that both can be told at once.
func New(s *config.Stack) (*Plan, config.Problems) {
	var problems config.Problems
	p := &Plan{Partition: partitionOf(s.Region)}
	p.Zones = zones(s, &problems)
	p.Gateways = gateways(s.Network)
	p.Endpoints = endpoints(s, p.Partition, &problems)
	p.PublicNodes = publicNodes(s.NodeGroups)
	p.Controller = controller(s, p.Partition)

	known(s.Region, &problems)
	services(s, &problems)
	reach(s, &problems)
	isolation(s, p, &problems)
	principals(s, p.Partition, &problems)
	names(s, &problems)
	start(s, &problems)
	groups(s.Workloads, &problems)
	policies(s, &problems)
	wayOutOfPods(s, &problems)
	instanceTypes(s.NodeGroups, &problems)
	p.Addons = addonVersions(s, p.Partition, &problems)
	p.Groups = capacities(s, &problems)
	p.Demand = demand(s, p)
	crowds := slices.Concat(fit(s, p, &problems), schedulable(s, p, &problems))
	p.Lints = lints(s, p, &problems)

	p.Quotas, p.Billed = quotas(s, p), billed(s, p)
	p.Warnings = slices.Concat(warnings(s, p.Partition), unreached(s), spotOfOneType(s), settingsWithoutEffect(s, p.Groups), SupportOn(s.Cluster.Version, supportDate), crowds, shortages(p.Quotas), uncounted(s), cautions(p.Lints))
	p.Notes = notes(s)
	return p, problems
}

// gateways are the zones with a NAT gateway of their own: the first alone, each, or none.
func gateways(n config.Network) []string {
	switch n.NAT {
	case config.NATNone:
		return nil
	case config.NATSingle:
		return n.Zones[:min(1, len(n.Zones))]
	default:
		return n.Zones
	}
}

// Gateway is the zone whose NAT gateway serves a zone's private subnet, "" for none.
func (p *Plan) Gateway(zone string) string {
	switch {
	case len(p.Gateways) == 0:
		return ""
	case slices.Contains(p.Gateways, zone):
		return zone
	default:
		return p.Gateways[0]
	}
}
