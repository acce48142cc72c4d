package ec2

import (
	"cmp"
	"maps"
	"slices"

	"eksnet/rehearsal/world/store"
)

var (
	RegionKnown = store.NewRule("a region that is named exists",
		"invalid AWS Region: %s",
		"https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html")
	ZoneFilterKnown = store.NewRule("zones are filtered by filters of EC2",
		"reading EC2 Availability Zones: operation error EC2: DescribeAvailabilityZones, api error InvalidParameterValue: The filter '%s' is invalid",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html")
)

func getPartition(c *store.Call, _ store.Properties) (store.Properties, error) {
	p := c.Partition()
	return store.Properties{"id": p.ID, "partition": p.ID, "dnsSuffix": p.DNSSuffix, "reverseDnsPrefix": p.ReverseDNS}, nil
}

func getRegion(c *store.Call, args store.Properties) (store.Properties, error) {
	name, _ := args["name"].(string)
	name = cmp.Or(name, c.Region)
	if err := RegionKnown.When(store.Regions[name] == "", name); err != nil {
		return nil, err
	}
	endpoint := "ec2." + name + "." + store.PartitionOf(name).DNSSuffix
	return store.Properties{"id": name, "name": name, "description": name, "endpoint": endpoint}, nil
}

func getCallerIdentity(c *store.Call, _ store.Properties) (store.Properties, error) {
	user := "AIDAREHEARSALOPERATOR"
	if c.Caller.ARN != c.Caller.Principal {
		user = "AROAREHEARSALOPERATOR:" + store.LastOf(c.Caller.ARN, "/")
	}
	return store.Properties{"id": c.Options.Account, "accountId": c.Options.Account, "arn": c.Caller.ARN, "userId": user}, nil
}

func getAvailabilityZones(c *store.Call, args store.Properties) (store.Properties, error) {
	zones, err := filteredZones(c.Region, args)
	if err != nil {
		return nil, err
	}
	names, ids := []any{}, []any{}
	for _, z := range zones {
		names, ids = append(names, z.Name), append(ids, z.ID)
	}
	found := store.Clone(args)
	if found == nil {
		found = store.Properties{}
	}
	maps.Copy(found, store.Properties{"id": c.Region, "names": names, "zoneIds": ids, "groupNames": []any{c.Region}})
	return found, nil
}

// filteredZones returns the zones that match the arguments of getAvailabilityZones.
func filteredZones(region string, args store.Properties) ([]store.Zone, error) {
	state, _ := args["state"].(string)
	zones := slices.DeleteFunc(store.ZonesOf(region), func(z store.Zone) bool {
		return slices.Contains(store.Texts(args["excludeNames"]), z.Name) || slices.Contains(store.Texts(args["excludeZoneIds"]), z.ID) ||
			cmp.Or(state, "available") != "available"
	})
	for _, f := range filtersOf(args) {
		zones = slices.DeleteFunc(zones, func(z store.Zone) bool { return !slices.Contains(f.Values, zoneAttribute(region, z, f.Name)) })
		if err := ZoneFilterKnown.When(zoneAttribute(region, store.Zone{}, f.Name) == "unknown", f.Name); err != nil {
			return nil, err
		}
	}
	return zones, nil
}

func zoneAttribute(region string, z store.Zone, filter string) string {
	switch filter {
	case "opt-in-status":
		return "opt-in-not-required"
	case "zone-type":
		return "availability-zone"
	case "region-name", "group-name":
		return region
	case "state":
		return "available"
	case "zone-name":
		return z.Name
	case "zone-id":
		return z.ID
	}
	return "unknown"
}
