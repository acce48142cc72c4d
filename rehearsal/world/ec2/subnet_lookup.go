package ec2

import (
	"maps"
	"slices"
	"strings"

	"eksnet/rehearsal/world/store"
)

const subnetLookupDocs = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html"

var (
	SubnetFilterKnown = store.NewRule("subnets are filtered by filters of EC2",
		"reading EC2 Subnets: operation error EC2: DescribeSubnets, api error InvalidParameterValue: The filter '%s' is invalid", subnetLookupDocs)
	SubnetFound = store.NewRule("a subnet that is looked up exists",
		"reading EC2 Subnet: no matching EC2 Subnet found", "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_subnet_data_source.go")
)

// getSubnets returns the IDs of the subnets that match all filters.
func getSubnets(c *store.Call, args store.Properties) (store.Properties, error) {
	filters := filtersOf(args)
	if err := checkSubnetFilters(filters); err != nil {
		return nil, err
	}
	found := []any{}
	for _, subnet := range c.All(store.SubnetType, func(s *store.Object) bool { return hasTags(s, store.MapOf(args["tags"])) && matchesFilters(s, filters) }) {
		found = append(found, subnet.ID)
	}
	result := store.Properties{"id": c.Region, "ids": found, "tags": map[string]any{}}
	maps.Copy(result, args)
	return result, nil
}

// getSubnet returns one subnet by its ID.
func getSubnet(c *store.Call, args store.Properties) (store.Properties, error) {
	for name := range args {
		if name != "id" {
			return nil, store.Unmodelled("getSubnet by %s", name)
		}
	}
	id, _ := args["id"].(string)
	subnet := c.Get(store.SubnetType, id)
	if err := SubnetFound.When(subnet == nil); err != nil || subnet == nil {
		return nil, err
	}
	s := SubnetOf(subnet)
	return store.Properties{"id": subnet.ID, "arn": s.ARN, "vpcId": s.VPC, "cidrBlock": s.CIDR.String(), "availabilityZone": s.Zone, "availabilityZoneId": s.ZoneID,
		"state": "available", "ownerId": c.Options.Account, "tags": store.CloneValue(subnet.Tags()), "availableIpAddressCount": float64(SubnetFree(c.Account, subnet))}, nil
}

// checkSubnetFilters refuses filters that EC2 does not have. Patterns are not modelled.
func checkSubnetFilters(filters []filter) error {
	for _, f := range filters {
		_, known := subnetAttribute(&store.Object{}, f.Name)
		if err := SubnetFilterKnown.When(!known, f.Name); err != nil {
			return err
		}
		for _, value := range f.Values {
			if strings.ContainsAny(value, "*?") {
				return store.Unmodelled("the pattern %s of a filter of subnets", value)
			}
		}
	}
	return nil
}

// hasTags reports whether a resource has all of some tags.
func hasTags(o *store.Object, tags map[string]any) bool {
	for key, value := range tags {
		if o.Tags()[key] != value {
			return false
		}
	}
	return true
}

// matchesFilters reports whether a subnet has one of the values of each filter.
func matchesFilters(subnet *store.Object, filters []filter) bool {
	return !slices.ContainsFunc(filters, func(f filter) bool {
		value, _ := subnetAttribute(subnet, f.Name)
		return !slices.Contains(f.Values, value)
	})
}

// subnetAttribute returns the value that a filter compares, and whether EC2 has the filter.
func subnetAttribute(subnet *store.Object, filter string) (value string, known bool) {
	if key, tag := strings.CutPrefix(filter, "tag:"); tag {
		value, _ = subnet.Tags()[key].(string)
		return value, true
	}
	s := SubnetOf(subnet)
	switch filter {
	case "availability-zone":
		return s.Zone, true
	case "availability-zone-id":
		return s.ZoneID, true
	case "cidr-block":
		return s.CIDR.String(), true
	case "subnet-id":
		return subnet.ID, true
	case "vpc-id":
		return s.VPC, true
	}
	return "", false
}

// filter is a filter of a function that looks resources up: a resource matches one of its values.
type filter struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// filtersOf returns the filters in the arguments of a function.
func filtersOf(args store.Properties) []filter {
	given, _ := store.As[struct {
		Filters []filter `json:"filters"`
	}](args)
	return given.Filters
}
