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

// GetSubnets returns the IDs of the subnets that match all filters.
func GetSubnets(c *store.Call, args store.Properties) (store.Properties, error) {
	if err := checkSubnetFilters(args); err != nil {
		return nil, err
	}
	found := []any{}
	for _, subnet := range c.All(store.SubnetType, func(s *store.Object) bool { return passesFilters(s, args) }) {
		found = append(found, subnet.ID)
	}
	result := store.Properties{"id": c.Region, "ids": found, "tags": map[string]any{}}
	maps.Copy(result, args)
	return result, nil
}

// GetSubnet returns one subnet by its ID.
func GetSubnet(c *store.Call, args store.Properties) (store.Properties, error) {
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
	return store.Properties{"id": subnet.ID, "arn": subnet.Text("arn"), "vpcId": subnet.Text("vpcId"), "cidrBlock": subnet.Text("cidrBlock"),
		"availabilityZone": subnet.Text("availabilityZone"), "availabilityZoneId": subnet.Text("availabilityZoneId"),
		"state": "available", "ownerId": c.Options.Account, "tags": store.CloneValue(subnet.Tags()), "availableIpAddressCount": float64(SubnetFree(c.Account, subnet))}, nil
}

// checkSubnetFilters refuses filters that EC2 does not have. Patterns are not modelled.
func checkSubnetFilters(args store.Properties) error {
	for _, filter := range store.ListOf(args["filters"]) {
		name := store.OrText(filter["name"], "")
		_, known := subnetAttribute(&store.Object{Outputs: store.Properties{}}, name)
		if err := SubnetFilterKnown.When(!known, name); err != nil {
			return err
		}
		for _, value := range store.Texts(filter["values"]) {
			if strings.ContainsAny(value, "*?") {
				return store.Unmodelled("the pattern %s of a filter of subnets", value)
			}
		}
	}
	return nil
}

// passesFilters reports whether a subnet has one of the values of each filter, and all tags.
func passesFilters(subnet *store.Object, args store.Properties) bool {
	for key, value := range store.MapOf(args["tags"]) {
		if subnet.Tags()[key] != value {
			return false
		}
	}
	for _, filter := range store.ListOf(args["filters"]) {
		has, _ := subnetAttribute(subnet, store.OrText(filter["name"], ""))
		if !slices.Contains(store.Texts(filter["values"]), has) {
			return false
		}
	}
	return true
}

// subnetAttribute returns the value that a filter compares, and whether EC2 has the filter.
func subnetAttribute(subnet *store.Object, filter string) (value string, known bool) {
	if key, tag := strings.CutPrefix(filter, "tag:"); tag {
		value, _ = subnet.Tags()[key].(string)
		return value, true
	}
	properties := map[string]string{"availability-zone": "availabilityZone", "availability-zone-id": "availabilityZoneId", "cidr-block": "cidrBlock",
		"subnet-id": "id", "vpc-id": "vpcId"}
	property, known := properties[filter]
	if property == "id" {
		return subnet.ID, true
	}
	return subnet.Text(property), known
}
