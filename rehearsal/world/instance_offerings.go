package world

import (
	"slices"
	"strings"
	"sync"
)

var (
	typeOffered = rule("a node's zone offers its instance type",
		launchFailed+"Unsupported - Your requested instance type (%s) is not supported in your requested Availability Zone (%s). Please retry your request by not specifying an Availability Zone or choosing %s.",
		"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html; https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html")
	offeringFilterKnown = rule("offerings of instance types are filtered by filters of EC2",
		"reading EC2 Instance Type Offerings: operation error EC2: DescribeInstanceTypeOfferings, api error InvalidParameterValue: The filter '%s' is invalid",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html")
)

var lacking = sync.OnceValue(func() map[string][]string {
	families := map[string][]string{}
	for line := range strings.Lines(strings.TrimSpace(lackingTable)) {
		zone, names, _ := strings.Cut(strings.TrimSpace(line), ": ")
		families[zone] = strings.Fields(names)
	}
	return families
})

// offers reports whether a zone offers an instance type.
func (z zone) offers(typ string) bool {
	family, _, _ := strings.Cut(typ, ".")
	if z.id == "use1-az3" {
		return slices.Contains(strings.Fields(olderOnly), family)
	}
	return !slices.Contains(lacking()[z.id], family)
}

// offeredIn returns the first of a node group's types that a zone offers, as EC2 Auto Scaling does.
func (w *World) offeredIn(group *Object, name string) (string, error) {
	types := w.typesOf(group)
	var elsewhere []string
	for _, z := range zonesOf(w.region) {
		if z.name != name {
			if z.offers(types[0]) {
				elsewhere = append(elsewhere, z.name)
			}
			continue
		}
		for _, typ := range types {
			if z.offers(typ) {
				return typ, nil
			}
		}
	}
	return types[0], typeOffered.unready(true, group.ID, scalingGroup(group), types[0], name, strings.Join(elsewhere, ", "))
}

// getInstanceTypeOfferings returns where instance types are offered: by the zone's name or ID, or in the region.
func getInstanceTypeOfferings(c *call, args Properties) (Properties, error) {
	kind, _ := args["locationType"].(string)
	wanted := map[string][]string{}
	filters, _ := args["filters"].([]any)
	for _, f := range filters {
		name, _ := mapOf(f)["name"].(string)
		if err := offeringFilterKnown.when(name != "instance-type" && name != "location", name); err != nil {
			return nil, err
		}
		wanted[name] = texts(mapOf(f)["values"])
	}
	types := wanted["instance-type"]
	if len(types) == 0 {
		return nil, unmodelled("offerings of all instance types: filter by instance-type")
	}
	found, places, kinds := []any{}, []any{}, []any{}
	for _, z := range zonesOf(c.region) {
		place, named := map[string]string{"availability-zone": z.name, "availability-zone-id": z.id}[kind]
		if !named {
			return nil, unmodelled("offerings by location type %q", kind)
		}
		if at, filtered := wanted["location"]; filtered && !slices.Contains(at, place) {
			continue
		}
		for _, typ := range types {
			if _, known := instanceTypes()[typ]; known && z.offers(typ) {
				found, places, kinds = append(found, typ), append(places, place), append(kinds, kind)
			}
		}
	}
	return Properties{"id": c.region, "locationType": kind, "filters": args["filters"], "instanceTypes": found, "locations": places,
		"locationTypes": kinds}, nil
}
