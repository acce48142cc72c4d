package world

import (
	"fmt"
	"maps"
	"net/netip"
	"strings"
)

// show sets the whole state of an object as AWS returns it: its inputs and what AWS adds. An added nil is left out.
func (o *Object) show(added Properties) {
	o.own()
	o.Outputs = clone(o.Inputs)
	if o.Outputs == nil {
		o.Outputs = Properties{}
	}
	maps.Copy(o.Outputs, added)
	for property, value := range o.Outputs {
		if value == nil {
			delete(o.Outputs, property)
			continue
		}
		o.Outputs[property] = plain(value)
	}
	if k := kinds[o.Type]; k != nil && k.tagged {
		tags := o.tags()
		if tags == nil {
			tags = map[string]any{}
		}
		o.Outputs["tags"], o.Outputs["tagsAll"] = tags, cloneValue(tags)
	}
	o.written()
}

// plain converts a value to JSON's types.
func plain(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case []string:
		return anyOf(v)
	case map[string]any:
		for key := range v {
			v[key] = plain(v[key])
		}
	}
	return value
}

// withDefaults returns inputs with AWS's defaults for those that are not set.
func withDefaults(given, defaults Properties) Properties {
	filled := clone(defaults)
	for property, value := range given {
		if value != nil {
			filled[property] = value
		}
	}
	return filled
}

// arn returns the ARN of a resource in the call's region and account.
func (w *World) arn(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", w.partition().id, service, w.region, w.options.Account, resource)
}

// globalARN returns the ARN of a resource of a service without regions, such as IAM.
func (w *World) globalARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", w.partition().id, service, w.options.Account, resource)
}

// created is the creation time of everything in the simulated account, which has no clock.
const created = "2026-11-01T00:00:00Z"

// next returns the next number of a sequence, for addresses and names that AWS would generate.
func (w *World) next() int {
	w.sequence++
	return w.sequence
}

// network parses a CIDR; it is not valid if the text is not a CIDR or has host bits set.
func network(cidr string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(cidr)
	return p, err == nil && p == p.Masked()
}

// inside reports whether a network is inside another one.
func inside(inner, outer netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// lastOf returns what follows the last separator: the name in an ARN.
func lastOf(text, separator string) string {
	return text[strings.LastIndex(text, separator)+len(separator):]
}

// Shared rules about references. The first value is the operation as the provider reports it.
var (
	vpcExists = rule("a VPC that is named exists",
		"%s, api error InvalidVpcID.NotFound: The vpc ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	subnetExists = rule("a subnet that is named exists",
		"%s, api error InvalidSubnetID.NotFound: The subnet ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	groupExists = rule("a security group that is named exists",
		"%s, api error InvalidGroup.NotFound: The security group '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	tableExists = rule("a route table that is named exists",
		"%s, api error InvalidRouteTableID.NotFound: The routeTable ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
)

// vpcOf returns a VPC for an operation.
func (w *World) vpcOf(operation, id string) (*Object, error) {
	o := w.get(vpcType, id)
	return o, vpcExists.when(o == nil, operation, id)
}

// subnetOf returns a subnet for an operation.
func (w *World) subnetOf(operation, id string) (*Object, error) {
	o := w.get(subnetType, id)
	return o, subnetExists.when(o == nil, operation, id)
}

// subnetsOf returns the subnets of a list for an operation.
func (w *World) subnetsOf(operation string, ids []string) ([]*Object, error) {
	found := make([]*Object, 0, len(ids))
	for _, id := range ids {
		o, err := w.subnetOf(operation, id)
		if err != nil {
			return nil, err
		}
		found = append(found, o)
	}
	return found, nil
}

// tableOf returns a route table for an operation.
func (w *World) tableOf(operation, id string) (*Object, error) {
	o := w.get(routeTableType, id)
	return o, tableExists.when(o == nil, operation, id)
}

// groupsExist refuses security groups that do not exist.
func (w *World) groupsExist(operation string, ids []string) error {
	for _, id := range ids {
		if err := groupExists.when(w.get(securityGroupType, id) == nil, operation, id); err != nil {
			return err
		}
	}
	return nil
}
