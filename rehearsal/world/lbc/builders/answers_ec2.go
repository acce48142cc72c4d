package builders

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/aws/services"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/networking"
)

// ec2Client answers what the resolvers of subnets and security groups request.
type ec2Client struct {
	services.EC2
	*answers
}

func (e ec2Client) DescribeSubnetsAsList(_ context.Context, in *ec2sdk.DescribeSubnetsInput) (found []ec2types.Subnet, err error) {
	var all []Subnet
	if len(in.SubnetIds) == 0 {
		all = e.Subnets()
	} else if all, err = e.SubnetsByID(in.SubnetIds); err != nil {
		return nil, e.fails(err)
	}
	for _, s := range all {
		if matches(s.Tags, in.Filters) {
			found = append(found, ec2types.Subnet{SubnetId: aws.String(s.ID), CidrBlock: aws.String(s.CIDR), AvailabilityZone: aws.String(s.Zone),
				AvailabilityZoneId: aws.String(s.Zone), AvailableIpAddressCount: aws.Int32(int32(s.Free)), Tags: tagsOf(s.Tags),
				Ipv6CidrBlockAssociationSet: ipv6Associations(s)})
		}
	}
	return found, nil
}

// ipv6Associations returns the IPv6 network of a subnet, none if it has none.
func ipv6Associations(s Subnet) []ec2types.SubnetIpv6CidrBlockAssociation {
	if s.IPv6CIDR == "" {
		return nil
	}
	return []ec2types.SubnetIpv6CidrBlockAssociation{{Ipv6CidrBlock: aws.String(s.IPv6CIDR),
		Ipv6CidrBlockState: &ec2types.SubnetCidrBlockState{State: ec2types.SubnetCidrBlockStateCodeAssociated}}}
}

// DescribeRouteTablesAsList gives each subnet a route table of its own, in which all that the resolver looks for is a
// route to an internet gateway.
func (e ec2Client) DescribeRouteTablesAsList(context.Context, *ec2sdk.DescribeRouteTablesInput) ([]ec2types.RouteTable, error) {
	public, err := e.PublicSubnets()
	tables := []ec2types.RouteTable{{Associations: []ec2types.RouteTableAssociation{{Main: aws.Bool(true)}}}}
	for _, id := range public {
		tables = append(tables, ec2types.RouteTable{Associations: []ec2types.RouteTableAssociation{{SubnetId: aws.String(id)}},
			Routes: []ec2types.Route{{GatewayId: aws.String("igw-")}}})
	}
	return tables, e.fails(err)
}

func (e ec2Client) DescribeSecurityGroupsAsList(_ context.Context, in *ec2sdk.DescribeSecurityGroupsInput) (found []ec2types.SecurityGroup, err error) {
	var all []SecurityGroup
	if len(in.GroupIds) == 0 {
		all = e.SecurityGroups()
	} else if all, err = e.SecurityGroupsByID(in.GroupIds); err != nil {
		return nil, e.fails(err)
	}
	for _, g := range all {
		if matches(g.Tags, in.Filters) {
			found = append(found, ec2types.SecurityGroup{GroupId: aws.String(g.ID), Tags: tagsOf(g.Tags)})
		}
	}
	return found, nil
}

// matches reports whether tags are those of filters by tag. The filter by VPC is that of the Account.
func matches(tags map[string]string, filters []ec2types.Filter) bool {
	for _, filter := range filters {
		key, byTag := strings.CutPrefix(aws.ToString(filter.Name), "tag:")
		if value, tagged := tags[key]; byTag && (!tagged || !slices.Contains(filter.Values, value)) {
			return false
		}
	}
	return true
}

func tagsOf(tags map[string]string) (list []ec2types.Tag) {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, ec2types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}

// zones are all availability zones: no local zone and no Outpost.
type zones struct{}

func (zones) FetchAZInfos(_ context.Context, ids []string) (map[string]ec2types.AvailabilityZone, error) {
	found := map[string]ec2types.AvailabilityZone{}
	for _, id := range ids {
		found[id] = ec2types.AvailabilityZone{ZoneId: aws.String(id), ZoneType: aws.String("availability-zone")}
	}
	return found, nil
}

// vpcInfo has the networks of the VPC.
type vpcInfo struct{ *answers }

func (v vpcInfo) FetchVPCInfo(context.Context, string, ...networking.FetchVPCInfoOption) (networking.VPCInfo, error) {
	info := networking.VPCInfo{VpcId: aws.String(v.vpc)}
	for _, cidr := range v.CIDRs() {
		info.CidrBlockAssociationSet = append(info.CidrBlockAssociationSet, ec2types.VpcCidrBlockAssociation{CidrBlock: aws.String(cidr),
			CidrBlockState: &ec2types.VpcCidrBlockState{State: ec2types.VpcCidrBlockStateCodeAssociated}})
	}
	if cidr := v.IPv6CIDR(); cidr != "" {
		info.Ipv6CidrBlockAssociationSet = []ec2types.VpcIpv6CidrBlockAssociation{{Ipv6CidrBlock: aws.String(cidr),
			Ipv6CidrBlockState: &ec2types.VpcCidrBlockState{State: ec2types.VpcCidrBlockStateCodeAssociated}}}
	}
	return info, nil
}
