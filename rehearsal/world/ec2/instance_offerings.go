package ec2

import (
	"slices"
	"strings"
	"sync"

	"eksnet/rehearsal/world/store"
)

var (
	OfferingFilterKnown = store.NewRule("offerings of instance types are filtered by filters of EC2",
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

// OffersType reports whether a zone offers an instance type.
func OffersType(z store.Zone, typ string) bool {
	family, _, _ := strings.Cut(typ, ".")
	if z.ID == "use1-az3" {
		return slices.Contains(strings.Fields(olderOnly), family)
	}
	return !slices.Contains(lacking()[z.ID], family)
}

// getInstanceTypeOfferings returns where instance types are offered: by the zone's name or ID, or in the region.
func getInstanceTypeOfferings(c *store.Call, args store.Properties) (store.Properties, error) {
	kind, _ := args["locationType"].(string)
	wanted := map[string][]string{}
	for _, f := range filtersOf(args) {
		if err := OfferingFilterKnown.When(f.Name != "instance-type" && f.Name != "location", f.Name); err != nil {
			return nil, err
		}
		wanted[f.Name] = f.Values
	}
	types := wanted["instance-type"]
	if len(types) == 0 {
		return nil, store.Unmodelled("offerings of all instance types: filter by instance-type")
	}
	found, places, kinds := []any{}, []any{}, []any{}
	for _, z := range store.ZonesOf(c.Region) {
		place, named := map[string]string{"availability-zone": z.Name, "availability-zone-id": z.ID}[kind]
		if !named {
			return nil, store.Unmodelled("offerings by location type %q", kind)
		}
		if at, filtered := wanted["location"]; filtered && !slices.Contains(at, place) {
			continue
		}
		for _, typ := range types {
			if _, known := InstanceTypes()[typ]; known && OffersType(z, typ) {
				found, places, kinds = append(found, typ), append(places, place), append(kinds, kind)
			}
		}
	}
	return store.Properties{"id": c.Region, "locationType": kind, "filters": args["filters"], "instanceTypes": found, "locations": places,
		"locationTypes": kinds}, nil
}
