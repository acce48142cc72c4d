package world

import (
	"maps"
	"slices"
	"strings"
)

const subnetLookupDocs = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html"

var (
	subnetFilterKnown = rule("subnets are filtered by filters of EC2",
		"reading EC2 Subnets: operation error EC2: DescribeSubnets, api error InvalidParameterValue: The filter '%s' is invalid", subnetLookupDocs)
	subnetFound = rule("a subnet that is looked up exists",
		"reading EC2 Subnet: no matching EC2 Subnet found", "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_subnet_data_source.go")
)

// getSubnets returns the IDs of the subnets that match all filters.
func getSubnets(c *call, args Properties) (Properties, error) {
	if err := checkSubnetFilters(args); err != nil {
		return nil, err
	}
	found := []any{}
	for _, subnet := range c.all(subnetType, func(s *Object) bool { return passesFilters(s, args) }) {
		found = append(found, subnet.ID)
	}
	result := Properties{"id": c.region, "ids": found, "tags": map[string]any{}}
	maps.Copy(result, args)
	return result, nil
}

// getSubnet returns one subnet by its ID.
func getSubnet(c *call, args Properties) (Properties, error) {
	for name := range args {
		if name != "id" {
			return nil, unmodelled("getSubnet by %s", name)
		}
	}
	id, _ := args["id"].(string)
	subnet := c.get(subnetType, id)
	if err := subnetFound.when(subnet == nil); err != nil || subnet == nil {
		return nil, err
	}
	return Properties{"id": subnet.ID, "arn": subnet.text("arn"), "vpcId": subnet.text("vpcId"), "cidrBlock": subnet.text("cidrBlock"),
		"availabilityZone": subnet.text("availabilityZone"), "availabilityZoneId": subnet.text("availabilityZoneId"),
		"state": "available", "ownerId": c.options.Account, "tags": cloneValue(subnet.tags()), "availableIpAddressCount": float64(c.subnetFree(subnet))}, nil
}

// checkSubnetFilters refuses filters that EC2 does not have. Patterns are not modelled.
func checkSubnetFilters(args Properties) error {
	for _, filter := range listOf(args["filters"]) {
		name := orText(filter["name"], "")
		_, known := subnetAttribute(&Object{Outputs: Properties{}}, name)
		if err := subnetFilterKnown.when(!known, name); err != nil {
			return err
		}
		for _, value := range texts(filter["values"]) {
			if strings.ContainsAny(value, "*?") {
				return unmodelled("the pattern %s of a filter of subnets", value)
			}
		}
	}
	return nil
}

// passesFilters reports whether a subnet has one of the values of each filter, and all tags.
func passesFilters(subnet *Object, args Properties) bool {
	for key, value := range mapOf(args["tags"]) {
		if subnet.tags()[key] != value {
			return false
		}
	}
	for _, filter := range listOf(args["filters"]) {
		has, _ := subnetAttribute(subnet, orText(filter["name"], ""))
		if !slices.Contains(texts(filter["values"]), has) {
			return false
		}
	}
	return true
}

// subnetAttribute returns the value that a filter compares, and whether EC2 has the filter.
func subnetAttribute(subnet *Object, filter string) (value string, known bool) {
	if key, tag := strings.CutPrefix(filter, "tag:"); tag {
		value, _ = subnet.tags()[key].(string)
		return value, true
	}
	properties := map[string]string{"availability-zone": "availabilityZone", "availability-zone-id": "availabilityZoneId", "cidr-block": "cidrBlock",
		"subnet-id": "id", "vpc-id": "vpcId"}
	property, known := properties[filter]
	if property == "id" {
		return subnet.ID, true
	}
	return subnet.text(property), known
}
